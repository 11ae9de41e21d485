package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.LogEntry.Topic;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What the log says of each event of a service directory, and how much it matters: the same for a tree that has it as a
 * child, and for a launcher that is asked to say more than runit does.
 *
 * <p>Error: something cannot be run, or not be supervised. Warn: an end that nobody has asked for, a start that waits.
 * Info: starts, ends, and what changes whether it runs. Debug: each step.
 */
final class ServiceWords {

    private final Map<String, Object> fields = new LinkedHashMap<>();
    private final String path;
    private String subject = "";
    private @Nullable Throwable cause;
    private @Nullable Object sameness;
    private final String kind;

    private ServiceWords(ServiceEvent event) {
        path = event.path();
        kind = event.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
        fields.put("event", "service_directory_" + kind);
        fields.put("service_directory", path);
        fields.put("supervisor", TreePath.above(path));
        fields.put("child", TreePath.lastId(path));
    }

    /** Empty for what another event of the same moment says. */
    static Optional<LogEntry> of(ServiceEvent event) {
        ServiceWords words = new ServiceWords(event);
        if (event instanceof ServiceEvent.StateChanged || event instanceof ServiceEvent.Ready) {
            return Optional.empty();
        }
        LogEntry entry = words.ofProcesses(event);
        if (entry == null) {
            entry = words.ofControl(event);
        }
        return Optional.of(entry == null ? words.ofSupervision(event) : entry);
    }

    // ---- processes

    private @Nullable LogEntry ofProcesses(ServiceEvent event) {
        if (event instanceof ServiceEvent.Started started) {
            about(started.program());
            pid(started.pid());
            again("");
            if (SuperviseDirectory.isOurselves(started.pid())) {
                return say(Level.INFO, "writes the log itself");
            }
            return say(levelOf(started.program(), Level.INFO), "started " + subject + pidText());
        } else if (event instanceof ServiceEvent.Adopted adopted) {
            return adopted(adopted);
        } else if (event instanceof ServiceEvent.Ended ended) {
            return ended(ended);
        } else if (event instanceof ServiceEvent.Hung hung) {
            about(ServiceEvent.Program.RUN);
            pid(hung.pid());
            fields.put("hung", hung.why());
            again("");
            return say(
                    Level.WARN,
                    subject + " is hung" + pidText() + ": " + hung.why()
                            + (hung.isStopped() ? "; it is stopped" : "; it is left as it is"));
        } else if (event instanceof ServiceEvent.Recovered recovered) {
            about(ServiceEvent.Program.RUN);
            pid(recovered.pid());
            again("");
            return say(Level.INFO, subject + " works again" + pidText());
        } else if (event instanceof ServiceEvent.Throttled throttled) {
            String why = switch (throttled.why()) {
                case SHORT_RUN -> "it ended within a second";
                case REFUSED -> "the system refused to make a process";
                case RESTART_DELAY -> "it ended by itself";
                case COOL_DOWN -> "it failed too often and cools down";
            };
            fields.put("unit", name(throttled.unit()));
            if (!throttled.wanted()) {
                return say(
                        Level.DEBUG,
                        "could start " + name(throttled.unit()) + " again in " + DurationText.of(throttled.length())
                                + ", since " + why);
            }
            fields.put("next_ms", throttled.length().toMillis());
            again(List.of(throttled.unit(), throttled.why()));
            return say(
                    Level.WARN,
                    "next start of " + name(throttled.unit()) + " in " + DurationText.of(throttled.length())
                            + ", since " + why);
        } else if (event instanceof ServiceEvent.AwaitsReady awaits) {
            about(ServiceEvent.Program.RUN);
            pid(awaits.pid());
            return say(Level.DEBUG, "waits for " + subject + " to be ready: " + awaits.sign());
        } else if (event instanceof ServiceEvent.Notified notified) {
            about(ServiceEvent.Program.RUN);
            return say(Level.DEBUG, subject + " says: " + notified.notice().description());
        } else if (event instanceof ServiceEvent.NotRun notRun) {
            about(notRun.program());
            cause = notRun.cause();
            again(String.valueOf(cause.getMessage()));
            return say(Level.ERROR, "cannot run " + subject + ": " + cause.getMessage());
        } else if (event instanceof ServiceEvent.StartRefused refused) {
            about(refused.program());
            cause = refused.cause();
            again(String.valueOf(cause.getMessage()));
            return say(Level.ERROR, "cannot start " + subject + ": " + cause.getMessage());
        }
        return null;
    }

