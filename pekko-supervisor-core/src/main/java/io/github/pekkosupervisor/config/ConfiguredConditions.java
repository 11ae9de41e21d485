package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.Resource;
import io.github.pekkosupervisor.process.ProcessSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads what both files say of who a process is, with which variables, and how it is held. */
public final class ConfiguredConditions {

    private static final int OCTAL = 8;

    private ConfiguredConditions() {}

    /**
     * The process with what is said of it.
     *
     * @param limits the place of the block {@code limits} in this file
     * @param cgroup that of the block {@code cgroup}
     */
    public static ProcessSpec read(ConfigSection section, Place limits, Place cgroup, ProcessSpec spec) {
        ProcessSpec plain = spec;
        ProcessSpec read = section.getSecret("environment", value -> environment(plain, value))
                .orElse(spec);
        ProcessSpec withVariables = read;
        read = section.getSecret(
                        "environment-files",
                        value -> right(
                                withVariables.withEnvironmentFiles(files(value).toArray(Path[]::new))))
                .orElse(read);
        read = changed(
                section,
                "clear-environment",
                read,
                (old, value) -> ConfigValues.bool(value) ? old.withClearEnvironment() : old);
        read = changed(section, "user", read, (old, value) -> old.withUser(ConfigValues.name(value)));
        read = changed(section, "umask", read, (old, value) -> old.withUmask(mode(value)));
        read = changed(section, "nice", read, (old, value) -> old.withNice(ConfigValues.integer(value)));
        read = changed(
                section, "oom-score-adj", read, (old, value) -> old.withOomScoreAdj(ConfigValues.integer(value)));
        read = section.section("cgroup", cgroup)
                .map(ConfiguredConditions::cgroup)
                .map(read::withCgroup)
                .orElse(read);
        return read.withLimits(section.section("limits", limits)
                .map(ConfiguredConditions::limits)
                .orElse(Map.of()));
    }

    interface Change {
        ProcessSpec of(ProcessSpec spec, ConfigValue value);
    }

    static ProcessSpec changed(ConfigSection section, String key, ProcessSpec spec, Change change) {
        return section.get(key, value -> right(change.of(spec, value))).orElse(spec);
    }

    /** What Java would be told of when the tree is checked is told here with its key. */
    private static ProcessSpec right(ProcessSpec spec) {
        if (!spec.problems().isEmpty()) {
            String all = spec.problems().stream()
                    .map(problem -> problem.replaceFirst("^with[A-Za-z]+: ", ""))
                    .collect(Collectors.joining("; "));
            throw new IllegalArgumentException(all.matches("(must|needs) .*") ? all : "process spec: " + all);
        }
        return spec;
    }

    // ---- variables

    /** A key set to null removes the variable. */
    private static ProcessSpec environment(ProcessSpec spec, ConfigValue value) {
        if (!(value instanceof ConfigObject object)) {
            throw new IllegalArgumentException(
                    "must be a block, as in environment { LANG = C }, was " + ConfigValues.kind(value));
        }
        Map<String, Optional<String>> environment = new HashMap<>();
        ConfigValues.Parts parts = new ConfigValues.Parts();
        new TreeMap<>(object)
                .forEach((name, text) -> parts.read(text, one -> {
                    Optional<String> variable = variable(name, one);
                    environment.put(name, variable);
                    return right(spec.withEnvironment(Map.of(name, variable)));
                }));
        parts.end();
        return right(spec.withEnvironment(environment));
    }

    private static Optional<String> variable(String name, ConfigValue value) {
        return switch (value.valueType()) {
            case NULL -> Optional.empty();
            case OBJECT, LIST ->
                throw new IllegalArgumentException("sets " + name + " to " + ConfigValues.kind(value)
                        + "; it must be text, or null to remove it" + inQuotes(name, value));
            default -> Optional.of(ConfigValues.string(value));
        };
    }

    /** In HOCON a dot makes a block. */
    private static String inQuotes(String name, ConfigValue value) {
        return value instanceof ConfigObject block && !block.isEmpty()
                ? "; a name with a dot needs quotes, as in \"" + name + "." + new TreeSet<>(block.keySet()).first()
                        + "\" = text"
                : "";
    }

    /** What stands there in the place of paths may be a secret. */
    private static List<Path> files(ConfigValue value) {
        if (!(value instanceof ConfigList)) {
            throw new IllegalArgumentException("must be a list of paths, as in environment-files = [\"app.env\"], was "
                    + ConfigValues.kind(value));
        }
        return ConfigValues.each(value, ConfigValues::path);
    }

    // ---- the rest

    static int mode(ConfigValue value) {
        String digits = ConfigValues.string(value);
        if (!digits.matches("0*[0-7]{1,3}")) {
            throw new IllegalArgumentException(
                    "must be octal digits, up to 777, as in \"027\", was " + ConfigValues.text(value));
        }
        return Integer.parseInt(digits, OCTAL);
    }

    private static Map<Resource, Long> limits(ConfigSection block) {
        Map<Resource, Long> limits = new HashMap<>();
        for (Resource resource : Resource.values()) {
            block.get(resource.key(), value -> limit(resource, value)).ifPresent(limit -> limits.put(resource, limit));
        }
        block.end();
        return limits;
    }

    private static CgroupLimits cgroup(ConfigSection block) {
        CgroupLimits none = CgroupLimits.none();
        CgroupLimits read = cgroup(block, "memory-max", value -> none.withMemoryMax(ConfigValues.bytes(value)))
                .with(cgroup(block, "cpu-max", value -> none.withCpuMax(percent(value))))
                .with(cgroup(block, "pids-max", value -> none.withPidsMax(ConfigValues.integer(value))));
        block.end();
        return read;
    }

    /** What Java would be told begins with the key. */
    private static CgroupLimits cgroup(ConfigSection block, String key, Function<ConfigValue, CgroupLimits> reading) {
        return block.get(key, value -> {
                    try {
                        return reading.apply(value);
                    } catch (IllegalArgumentException e) {
                        String why = String.valueOf(e.getMessage());
                        throw new IllegalArgumentException(
                                why.startsWith(key) ? why.substring(key.length() + 1) : why, e);
                    }
                })
                .orElse(CgroupLimits.none());
    }

    private static int percent(ConfigValue value) {
        String text = String.valueOf(value.unwrapped()).strip();
        if (!text.matches("[0-9]{1,7} *%")) {
            throw new IllegalArgumentException(
                    "must be percent of a processor, as in 150%, was " + ConfigValues.text(value));
        }
        return Integer.parseInt(text.substring(0, text.length() - 1).strip());
    }

    private static long limit(Resource resource, ConfigValue value) {
        if ("infinite".equals(value.unwrapped())) {
            return Resource.INFINITE;
        }
        return switch (resource.unit()) {
            case NUMBER -> number(value);
            case BYTES -> ConfigValues.bytes(value);
            case SECONDS -> seconds(value);
        };
    }

    private static long number(ConfigValue value) {
        int number = ConfigValues.integer(value);
        if (number < 0) {
            throw new IllegalArgumentException("must not be below 0, was " + number);
        }
        return number;
    }

    private static long seconds(ConfigValue value) {
        Duration time = ConfigValues.positive(value);
        if (time.toNanosPart() != 0) {
            throw new IllegalArgumentException("must be whole seconds, was " + ConfigValues.text(value));
        }
        return time.toSeconds();
    }
}
