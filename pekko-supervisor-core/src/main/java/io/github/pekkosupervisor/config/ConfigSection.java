package io.github.pekkosupervisor.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.config.ConfigValues.Reading;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One block of a file while it is read: notes what is wrong, with file and line, and goes on. It reads the keys that
 * are declared for its place and no others, and all of them: who forgets one is told at the first file that is read.
 */
public final class ConfigSection {

    private final ConfigObject object;
    private final Place place;
    private final String path;
    private final Problems problems;
    private final Set<String> asked = new HashSet<>();

    /**
     * Begins.
     *
     * @param path of the supervisor or child in the tree, or of the service directory
     * @param problems where to note what is wrong
     */
    public ConfigSection(ConfigObject object, Place place, String path, Problems problems) {
        this.object = object;
        this.place = place;
        this.path = path;
        this.problems = problems;
    }

    /** The whole of a configuration, with what it refers to, as far as that is known. */
    public static ConfigSection of(Config config, Place place, String path, Problems problems) {
        return new ConfigSection(resolved(config).root(), place, path, problems);
    }

    private static Config resolved(Config config) {
        try {
            return config.isResolved()
                    ? config
                    : config.resolve(ConfigResolveOptions.defaults().setAllowUnresolved(true));
        } catch (ConfigException e) {
            // of values that lead round in a circle; each is told where it is read
            return config;
        }
    }

    ConfigOrigin origin() {
        return object.origin();
    }

    /** Whether a key is there. */
    public boolean has(String key) {
        ask(key);
        return object.containsKey(key);
    }

    /** Whether a key is read in this place, and is to be asked for. */
    boolean reads(String key) {
        return Vocabulary.readIn(place).contains(key);
    }

    /** Whether a key is not there, nor one that was meant to be it, of which is told. */
    public boolean lacks(String key) {
        return !has(key)
                && object.keySet().stream()
                        .filter(other -> !Vocabulary.readIn(place).contains(other))
                        .noneMatch(other -> Vocabulary.isMeant(place, other, key));
    }

    private void ask(String key) {
        if (!Vocabulary.readIn(place).contains(key)) {
            throw new IllegalStateException("\"" + key + "\" is not declared for " + place);
        }
        asked.add(key);
    }

    /** What a key is set to; empty if it is not, or wrongly, which is noted. */
    public <T> Optional<T> get(String key, Reading<T> reading) {
        return get(key, reading, ConfigValues::text);
    }

    /** The same for a value that must not be shown; the reading does not show it either. */
    <T> Optional<T> getSecret(String key, Reading<T> reading) {
        return get(key, reading, ConfigValues::kind);
    }

    private <T> Optional<T> get(String key, Reading<T> reading, Function<ConfigValue, String> shown) {
        ask(key);
        ConfigValue value = object.get(key);
        if (value == null) {
            return Optional.empty();
        }
        problems.origins().key(path, place, key, value.origin());
        try {
            if (ConfigValues.isUnresolved(value)) {
                throw new ConfigException.NotResolved(key);
            }
            if (value.valueType() == ConfigValueType.NULL) {
                throw new IllegalArgumentException(
                        "is null; " + (isNeeded(key) ? "it is needed" : "leave the key out for its default"));
            }
            return Optional.of(reading.of(value));
        } catch (ConfigValues.Mistakes several) {
            isWrong(key);
            several.all()
                    .forEach(one -> problem(
                            one.part().origin(),
                            shown.apply(value),
                            place.named(key) + " " + withMend(one.sentence(), one.part())));
        } catch (IllegalArgumentException | ConfigException e) {
            isWrong(key);
            problem(
                    value.origin(),
                    shown.apply(value),
                    place.named(key) + " " + withMend(ConfigValues.sentence(e), value));
        }
        return Optional.empty();
    }

    private String withMend(String sentence, ConfigValue value) {
        if (!sentence.equals(ConfigValues.NOT_KNOWN)) {
            return sentence;
        }
        List<String> names = place.file().looksUp() ? References.in(value) : List.of();
        return (names.isEmpty() ? sentence : References.notKnown(names)) + "; "
                + place.file().whenNotKnown();
    }

    /** What is wrong in a block is wrong with the key that it is the value of. */
    private void isWrong(String key) {
        problems.isWrong(path, place.isValue() ? place.ofKey() : key);
    }

    private boolean isNeeded(String key) {
        return Vocabulary.find(place, key)
                .flatMap(one -> one.use(place))
                .filter(use -> use.otherwise().equals(Key.NEEDED))
                .isPresent();
    }

    /** A block in this one. */
    public Optional<ConfigSection> section(String key, Place itsPlace) {
        return section(key, itsPlace, path);
    }

    Optional<ConfigSection> section(String key, Place itsPlace, String itsPath) {
        return get(key, value -> {
            if (value instanceof ConfigObject block) {
                return new ConfigSection(block, itsPlace, itsPath, problems);
            }
            throw new IllegalArgumentException("must be a block" + likeThis(key) + ", was " + ConfigValues.text(value));
        });
    }

    /** The blocks of a list in this one; none if it is not there, or wrong, which is noted. */
    public List<ConfigSection> sections(String key, Place theirPlace) {
        return get(key, value -> {
                    List<ConfigSection> blocks = new ArrayList<>();
                    for (ConfigValue element : value instanceof ConfigList list ? list : List.of(value)) {
                        if (!(element instanceof ConfigObject block)) {
                            throw new IllegalArgumentException(
                                    "must be a list of blocks" + likeThis(key) + ", was " + ConfigValues.text(value));
                        }
                        blocks.add(new ConfigSection(block, theirPlace, path, problems));
                    }
                    return List.copyOf(blocks);
                })
                .orElse(List.of());
    }

    private String likeThis(String key) {
        return Vocabulary.find(place, key).map(one -> ", as in " + one.line()).orElse("");
    }

    void problem(ConfigOrigin where, String value, String message) {
        problems.add(where, path, value, message);
    }

    /** Notes what is wrong with a key that does not go with another one. */
    public void problem(String key, String message) {
        ConfigValue value = object.get(key);
        isWrong(key);
        problem(value == null ? object.origin() : value.origin(), "", message);
    }

    /** Notes what is wrong with the block as a whole. */
    public void problem(String message) {
        if (place.isValue()) {
            isWrong(place.ofKey());
        }
        problem(object.origin(), "", message);
    }

    /** Whether there are keys that are not for this place, or not yet. */
    boolean hasOthers() {
        return !Vocabulary.readIn(place).containsAll(object.keySet());
    }

    /** Notes every key that is not for this place, or not yet. To be called when all keys have been read. */
    public void end() {
        Set<String> declared = Vocabulary.readIn(place);
        if (!asked.containsAll(declared)) {
            throw new IllegalStateException("not all of " + declared + " have been read for " + place);
        }
        object.forEach((key, value) -> {
            if (!declared.contains(key)) {
                // it may be a secret whose key has a slip of the pen
                problem(value.origin(), ConfigValues.kind(value), Vocabulary.refusal(place, key));
                isWrong(key);
                Vocabulary.meant(place, key).forEach(this::isWrong);
            }
        });
    }
}
