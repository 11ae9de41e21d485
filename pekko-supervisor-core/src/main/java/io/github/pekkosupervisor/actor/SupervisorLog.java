package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;

/**
 * Writes events to the log, a line for each; a listener like any other. The MDC has {@code supervisor}, its path, and
 * {@code child}, the id of the child that it is about, if it is about one.
 *
 * <p>Error: a report that OTP writes at level error, so that somebody must look. Warn: a child was restarted or given
 * up on. Info: progress by the supervisor itself. Debug: everything else, what was asked for by calls included.
 */
public enum SupervisorLog implements Consumer<TreeEvent> {
    /** The only one. */
    INSTANCE;

    /** Of the logger of all that concerns supervision. */
    public static final String NAME = "io.github.pekkosupervisor.Supervisor";

    private static final Logger LOG = LoggerFactory.getLogger(NAME);

    @Override
    public void accept(TreeEvent told) {
        if (told instanceof SupervisorEvent event) {
            log(event);
        }
    }

    private static void log(SupervisorEvent event) {
        if (event instanceof SupervisorEvent.ChildStarted || event instanceof SupervisorEvent.ChildStopped) {
            if (!LOG.isInfoEnabled()) {
                return;
            }
        }
        MDC.put("supervisor", event.supervisor());
        if (event instanceof SupervisorEvent.OfChild ofChild) {
            MDC.put("child", ofChild.child().id());
        }
        try {
            write(event);
        } finally {
            MDC.remove("supervisor");
            MDC.remove("child");
        }
    }

    /** Tells a listener; whatever that throws is logged and goes no further. */
    static void tell(Consumer<? super TreeEvent> listener, TreeEvent event) {
        try {
            listener.accept(event);
        } catch (Throwable thrown) {
            failed(event, thrown);
        }
    }

    private static void failed(TreeEvent event, Throwable thrown) {
        try {
            LOG.error("a listener of [{}] failed at [{}]", event.path(), event, thrown);
        } catch (Throwable alsoTheLog) {
            // there is nobody left to tell, and no child has done anything wrong
        }
    }

    private static void write(SupervisorEvent event) {
        if (!writeReport(event) && !writeWarning(event)) {
            writeProgress(event);
        }
    }

    /** What OTP reports too. */
    private static boolean writeReport(SupervisorEvent event) {
        if (event instanceof SupervisorEvent.ChildTerminated terminated) {
            report(terminated, "child_terminated", terminated.reason());
        } else if (event instanceof SupervisorEvent.StartError error) {
            report(error, "start_error", error.reason());
        } else if (event instanceof SupervisorEvent.ShutdownError error) {
            report(error, "shutdown_error", error.reason());
        } else if (event instanceof SupervisorEvent.GaveUp gaveUp) {
            LOG.error(
                    "supervisor [{}] shutdown: [{}], last straw was [{}]",
                    event.supervisor(),
                    gaveUp.reason(),
                    gaveUp.child());
        } else if (event instanceof SupervisorEvent.UnexpectedMessage unexpected) {
            LOG.error("supervisor [{}] received an unexpected message [{}]", event.supervisor(), unexpected.message());
        } else {
            return false;
        }
        return true;
    }

    private static void report(SupervisorEvent.OfChild event, String name, ExitReason reason) {
        LOG.error("supervisor [{}] {}: [{}] with [{}]", event.supervisor(), name, event.child(), reason, cause(reason));
    }

    private static boolean writeWarning(SupervisorEvent event) {
        String at = event.supervisor();
        if (event instanceof SupervisorEvent.ChildAbandoned abandoned) {
            write(abandoned);
        } else if (event instanceof SupervisorEvent.Overrun overrun) {
            LOG.warn(
                    "supervisor [{}] killed what was left of the group of [{}] when its time was over: {}",
                    at,
                    overrun.child(),
                    overrun.left());
        } else if (event instanceof SupervisorEvent.MessageRefused refused) {
            LOG.warn(
                    "supervisor [{}]: [{}] was sent a [{}], which it does not take",
                    at,
                    refused.child(),
                    refused.type().getName());
        } else if (event instanceof SupervisorEvent.RestartScheduled scheduled) {
            write(scheduled);
        } else {
            return false;
        }
        return true;
    }

    private static void write(SupervisorEvent.ChildAbandoned abandoned) {
        if (abandoned.stack().contains("java.lang.Runtime.exit")) {
            LOG.warn(
                    "supervisor [{}] does not wait for [{}], which has called System.exit",
                    abandoned.supervisor(),
                    abandoned.child());
        } else {
            LOG.error(
                    "supervisor [{}] abandoned [{}], which does not end; it stands at [{}]",
                    abandoned.supervisor(),
                    abandoned.child(),
                    abandoned.stack());
        }
    }

    private static void write(SupervisorEvent.ChildStarted started) {
        switch (started.cause()) {
            case START_UP, RESTART -> LOG.info("supervisor [{}] started [{}]", started.supervisor(), started.child());
            case CALL -> LOG.debug("supervisor [{}] started [{}]", started.supervisor(), started.child());
        }
    }

    /** Who is restarted at once is in the log twice already: his end and his start. */
    private static void write(SupervisorEvent.RestartScheduled restart) {
        LOG.atLevel(restart.delay().isZero() ? Level.DEBUG : Level.WARN)
                .log(
                        "supervisor [{}] restarts [{}] after [{}]; restart [{}] of [{}] within [{}]",
                        restart.supervisor(),
                        restart.child(),
                        restart.delay(),
                        restart.recent() + 1,
                        restart.limit().isPresent() ? restart.limit().getAsInt() : "unlimited",
                        restart.period());
    }

    private static void writeProgress(SupervisorEvent event) {
        String at = event.supervisor();
        if (event instanceof SupervisorEvent.ChildStarted started) {
            write(started);
        } else if (event instanceof SupervisorEvent.SupervisorStarted) {
            LOG.info("supervisor [{}] is up", at);
        } else if (event instanceof SupervisorEvent.SupervisorStopped stopped) {
            // the end of one below another is reported by that
            boolean isNews = at.equals(TreePath.TOP) && stopped.end().isFailure();
            Level level = isNews ? Level.ERROR : Level.INFO;
            LOG.atLevel(level)
                    .setCause(isNews ? cause(stopped.reason()) : null)
                    .log("supervisor [{}] ends with [{}]", at, stopped.end());
        } else if (event instanceof SupervisorEvent.AutoShutdown auto) {
            LOG.info("supervisor [{}] shuts down, since [{}] has ended", at, auto.child());
        } else if (event instanceof SupervisorEvent.AbandonedChildEnded late) {
            LOG.info("supervisor [{}]: abandoned [{}] has ended after all", at, late.child());
        } else if (event instanceof SupervisorEvent.ChildFinished finished) {
            LOG.debug("supervisor [{}]: [{}] ended with [{}]", at, finished.child(), finished.reason());
        } else if (event instanceof SupervisorEvent.ChildStopped stopped) {
            LOG.debug("supervisor [{}] stopped [{}]: [{}]", at, stopped.child(), stopped.reason());
        } else {
            throw new IllegalStateException("nobody knows how to tell of " + event);
        }
    }

    private static @org.jspecify.annotations.Nullable Throwable cause(ExitReason reason) {
        return reason instanceof ExitReason.Crash crash ? crash.cause() : null;
    }
}
