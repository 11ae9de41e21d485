package io.github.pekkosupervisor.log;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.LogEntry.Topic;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/** A {@link LogEntry} while it is put together: what is said to a reader is a field too, where a machine wants it. */
final class Sentence {

    private final Level level;
    private final String path;
    private final StringBuilder text = new StringBuilder();
    private final Map<String, Object> fields = new LinkedHashMap<>();
    private String child = "";
    private @Nullable Throwable cause;
    private @Nullable Topic topic;

    /** It begins with who tells. */
    Sentence(SupervisorEvent event, Level level) {
        this.level = level;
        this.path = event.supervisor();
        text.append("supervisor [").append(path).append(']');
        field("event", snakeCase(event.getClass().getSimpleName()));
        field("supervisor", path);
        if (event instanceof SupervisorEvent.OfChild ofChild) {
            child = ofChild.child().id();
            field("child", child);
        }
    }

    private static String snakeCase(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    Sentence say(String words) {
        text.append(words);
        return this;
    }

    /** A line of a list. */
    Sentence item(String words) {
        text.append("\n\t").append(words);
        return this;
    }

    Sentence field(String key, Object value) {
        fields.put(key, value);
        return this;
    }

    /** One that OTP makes too, under its name. */
    Sentence report(String name, String who, ExitReason reason) {
        say(" " + name + ": [" + who + "] with [" + reason + "]");
        exit(reason);
        cause(reason);
        return sameAs(name, Why.of(reason));
    }

    Sentence exit(ExitReason reason) {
        field("exit", reason.toString());
        if (reason instanceof ExitReason.ExitCode code) {
            field("exit_code", code.code());
        } else if (reason instanceof ExitReason.Signalled signalled) {
            field("exit_signal", signalled.name());
        } else if (reason instanceof ExitReason.Crash crash) {
            field("exception", crash.cause().getClass().getName());
        }
        return this;
    }

    void cause(ExitReason reason) {
        cause = reason instanceof ExitReason.Crash crash ? crash.cause() : null;
    }

    /** Which incarnation, for machines: a reader has its name already. */
    Sentence about(Offender offender) {
        offender.handle().ifPresent(this::about);
        if (offender.count() > 1) {
            field("children", offender.count());
        }
        return this;
    }

    Sentence about(ChildHandle handle) {
        field("incarnation", handle.incarnation());
        handle.process().ifPresent(process -> field("pid", process.pid()));
        return this;
    }

    /** Which process it is, if it is one. */
    Sentence withPid() {
        Object pid = fields.get("pid");
        return pid == null ? this : say(", pid " + pid);
    }

    Sentence lasted(String words, Duration length) {
        return say(words + DurationText.of(length)).field("duration_ms", length.toMillis());
    }

    Sentence because(StopCause why) {
        String words = words(why);
        return say(words).field("stopped", words);
    }

    private static String words(StopCause cause) {
        if (cause instanceof StopCause.Sibling sibling) {
            return "because of [" + sibling.child() + "]";
        } else if (cause instanceof StopCause.SupervisorEnds ends) {
            return "since its supervisor " + verb(ends.end());
        } else if (cause == StopCause.Renewal.INSTANCE) {
            return "to be renewed";
        } else if (cause == StopCause.Hung.INSTANCE) {
            return "since it is hung";
        }
        return "by a call";
    }

    private static String verb(TreeEnd end) {
        if (end instanceof TreeEnd.GaveUp gaveUp) {
            return "gives up on [" + gaveUp.child() + "]";
        } else if (end instanceof TreeEnd.AutoShutdown auto) {
            return "shuts down for [" + auto.child() + "]";
        } else if (end instanceof TreeEnd.Closed) {
            return "is stopped";
        }
        return end instanceof TreeEnd.Failed ? "fails" : "is killed";
    }

    Sentence restart(RestartScheduled next) {
        int number = next.recent() + 1;
        String period = DurationText.of(next.period());
        field("restart", number);
        next.limit().ifPresent(limit -> field("restart_limit", limit));
        field("restart_period_ms", next.period().toMillis());
        field("next_ms", next.delay().toMillis());
        if (next.limit().isPresent() && number > next.limit().getAsInt()) {
            // it waits, and by then it may not be too many any more
            boolean isOne = next.limit().getAsInt() == 1;
            return say("; " + next.limit().getAsInt() + (isOne ? " restart in " : " restarts in ") + period
                    + (isOne ? " is" : " are") + " used up, looked at again in "
                    + DurationText.of(next.delay()));
        }
        String limit = next.limit().isPresent() ? " of " + next.limit().getAsInt() + " in " : ", no limit, in ";
        String when = next.delay().isZero() ? "at once" : "next in " + DurationText.of(next.delay());
        return say("; restart " + number + limit + period + ", " + when);
    }

    /** Others of this kind, about the same child and with the same reason, say the same again. */
    Sentence sameAs(String kind, Object why) {
        topic = new Topic(kind, path, child, why);
        return this;
    }

    LogEntry entry() {
        return new LogEntry(level, text.toString(), fields, Optional.ofNullable(cause), Optional.ofNullable(topic));
    }
}
