package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Stdio;
import java.util.List;
import java.util.Optional;
import org.slf4j.event.Level;

/** Reads a process from a configuration; {@code reference.conf} says what each key means. */
final class ConfiguredProcess {

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
        spec = ConfiguredConditions.read(section, Place.LIMITS, Place.CGROUP, spec);
        spec = ConfiguredConditions.changed(section, "stdin", spec, (old, value) -> old.withStdin(input(value)));
        spec = ConfiguredConditions.changed(section, "output", spec, (old, value) -> old.withOutput(stdio(value)));
        spec = ConfiguredConditions.changed(section, "stdout", spec, (old, value) -> old.withStdout(stdio(value)));
        spec = ConfiguredConditions.changed(section, "stderr", spec, (old, value) -> old.withStderr(stdio(value)));
        spec = section.section("ready", Place.READY)
                .flatMap(ConfiguredReadiness::read)
                .map(spec::withReady)
                .orElse(spec);
        spec = ConfiguredConditions.changed(
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
        spec = ConfiguredSockets.read(section, Place.SOCKET, spec);
        section.end();
        return Optional.of(spec);
    }

    /** Which exits are normal, and which are ignored. */
    private static ProcessSpec exits(ConfigSection section, ProcessSpec spec) {
        ProcessSpec normal = ConfiguredConditions.changed(
                section, "normal-exit-codes", spec, (old, value) -> old.withNormalExitCodes(codes(value)));
        normal = ConfiguredConditions.changed(
                section, "normal-exit-signals", normal, (old, value) -> old.withNormalExitSignals(signals(value)));
        return ConfiguredConditions.changed(
                section, "ignore-exit-codes", normal, (old, value) -> old.withIgnoreExitCodes(codes(value)));
    }

    private static ProcessSpec command(ConfigValue value) {
        return ProcessSpec.of(ConfiguredSigns.words(value));
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
        return ConfiguredRestarts.codes(value).stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private static Signal[] signals(ConfigValue value) {
        return ConfiguredRestarts.signals(value).toArray(Signal[]::new);
    }
}
