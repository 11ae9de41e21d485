package io.github.pekkosupervisor.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import io.github.pekkosupervisor.spec.TreePath;
import io.github.pekkosupervisor.spec.Wording;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads a tree from a configuration, in the keys that {@code reference.conf} explains under
 * {@code pekko-supervisor.tree-reference}; processes and supervisors only, and what the application gives.
 */
public final class ConfiguredTree {

    private final Map<String, ChildSpec> fromCode;
    private final Map<String, Function<Path, ChildSpec>> directories;
    private final Set<String> placed = new TreeSet<>();
    private final Problems problems = new Problems();

    private ConfiguredTree(Map<String, ChildSpec> fromCode, Map<String, Function<Path, ChildSpec>> directories) {
        this.fromCode = fromCode;
        this.directories = directories;
    }

    /**
     * The tree that a configuration describes.
     *
     * @param config the object with {@code strategy}, {@code children} and so on, not one that holds it; other values
     *     that it refers to are looked up in it and in the environment, unless that has been done
     * @throws InvalidSpecException listing all that is wrong, unknown keys too, with file and line; one without
     *     {@code children} is wrong too, unless its strategy is dynamic: for a file that is not there the library has
     *     an empty configuration
     */
    public static SupervisorSpec read(Config config) {
        return read(config, Map.of());
    }

    /**
     * The tree that a configuration describes.
     *
     * @param fromCode children of any kind by the names that the configuration places them with; what it says of
     *     restart, shutdown and so on has precedence
     * @throws InvalidSpecException listing all that is wrong, unknown keys and children without a place too, with file
     *     and line
     */
    public static SupervisorSpec read(Config config, Map<String, ChildSpec> fromCode) {
        return read(config, fromCode, Map.of());
    }

    /**
     * The same, for who knows more kinds of child; {@code ServiceDirectories.read} in the artifact
     * {@code pekko-supervisor-runit-compat} does.
     *
     * @param directories by the key {@code service-directory} or {@code services-directory}: what such a directory is
     *     as a child, of any id
     */
    public static SupervisorSpec read(
            Config config, Map<String, ChildSpec> fromCode, Map<String, Function<Path, ChildSpec>> directories) {
        ConfiguredTree tree = new ConfiguredTree(fromCode, directories);
        ConfigSection top = ConfigSection.of(config, Place.SUPERVISOR, "/", tree.problems);
        SupervisorSpec spec;
        try {
            spec = tree.supervisor(top, "/");
        } catch (StackOverflowError tooDeep) {
            throw new InvalidSpecException(List.of(new Problem(
                    "/",
                    "too_deep",
                    "",
                    config.origin().description() + ": supervisors are nested too deeply to be read; put more children"
                            + " into each")));
        }
        fromCode.keySet().stream()
                .filter(name -> !tree.placed.contains(name))
                .sorted()
                .forEach(name -> top.problem("child \"" + name + "\" from code has no place in the tree; add { id = "
                        + name + ", from-code = " + name + " }"));
        SpecCheck.problems(spec, Wording.FILE).forEach(tree.problems::add);
        List<Problem> problems = tree.problems.all();
        if (!problems.isEmpty()) {
            throw new InvalidSpecException(problems);
        }
        return spec;
    }

    private SupervisorSpec supervisor(ConfigSection section, String path) {
        if (path.equals(TreePath.TOP)) {
            problems.origins().block(path, section.origin());
        }
        Optional<Strategy> strategy = section.get(
                "strategy",
                ConfigValues.oneOf(
                        List.of(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE, Strategy.DYNAMIC)));
        SupervisorSpec spec = strategy.filter(Strategy.DYNAMIC::equals).isPresent()
                ? SupervisorSpec.dynamic()
                : SupervisorSpec.of(strategy.orElse(Strategy.ONE_FOR_ONE));
        OptionalInt none = OptionalInt.empty();
        Optional<OptionalInt> intensity =
                section.get("intensity", value -> isInfinite(value) ? none : OptionalInt.of(intensity(value)));
        Optional<Duration> period = section.get("period", ConfigValues::duration);
        OptionalInt limit = intensity.orElse(OptionalInt.of(spec.intensity()));
        spec = spec.withIntensity(limit.orElse(spec.intensity()), period.orElse(spec.period()));
        spec = limit.isPresent() ? spec : spec.withUnlimitedRestarts();
        Optional<AutoShutdown> autoShutdown =
                section.get("auto-shutdown", ConfigValues.oneOf(List.of(AutoShutdown.values())));
        Optional<Integer> maxChildren = section.get("max-children", ConfigValues::integer);
        List<ChildSpec> children = new ArrayList<>();
        if (path.equals(TreePath.TOP) && section.lacks("children") && !mayLackChildren(section, strategy)) {
            section.problem(
                    "there is nothing to supervise, since \"children\" is missing; is this the right file, and is"
                            + " it there? A supervisor that begins without children has children = []");
        }
        section.get("children", ConfigValues::list).ifPresent(list -> {
            for (int i = 0; i < list.size(); i++) {
                child(section, list.get(i), i, path).ifPresent(children::add);
            }
        });
        section.end();
        spec = autoShutdown.map(spec::withAutoShutdown).orElse(spec);
        spec = maxChildren.isPresent() ? spec.withMaxChildren(maxChildren.get()) : spec;
        return spec.withChildren(children);
    }