    private LogEntry adopted(ServiceEvent.Adopted adopted) {
        about(adopted.program());
        pid(adopted.pid());
        fields.put("restarts", adopted.restarts());
        if (adopted.pid() == 0) {
            return say(Level.DEBUG, "goes on as it was left, without a process of " + subject);
        }
        adopted.started().ifPresent(started -> fields.put("started", started.toString()));
        if (!adopted.runs()) {
            return say(
                    levelOf(adopted.program(), Level.INFO), subject + pidText() + ", has ended while nobody was there");
        }
        String since = adopted.started()
                .map(started -> ", which has been running since " + started)
                .orElse("");
        return say(levelOf(adopted.program(), Level.INFO), "adopted " + subject + pidText() + since);
    }

    private LogEntry ended(ServiceEvent.Ended ended) {
        ExitStatus status = ended.status();
        about(ended.program());
        pid(ended.pid());
        fields.put("duration_ms", ended.ran().toMillis());
        exit(status);
        again(status);
        if (SuperviseDirectory.isOurselves(ended.pid())) {
            return say(
                    ended.asked() || status.code() == 0 ? Level.INFO : Level.WARN,
                    "writes the log no more" + (status.code() == 0 ? "" : ": " + status));
        }
        return say(
                levelOf(ended.program(), ended.asked() ? Level.INFO : Level.WARN),
                subject + " ended with " + status + pidText() + ", ran " + DurationText.of(ended.ran())
                        + ended.hung()
                                .map(why -> ", stopped since it was hung: " + why)
                                .orElse("")
                        + ended.outOfMemory().map(why -> ", " + why).orElse(""));
    }

    private void about(ServiceEvent.Program program) {
        subject = program.file();
        fields.put("program", subject);
    }

    /** What finish does is a part of the end of run. */
    private static Level levelOf(ServiceEvent.Program program, Level level) {
        return program == ServiceEvent.Program.FINISH ? Level.DEBUG : level;
    }

    /** A log that we write ourselves has no process of its own. */
    private void pid(int pid) {
        if (pid != 0 && !SuperviseDirectory.isOurselves(pid)) {
            fields.put("pid", pid);
        }
    }

    private String pidText() {
        Object pid = fields.get("pid");
        return pid == null ? "" : ", pid " + pid;
    }

    private void exit(ExitStatus status) {
        fields.put("exit", status.toString());
        if (status.exited()) {
            fields.put("exit_code", status.code());
        } else if (status.isKnown()) {
            fields.put("exit_signal", Signal.nameOf(status.signal()));
        }
    }

    // ---- control

