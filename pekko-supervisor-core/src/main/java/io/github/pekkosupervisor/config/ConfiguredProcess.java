package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Stdio;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.event.Level;

/** Reads a process from a configuration; {@code reference.conf} says what each key means. */
final class ConfiguredProcess {

    private static final int LAST_CODE = 255;

    private ConfiguredProcess() {}

    static Optional<ProcessSpec> read(ConfigSection section) {
        if (section.lacks("command")) {
            section.problem("a process needs \"command\", a list of program and arguments");
        }
        // what is wrong elsewhere is noted although the command is
        ProcessSpec spec = section.get("command", ConfiguredProcess::command).orElseGet(() -> ProcessSpec.of("true"));
        spec = section.get("name", ConfigValues::name).map(spec::withName).orElse(spec);
        spec = section.get("directory", ConfigValues::path)
                .map(spec::withDirectory)
                .orElse(spec);
        ProcessSpec plain = spec;
        spec = section.getSecret("environment", value -> environment(plain, value))
                .orElse(spec);
        spec = changed(section, "stdin", spec, (old, value) -> old.withStdin(input(value)));
        spec = changed(section, "output", spec, (old, value) -> old.withOutput(stdio(value)));
        spec = changed(section, "stdout", spec, (old, value) -> old.withStdout(stdio(value)));
        spec = changed(section, "stderr", spec, (old, value) -> old.withStderr(stdio(value)));
        spec = section.section("ready", Place.READY)
                .flatMap(ConfiguredReadiness::read)
                .map(spec::withReady)
                .orElse(spec);
        spec = changed(
                section, "start-timeout", spec, (old, value) -> old.withStartTimeout(ConfigValues.positive(value)));
        spec = section.section("live", Place.LIVE)
                .flatMap(ConfiguredLiveness::read)
                .map(spec::withLive)
                .orElse(spec);
        spec = ConfiguredStop.sequence(section).map(spec::withStop).orElse(spec);
        spec = ConfiguredStop.group(section).map(spec::withProcessGroup).orElse(spec);
        spec = ConfiguredStop.whenSupervisorDies(section)
                .map(spec::withWhenSupervisorDies)
                .orElse(spec);
        ProcessSpec ending = exits(section, spec);
        spec = Oneshots.read(section).map(ending::withOneshot).orElse(ending);
        section.end();
        return Optional.of(spec);
    }

    /** Which exits are normal, and which are ignored. */
    private static ProcessSpec exits(ConfigSection section, ProcessSpec spec) {
        ProcessSpec normal =
                changed(section, "normal-exit-codes", spec, (old, value) -> old.withNormalExitCodes(codes(value)));
        normal = changed(
                section, "normal-exit-signals", normal, (old, value) -> old.withNormalExitSignals(signals(value)));
        return changed(section, "ignore-exit-codes", normal, (old, value) -> old.withIgnoreExitCodes(codes(value)));
    }

    private interface Change {
        ProcessSpec of(ProcessSpec spec, ConfigValue value);
    }

    private static ProcessSpec changed(ConfigSection section, String key, ProcessSpec spec, Change change) {
        return section.get(key, value -> right(change.of(spec, value))).orElse(spec);
    }

    /** What Java would be told of when the tree is checked is told here with its key. */
    private static ProcessSpec right(ProcessSpec spec) {
        if (!spec.problems().isEmpty()) {
            throw new IllegalArgumentException("process spec: "
                    + spec.problems().stream()
                            .map(problem -> problem.replaceFirst("^with[A-Za-z]+: ", ""))
                            .collect(Collectors.joining("; ")));
        }
        return spec;
    }

    private static ProcessSpec command(ConfigValue value) {
        return ProcessSpec.of(ConfiguredSigns.words(value));
    }

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

    private static Stdio stdio(ConfigValue value) {
        if (value instanceof ConfigObject object) {
            return described(object);
        }
        return switch (ConfigValues.string(value)) {
            case "inherit" -> Stdio.inherited();
            case "discard" -> Stdio.discard();
            case "log" -> Stdio.logged();
            case "prefix" -> Stdio.prefixed();
            default ->
                throw new IllegalArgumentException("must be inherit, discard, log, prefix, { file = PATH } or"
                        + " { logger = NAME, level = info }, was " + ConfigValues.text(value));
        };
    }

    /** Nobody reads what others write. */
    private static Stdio input(ConfigValue value) {
        Stdio stdio = value instanceof ConfigObject || isInput(ConfigValues.string(value)) ? stdio(value) : null;
        if (stdio == null || stdio instanceof Stdio.Logged) {
            throw new IllegalArgumentException(
                    "must be inherit, discard or { file = PATH }, was " + ConfigValues.text(value));
        }
        return stdio;
    }

    private static boolean isInput(String word) {
        return word.equals("inherit") || word.equals("discard");
    }

    private static Stdio described(ConfigObject object) {
        ConfigValue file = object.get("file");
        if (file != null && object.size() == 1) {
            return Stdio.file(ConfigValues.path(file));
        }
        ConfigValue logger = object.get("logger");
        ConfigValue level = object.get("level");
        if (logger == null || object.size() > (level == null ? 1 : 2)) {
            throw new IllegalArgumentException(
                    "must be { file = PATH } or { logger = NAME, level = info }, was " + ConfigValues.text(object));
        }
        return Stdio.logged(
                ConfigValues.name(logger),
                level == null
                        ? Level.INFO
                        : ConfigValues.oneOf(List.of(Level.values())).of(level));
    }

    private static int[] codes(ConfigValue value) {
        return ConfigValues.each(value, ConfiguredProcess::code).stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static int code(ConfigValue value) {
        int code = ConfigValues.integer(value);
        if (code < 0 || code > LAST_CODE) {
            throw new IllegalArgumentException("must be exit codes from 0 to " + LAST_CODE + ", was " + code);
        }
        return code;
    }

    private static Signal[] signals(ConfigValue value) {
        return ConfigValues.each(value, ConfiguredProcess::normalSignal).toArray(Signal[]::new);
    }

    private static Signal normalSignal(ConfigValue value) {
        Signal signal = ConfiguredStop.signal(value);
        if (signal == Signal.KILL) {
            throw new IllegalArgumentException("must not have KILL, which never counts as a normal end");
        }
        return signal;
    }
}
