package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.process.WorkingDirectory;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/** A tree of processes and supervisors as HOCON, every key written out. */
final class SpecText {

    private SpecText() {}

    static String of(SupervisorSpec spec) {
        return ConfigValueFactory.fromMap(supervisor(spec))
                .render(ConfigRenderOptions.defaults().setOriginComments(false).setJson(false));
    }

    private static Map<String, Object> supervisor(SupervisorSpec spec) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("strategy", ConfigValues.hyphened(spec.strategy()));
        keys.put("intensity", spec.hasUnlimitedRestarts() ? "infinite" : spec.intensity());
        keys.put("period", time(spec.period()));
        keys.put("auto-shutdown", ConfigValues.hyphened(spec.autoShutdown()));
        spec.maxChildren().ifPresent(most -> keys.put("max-children", most));
        keys.put("children", spec.children().stream().map(SpecText::child).toList());
        return keys;
    }

    private static Map<String, Object> child(ChildSpec spec) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("id", spec.id());
        if (spec.kind() instanceof ProcessKind process) {
            keys.put("process", process(process.spec()));
        } else {
            SupervisorKind supervisor = (SupervisorKind) spec.kind();
            keys.put("supervisor", supervisor(Objects.requireNonNull(supervisor.known())));
        }
        keys.put("restart", ConfigValues.hyphened(spec.restart()));
        keys.put("shutdown", shutdown(spec.shutdown()));
        keys.put("significant", spec.significant());
        keys.put("start-timeout", spec.startTimeout().map(SpecText::time).orElse("infinite"));
        keys.put("kill-grace", time(spec.killGrace()));
        keys.put("on-abandon", ConfigValues.hyphened(spec.onAbandon()));
        spec.restartDelay().ifPresent(delay -> keys.put("restart-delay", delay(delay)));
        return keys;
    }

    private static String shutdown(Shutdown shutdown) {
        if (shutdown instanceof Shutdown.Timeout timeout) {
            return time(timeout.within());
        }
        return shutdown == Shutdown.brutalKill() ? "brutal-kill" : "infinite";
    }

    private static Map<String, Object> delay(RestartDelay delay) {
        return Map.of(
                "min",
                time(delay.min()),
                "max",
                time(delay.max()),
                "factor",
                delay.factor(),
                "jitter",
                delay.jitter(),
                "reset-after",
                time(delay.resetAfter()));
    }

    private static Map<String, Object> process(ProcessSpec spec) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("command", words(spec.command()));
        if (spec.isNamed()) {
            keys.put("name", spec.name());
        }
        if (spec.directory() instanceof WorkingDirectory.At at) {
            keys.put("directory", at.path().toString());
        }
        Map<String, Object> environment = new TreeMap<>();
        spec.environment().forEach((name, value) -> environment.put(name, value.orElse(null)));
        keys.put("environment", environment);
        keys.put("stdin", stdio(spec.stdin()));
        keys.put("stdout", stdio(spec.stdout()));
        keys.put("stderr", stdio(spec.stderr()));
        if (spec.ready() != Readiness.immediately()) {
            keys.put("ready", ready(spec.ready()));
        }
        spec.live().ifPresent(live -> keys.put("live", live(live)));
        if (spec.hasStartTimeout()) {
            keys.put("start-timeout", time(spec.startTimeout()));
        }
        spec.oneshot().ifPresent(again -> {
            keys.put("oneshot", true);
            keys.put("oneshot-again", ConfigValues.hyphened(again));
        });
        keys.put("stop", stop(spec.stop()));
        keys.put("process-group", ConfigValues.hyphened(spec.processGroup()));
        keys.put("when-supervisor-dies", ConfigValues.hyphened(spec.whenSupervisorDies()));
        spec.cgroup()
                .filter(limits -> !limits.equals(CgroupLimits.none()))
                .ifPresent(limits -> keys.put("cgroup", cgroup(limits)));
        keys.put(
                "normal-exit-codes",
                List.copyOf(new TreeSet<>(spec.normalExits().codes())));
        keys.put(
                "normal-exit-signals",
                spec.normalExits().signals().stream()
                        .map(Signal::toString)
                        .sorted()
                        .toList());
        keys.put("ignore-exit-codes", List.copyOf(new TreeSet<>(spec.ignoreExitCodes())));
        return keys;
    }

    private static Map<String, Object> cgroup(CgroupLimits limits) {
        Map<String, Object> keys = new LinkedHashMap<>();
        limits.memoryMax().ifPresent(bytes -> keys.put("memory-max", bytes));
        limits.cpuMax().ifPresent(percent -> keys.put("cpu-max", percent + "%"));
        limits.pidsMax().ifPresent(number -> keys.put("pids-max", number));
        return keys;
    }

    private static List<String> words(List<OsString> words) {
        return words.stream().map(OsString::toString).toList();
    }

    private static Object stdio(Stdio stdio) {
        if (stdio instanceof Stdio.File file) {
            return file.equals(Stdio.discard())
                    ? "discard"
                    : Map.of("file", file.path().toString());
        }
        if (stdio instanceof Stdio.Logged logged) {
            return logged.logger().isEmpty()
                    ? "log"
                    : Map.of("logger", logged.logger().get(), "level", ConfigValues.hyphened(logged.level()));
        }
        return stdio instanceof Stdio.Copied ? "prefix" : "inherit";
    }

    private static Map<String, Object> ready(Readiness ready) {
        if (ready instanceof Readiness.Line line) {
            return Map.of("line", line.pattern().pattern());
        }
        if (ready instanceof Readiness.Tcp tcp) {
            return Map.of(
                    "tcp", tcp.address().getHostString() + ":" + tcp.address().getPort());
        }
        if (ready instanceof Readiness.UnixSocket socket) {
            return Map.of("unix-socket", socket.path().toString());
        }
        if (ready instanceof Readiness.Command command) {
            return Map.of("command", words(command.command()), "pause", time(command.pause()));
        }
        if (ready instanceof Readiness.Http http) {
            Map<String, Object> block = new TreeMap<>();
            block.put("url", http.url().toString());
            if (!http.statuses().isEmpty()) {
                block.put("status", List.copyOf(new TreeSet<>(http.statuses())));
            }
            http.body().ifPresent(body -> block.put("body", body.pattern()));
            return Map.of("http", block);
        }
        if (ready instanceof Readiness.SdNotify notify) {
            return Map.of("sd-notify", ConfigValues.hyphened(notify.access()));
        }
        return Map.of("notification-fd", ((Readiness.Notification) ready).number());
    }

    private static Map<String, Object> live(Liveness live) {
        Map<String, Object> keys = new TreeMap<>(ready(live.sign().orElseThrow()));
        // between two runs of a command is the interval of liveness
        keys.remove("pause");
        keys.put("every", time(live.every()));
        keys.put("timeout", time(live.timeout()));
        keys.put("failures", live.failures());
        keys.put("grace", time(live.grace()));
        keys.put("then", ConfigValues.hyphened(live.then()));
        return keys;
    }

    private static List<String> stop(StopSequence stop) {
        List<String> words = new ArrayList<>();
        List<StopSequence.Step> steps = stop.steps();
        for (int i = 0; i < steps.size(); i++) {
            String wait = i + 1 < steps.size() ? " " + time(steps.get(i + 1).after()) : "";
            words.add(steps.get(i).signal() + wait);
        }
        return words;
    }

    private static String time(Duration time) {
        return time.toMillis() + "ms";
    }
}