    private @Nullable LogEntry ofControl(ServiceEvent event) {
        if (event instanceof ServiceEvent.ControlByte command) {
            String letter = printable(command.letter());
            fields.put("letter", letter);
            return say(Level.DEBUG, "was told [" + letter + "]" + ofLog(command.unit()));
        } else if (event instanceof ServiceEvent.ScriptStarted script) {
            pid(script.pid());
            return say(Level.DEBUG, "started control/" + printable(script.letter()) + pidText());
        } else if (event instanceof ServiceEvent.ScriptEnded script) {
            exit(script.status());
            return say(
                    Level.DEBUG,
                    "control/" + printable(script.letter()) + " ended with " + script.status()
                            + (script.vetoed() ? ", so the signal is not sent" : ""));
        } else if (event instanceof ServiceEvent.ScriptNotRun script) {
            cause = script.cause();
            return say(Level.WARN, "cannot run control/" + printable(script.letter()) + ": " + cause.getMessage());
        } else if (event instanceof ServiceEvent.SignalSent sent) {
            fields.put("signal", sent.signal().name());
            return say(Level.DEBUG, "was sent " + sent.signal().name() + ofLog(sent.unit()));
        } else if (event instanceof ServiceEvent.Paused paused) {
            return say(Level.INFO, "is paused" + ofLog(paused.unit()));
        } else if (event instanceof ServiceEvent.Continued continued) {
            return say(Level.INFO, "goes on" + ofLog(continued.unit()));
        } else if (event instanceof ServiceEvent.LogPipeClosed) {
            return say(Level.DEBUG, "closed the pipe to its logger");
        } else if (event instanceof ServiceEvent.LogPipeOpened) {
            return say(Level.DEBUG, "has a new pipe to its logger");
        }
        return null;
    }

    private static String ofLog(ServiceEvent.Unit unit) {
        return unit == ServiceEvent.Unit.LOG ? " (its logger)" : "";
    }

    private static String name(ServiceEvent.Unit unit) {
        return unit == ServiceEvent.Unit.LOG ? "log/run" : "run";
    }

    private static String printable(char letter) {
        return letter > ' ' && letter < '\u007f' ? String.valueOf(letter) : String.format("\\x%02x", (int) letter);
    }

    // ---- supervision

    private LogEntry ofSupervision(ServiceEvent event) {
        if (event instanceof ServiceEvent.Found) {
            return say(Level.INFO, "is supervised from now on");
        } else if (event instanceof ServiceEvent.Renamed renamed) {
            String name = renamed.entryThere().orElse("");
            fields.put("entry", name);
            return say(Level.INFO, "has the entry [" + name + "] now; it is told of as before while it is supervised");
        } else if (event instanceof ServiceEvent.Forgotten) {
            return say(Level.INFO, "is supervised no more");
        } else if (event instanceof ServiceEvent.SupervisionBegan) {
            return say(Level.DEBUG, "has been opened");
        } else if (event instanceof ServiceEvent.RunOrdered) {
            return say(Level.DEBUG, "is to start run, says its supervisor");
        } else if (event instanceof ServiceEvent.EndRequested) {
            return say(Level.DEBUG, "was asked to end");
        } else if (event instanceof ServiceEvent.SupervisionEnded ended) {
            fields.put("exit_code", ended.exitCode());
            again(ended.exitCode());
            return ended.exitCode() == 0
                    ? say(Level.INFO, "has ended its supervision")
                    : say(Level.ERROR, "could not be supervised");
        } else if (event instanceof ServiceEvent.SupervisionFailed failed) {
            cause = failed.cause();
            again(failed.cause().getClass());
            return say(Level.ERROR, "lost its supervision by a defect of ours: " + failed.cause());
        } else if (event instanceof ServiceEvent.SupervisionDelayed delayed) {
            fields.put("next_ms", delayed.length().toMillis());
            again("");
            return say(Level.WARN, "is tried again in " + DurationText.of(delayed.length()));
        } else if (event instanceof ServiceEvent.SupervisionResumed) {
            return say(Level.INFO, "is supervised again");
        } else if (event instanceof ServiceEvent.Warned warned) {
            again(warned.text());
            return say(warned.severity() == ServiceEvent.Severity.FATAL ? Level.ERROR : Level.WARN, warned.text());
        }
        throw new IllegalStateException("nobody knows how to tell of " + event);
    }

    /** Others of its kind say the same again where this is equal. */
    private void again(Object why) {
        sameness = why;
    }

    private LogEntry say(Level level, String words) {
        Optional<Topic> topic = sameness == null
                ? Optional.empty()
                : Optional.of(new Topic(kind, path, "", List.of(subject, sameness)));
        return new LogEntry(
                level, "service directory [" + path + "] " + words, fields, Optional.ofNullable(cause), topic);
    }
}
