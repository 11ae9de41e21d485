package io.github.pekkosupervisor.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One object of a configuration while it is read: notes what is wrong, with file and line, and goes on; what nobody has
 * asked for by the end is unknown.
 */
final class ConfigSection {

    private static final String BAD = "invalid_config";
    private static final String KEY = "v";
    private static final int LONGEST_VALUE = 100;

    private final ConfigObject object;
    private final String path;
    private final List<Problem> problems;
    private final TreeSet<String> known = new TreeSet<>();

    /** Reads one value; an {@link IllegalArgumentException} says what is wrong with it. */
    interface Reading<T> {
        T of(ConfigValue value);
    }

    /**
     * Begins.
     *
     * @param path of the supervisor or child in the tree
     * @param problems where to note what is wrong
     */
    ConfigSection(ConfigObject object, String path, List<Problem> problems) {
        this.object = object;
        this.path = path;
        this.problems = problems;
    }

    ConfigOrigin origin() {
        return object.origin();
    }

    boolean has(String key) {
        known.add(key);
        return object.containsKey(key);
    }

    /** What a key is set to; empty if it is not, or wrongly, which is noted. */
    <T> Optional<T> get(String key, Reading<T> reading) {
        return get(key, reading, ConfigSection::text);
    }

    /** The same for a value that must not be shown; the reading does not show it either. */
    <T> Optional<T> getSecret(String key, Reading<T> reading) {
        return get(key, reading, ConfigSection::kind);
    }

    private <T> Optional<T> get(String key, Reading<T> reading, Function<ConfigValue, String> shown) {
        known.add(key);
        ConfigValue value = object.get(key);
        if (value == null) {
            return Optional.empty();
        }
        try {
            if (value.valueType() == ConfigValueType.NULL) {
                throw new IllegalArgumentException("is null; leave the key out for its default");
            }
            return Optional.of(reading.of(value));
        } catch (IllegalArgumentException | ConfigException e) {
            problem(value.origin(), shown.apply(value), "\"" + key + "\" " + sentence(e));
            return Optional.empty();
        }
    }

    /** The library's own messages begin with origin and path, which are said already. */
    private static String sentence(RuntimeException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof ConfigException
                ? "is not right: " + message.replaceFirst("^.*?: " + KEY + " ", "it ")
                : message;
    }

    Optional<ConfigSection> section(String key) {
        return section(key, path);
    }

    Optional<ConfigSection> section(String key, String itsPath) {
        return get(key, value -> new ConfigSection(object(value), itsPath, problems));
    }

    void problem(ConfigOrigin where, String value, String message) {
        problems.add(new Problem(path, BAD, value, where.description() + ": " + message));
    }

    void problem(String message) {
        problem(object.origin(), "", message);
    }

    /** Notes every key that nobody has asked for. */
    void end() {
        object.forEach((key, value) -> {
            if (!known.contains(key)) {
                // it may be a secret whose key has a slip of the pen
                problem(
                        value.origin(),
                        kind(value),
                        "key \"" + key + "\" is not known here; "
                                + nearest(key)
                                        .map(near -> "did you mean \"" + near + "\"?")
                                        .orElse("known are " + known));
            }
        });
    }

    private Optional<String> nearest(String key) {
        String plain = plain(key);
        return known.stream()
                .filter(candidate -> plain(candidate).equals(plain)
                        || (plain.length() > 3 && (candidate.contains(key) || key.contains(candidate)))
                        || distance(plain, plain(candidate)) <= 2)
                .findFirst();
    }

    private static String plain(String key) {
        return key.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** How many letters have to be added, removed or replaced. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

    // ---- kinds of values

    /** What kind of value it is, and nothing of it. */
    static String kind(ConfigValue value) {
        return switch (value.valueType()) {
            case OBJECT -> "an object";
            case LIST -> "a list";
            case NULL -> "null";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case STRING -> "text";
        };
    }

    /** As it is written; of an object only the keys, for its values may be secrets. */
    static String text(ConfigValue value) {
        String text = value instanceof ConfigObject object
                ? "{" + String.join(", ", new TreeSet<>(object.keySet())) + "}"
                : value.render(ConfigRenderOptions.concise());
        return Excerpt.of(text, LONGEST_VALUE);
    }

    private static Config alone(ConfigValue value) {
        return value.atKey(KEY);
    }

    static String string(ConfigValue value) {
        if (value.valueType() == ConfigValueType.OBJECT || value.valueType() == ConfigValueType.LIST) {
            throw new IllegalArgumentException("must be text, was " + text(value));
        }
        return alone(value).getString(KEY);
    }

    static int integer(ConfigValue value) {
        try {
            double exact = alone(value).getDouble(KEY);
            if (exact != Math.rint(exact)) {
                throw new IllegalArgumentException("must be a whole number, was " + text(value));
            }
            return alone(value).getInt(KEY);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("must be a whole number, was " + text(value), e);
        }
    }

    static double number(ConfigValue value) {
        try {
            return alone(value).getDouble(KEY);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("must be a number, was " + text(value), e);
        }
    }

    static boolean bool(ConfigValue value) {
        try {
            return alone(value).getBoolean(KEY);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("must be true or false, was " + text(value), e);
        }
    }

    static Duration duration(ConfigValue value) {
        boolean withUnit = value.unwrapped() instanceof String text
                && !text.isEmpty()
                && !Character.isDigit(text.charAt(text.length() - 1));
        try {
            if (withUnit) {
                return alone(value).getDuration(KEY);
            }
        } catch (ConfigException e) {
            throw new IllegalArgumentException(
                    "must be a time with its unit, such as 5s or 200ms, was " + text(value), e);
        }
        throw new IllegalArgumentException("must be a time with its unit, such as 5s or 200ms, was " + text(value));
    }

    static ConfigObject object(ConfigValue value) {
        if (value instanceof ConfigObject object) {
            return object;
        }
        throw new IllegalArgumentException("must be an object in braces, was " + text(value));
    }

    static ConfigList list(ConfigValue value) {
        if (value instanceof ConfigList list) {
            return list;
        }
        throw new IllegalArgumentException("must be a list in brackets, was " + text(value));
    }

    static List<String> strings(ConfigValue value) {
        List<String> strings = new ArrayList<>();
        list(value).forEach(element -> strings.add(string(element)));
        return strings;
    }

    /** One of an enum's constants, written with hyphens and in any case. */
    static <E extends Enum<E>> Reading<E> oneOf(List<E> constants) {
        return value -> {
            String text = string(value);
            return constants.stream()
                    .filter(constant -> hyphened(constant).equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("must be one of "
                            + constants.stream().map(ConfigSection::hyphened).collect(Collectors.joining(", "))
                            + ", was "
                            + text(value)));
        };
    }

    static String hyphened(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
