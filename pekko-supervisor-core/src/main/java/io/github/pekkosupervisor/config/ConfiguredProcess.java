package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.process.StopSequence;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.event.Level;

/** Reads a process from a configuration; {@code reference.conf} says what each key means. */
final class ConfiguredProcess {

    private ConfiguredProcess() {}

    static Optional<ProcessSpec> read(ConfigSection section) {
        if (!section.has("command")) {
            section.problem("a process needs \"command\", a list of program and arguments");
        }
        // what is wrong elsewhere is noted although the command is
        ProcessSpec spec = section.get("command", ConfiguredProcess::command).orElseGet(() -> ProcessSpec.of("true"));
        spec = section.get("name", ConfigSection::string).map(spec::withName).orElse(spec);
        spec = section.get("directory", value -> Path.of(ConfigSection.string(value)))
                .map(spec::withDirectory)
                .orElse(spec);
        ProcessSpec plain = spec;
        spec = section.getSecret("environment", value -> plain.withEnvironment(environment(value)))
                .orElse(spec);
        spec = changed(section, "stdin", spec, (old, value) -> old.withStdin(stdio(value)));
        spec = changed(section, "output", spec, (old, value) -> old.withOutput(stdio(value)));
        spec = changed(section, "stdout", spec, (old, value) -> old.withStdout(stdio(value)));
        spec = changed(section, "stderr", spec, (old, value) -> old.withStderr(stdio(value)));
        spec = section.section("ready")
                .flatMap(ConfiguredProcess::readiness)
                .map(spec::withReady)
                .orElse(spec);
        spec = changed(
                section, "start-timeout", spec, (old, value) -> old.withStartTimeout(ConfigSection.duration(value)));
        spec = changed(section, "stop", spec, (old, value) -> old.withStop(stop(value)));
        spec = section.get("process-group", ConfigSection.oneOf(List.of(ProcessGroup.values())))
                .map(spec::withProcessGroup)
                .orElse(spec);
        spec = section.get("when-supervisor-dies", ConfigSection.oneOf(List.of(WhenSupervisorDies.values())))
                .map(spec::withWhenSupervisorDies)
                .orElse(spec);
        spec = exits(section, spec);
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
        return section.get(key, value -> change.of(spec, value)).orElse(spec);
    }

    private static ProcessSpec command(ConfigValue value) {
        return ProcessSpec.of(words(value));
    }

    private static List<OsString> words(ConfigValue value) {
        if (value.valueType() == ConfigValueType.STRING) {
            throw new IllegalArgumentException("must be a list of program and arguments, was "
                    + ConfigSection.text(value) + "; for a line of shell use [sh, -c, \"exec ...\"]");
        }
        return ConfigSection.strings(value).stream().map(OsString::of).toList();
    }

    /** A key set to null removes the variable. */
    private static Map<String, Optional<String>> environment(ConfigValue value) {
        if (!(value instanceof ConfigObject object)) {
            throw new IllegalArgumentException(
                    "must be an object in braces, such as { LANG = C }, was " + ConfigSection.kind(value));
        }
        Map<String, Optional<String>> environment = new HashMap<>();
        object.forEach((name, text) -> environment.put(name, variable(name, text)));
        return environment;
    }

    private static Optional<String> variable(String name, ConfigValue value) {
        return switch (value.valueType()) {
            case NULL -> Optional.empty();
            case OBJECT, LIST ->
                throw new IllegalArgumentException("sets " + name + " to " + ConfigSection.kind(value)
                        + "; it must be text, or null to remove it");
            default -> Optional.of(ConfigSection.string(value));
        };
    }

    private static Stdio stdio(ConfigValue value) {
        if (value instanceof ConfigObject object) {
            return described(object);
        }
        return switch (ConfigSection.string(value)) {
            case "inherit" -> Stdio.inherited();
            case "discard" -> Stdio.discard();
            case "log" -> Stdio.logged();
            case "prefix" -> Stdio.prefixed();
            default ->
                throw new IllegalArgumentException("must be inherit, discard, log, prefix, { file = PATH } or"
                        + " { logger = NAME, level = info }, was " + ConfigSection.text(value));
        };
    }