    /** Calls will start them, or it may be that they will. */
    private static boolean mayLackChildren(ConfigSection section, Optional<Strategy> strategy) {
        return strategy.map(Strategy::isDynamic).orElse(!section.lacks("strategy"));
    }

    private Optional<ChildSpec> child(ConfigSection supervisor, ConfigValue element, int index, String above) {
        if (!(element instanceof ConfigObject object) || ConfigValues.isUnresolved(element)) {
            supervisor.problem(
                    element.origin(),
                    ConfigValues.text(element),
                    "a child must be an object in braces, was " + ConfigValues.text(element));
            return Optional.empty();
        }
        ConfigValue givenId = object.get("id");
        String place = givenId == null || ConfigValues.isUnresolved(givenId)
                ? "[" + index + "]"
                : String.valueOf(givenId.unwrapped());
        String path = SpecCheck.place(above, place, index);
        problems.origins().block(path, object.origin());
        ConfigSection section = new ConfigSection(object, Place.CHILD, path, problems);
        Optional<String> id = section.get("id", ConfigValues::string);
        if (section.lacks("id")) {
            section.problem("the child has no \"id\"; give it one that is unique in its supervisor");
        }
        Optional<ChildSpec> kind = kind(section, path);
        Optional<ChildSpec> child = kind.map(spec -> withRules(section, spec.withId(id.orElse(place))));
        if (kind.isEmpty()) {
            // for its mistakes alone
            ChildSpec unknown = withRules(section, ChildSpec.process(id.orElse(place), ProcessSpec.of("true")));
            // what is from code has rules of its own
            child = section.lacks("from-code") ? Optional.of(unknown) : child;
        }
        section.end();
        return child;
    }

    private Optional<ChildSpec> kind(ConfigSection section, String path) {
        List<String> all = List.of("process", "supervisor", "service-directory", "services-directory", "from-code");
        List<String> kinds = all.stream().filter(section::has).toList();
        if (kinds.isEmpty() && !all.stream().allMatch(section::lacks)) {
            // which is told by itself
            return Optional.empty();
        }
        if (kinds.size() != 1) {
            section.problem("a child is one of \"process\", \"supervisor\", \"service-directory\","
                    + " \"services-directory\" and \"from-code\", this one is "
                    + (kinds.isEmpty() ? "none" : kinds));
            return Optional.empty();
        }
        String only = kinds.get(0);
        return switch (only) {
            case "process" ->
                section.section("process", Place.PROCESS)
                        .flatMap(ConfiguredProcess::read)
                        .map(spec -> ChildSpec.process("", spec));
            case "supervisor" ->
                section.section("supervisor", Place.SUPERVISOR, path)
                        .map(below -> ChildSpec.supervisor("", supervisor(below, path)));
            case "from-code" -> section.get(only, this::fromCode);
            default -> section.get(only, value -> directory(only, value));
        };
    }

    private ChildSpec directory(String key, ConfigValue value) {
        Path path = ConfigValues.path(value);
        Function<Path, ChildSpec> child = directories.get(key);
        if (child == null) {
            throw new IllegalArgumentException("is known to pekko-supervisor run, and to ServiceDirectories.read in the"
                    + " artifact pekko-supervisor-runit-compat; read the tree by that");
        }
        return child.apply(path);
    }

    private ChildSpec fromCode(ConfigValue value) {
        String name = ConfigValues.string(value);
        ChildSpec spec = fromCode.get(name);
        if (spec == null) {
            throw new IllegalArgumentException("must name a child that the application gives, was \"" + name
                    + "\"; there are " + new TreeSet<>(fromCode.keySet()));
        }
        placed.add(name);
        return spec;
    }

    private static ChildSpec withRules(ConfigSection section, ChildSpec spec) {
        ChildSpec child = spec;
        child = ConfiguredRestarts.type(section).map(child::withRestart).orElse(child);
        child = section.get("significant", ConfigValues::bool)
                .map(child::withSignificant)
                .orElse(child);
        child = section.get("shutdown", ConfiguredTree::shutdown)
                .map(child::withShutdown)
                .orElse(child);
        child = section.get("kill-grace", ConfigValues::positive)
                .map(child::withKillGrace)
                .orElse(child);
        child = section.get("on-abandon", ConfigValues.oneOf(List.of(ChildSpec.OnAbandon.values())))
                .map(child::withOnAbandon)
                .orElse(child);
        ChildSpec timed = child;
        child = section.get(
                        "start-timeout",
                        value -> isInfinite(value)
                                ? timed.withoutStartTimeout()
                                : timed.withStartTimeout(ConfigValues.duration(value)))
                .orElse(child);
        return section.section("restart-delay", Place.RESTART_DELAY)
                .flatMap(ConfiguredRestarts::delay)
                .map(child::withRestartDelay)
                .orElse(child);
    }

    private static int intensity(ConfigValue value) {
        try {
            return ConfigValues.integer(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + "; use infinite for no limit", e);
        }
    }

    private static boolean isInfinite(ConfigValue value) {
        return "infinite".equals(value.unwrapped());
    }

    private static Shutdown shutdown(ConfigValue value) {
        if (isInfinite(value)) {
            return Shutdown.infinity();
        }
        if ("brutal-kill".equals(value.unwrapped())) {
            return Shutdown.brutalKill();
        }
        try {
            return Shutdown.timeout(ConfigValues.duration(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be \"brutal-kill\", \"infinite\" or a time with its unit, such as 5s, was "
                            + ConfigValues.text(value),
                    e);
        }
    }
}