    private static Stdio described(ConfigObject object) {
        ConfigValue file = object.get("file");
        if (file != null && object.size() == 1) {
            return Stdio.file(Path.of(ConfigSection.string(file)));
        }
        ConfigValue logger = object.get("logger");
        ConfigValue level = object.get("level");
        if (logger == null || object.size() > (level == null ? 1 : 2)) {
            throw new IllegalArgumentException(
                    "must be { file = PATH } or { logger = NAME, level = info }, was " + ConfigSection.text(object));
        }
        return Stdio.logged(
                ConfigSection.string(logger),
                level == null
                        ? Level.INFO
                        : ConfigSection.oneOf(List.of(Level.values())).of(level));
    }

    private static Optional<Readiness> readiness(ConfigSection section) {
        List<Optional<Readiness>> signs = new ArrayList<>();
        Optional<Duration> pause = section.get("pause", ConfigSection::duration);
        sign(section, "line", signs, value -> Readiness.line(ConfigSection.string(value)));
        sign(section, "tcp", signs, ConfiguredProcess::tcp);
        sign(section, "unix-socket", signs, value -> Readiness.unixSocket(Path.of(ConfigSection.string(value))));
        sign(
                section,
                "command",
                signs,
                value -> new Readiness.Command(words(value), pause.orElse(Duration.ofMillis(200))));
        sign(section, "notification-fd", signs, value -> Readiness.notification(ConfigSection.integer(value)));
        if (signs.size() != 1) {
            section.problem(
                    "\"ready\" needs one of line, tcp, unix-socket, command and notification-fd, has " + signs.size());
        } else if (pause.isPresent() && !section.has("command")) {
            section.problem("\"pause\" is for \"command\" only");
        }
        section.end();
        return signs.size() == 1 ? signs.get(0) : Optional.empty();
    }

    private static void sign(
            ConfigSection section,
            String key,
            List<Optional<Readiness>> signs,
            ConfigSection.Reading<Readiness> reading) {
        if (section.has(key)) {
            signs.add(section.get(key, reading));
        }
    }

    private static Readiness tcp(ConfigValue value) {
        String text = ConfigSection.string(value);
        int colon = text.lastIndexOf(':');
        try {
            return colon < 0
                    ? Readiness.tcp(Integer.parseInt(text))
                    : Readiness.tcp(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be a port or HOST:PORT, was " + ConfigSection.text(value), e);
        }
    }

    /** Signals with the waits between them. */
    private static StopSequence stop(ConfigValue value) {
        List<StopSequence.Step> steps = new ArrayList<>();
        Optional<Duration> wait = Optional.of(Duration.ZERO);
        for (ConfigValue element : ConfigSection.list(value)) {
            String text = ConfigSection.string(element);
            if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
                if (wait.isPresent()) {
                    throw new IllegalArgumentException(
                            "must be signals with one wait between each two, such as [TERM, 2s," + " INT], was "
                                    + ConfigSection.text(value));
                }
                wait = Optional.of(ConfigSection.duration(element));
            } else {
                Signal signal = signal(element);
                Duration after = wait.orElseThrow(() -> new IllegalArgumentException(
                        "needs a wait before " + text + ", such as [TERM, 2s, INT], was " + ConfigSection.text(value)));
                steps.add(new StopSequence.Step(after, signal));
                wait = Optional.empty();
            }
        }
        return new StopSequence(steps);
    }

    private static Signal signal(ConfigValue value) {
        try {
            return Signal.parse(ConfigSection.string(value));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must name a signal, such as TERM, HUP or RTMIN+3, was " + ConfigSection.text(value), e);
        }
    }

    private static int[] codes(ConfigValue value) {
        return ConfigSection.list(value).stream()
                .mapToInt(ConfigSection::integer)
                .toArray();
    }

    private static Signal[] signals(ConfigValue value) {
        return ConfigSection.list(value).stream().map(ConfiguredProcess::signal).toArray(Signal[]::new);
    }
}
