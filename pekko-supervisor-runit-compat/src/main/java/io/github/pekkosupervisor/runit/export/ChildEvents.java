package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.spec.RestartType;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a supervisor tells of a child, in the words of {@link ExportRule}. */
final class ChildEvents {

    private ChildEvents() {}

    /**
     * What it means for what is shown; null if nothing.
     *
     * @param isDynamic whether the supervisor forgets children that are down
     * @param now the time, for what does not say itself when it was
     */
    static @Nullable ExportEvent of(SupervisorEvent.OfChild event, boolean isDynamic, Instant now) {
        boolean forgets = isDynamic || event.child().spec().restart() == RestartType.TEMPORARY;
        if (event instanceof SupervisorEvent.ChildStarting starting) {
            ChildHandle handle = starting.child().handle().orElseThrow();
            return new ExportEvent.Starting(handle.startedAt(), pid(handle));
        } else if (event instanceof SupervisorEvent.ChildStarted started) {
            ChildHandle handle = started.child().handle().orElseThrow();
            return new ExportEvent.Started(handle.startedAt(), pid(handle), started.cause() == StartCause.ONCE);
        } else if (event instanceof SupervisorEvent.ChildRunsOnce) {
            return ExportEvent.RunsOnce.INSTANCE;
        } else if (event instanceof SupervisorEvent.ChildStopping stopping) {
            return new ExportEvent.Stopping(isStartedAgain(stopping.cause(), forgets));
        } else if (event instanceof SupervisorEvent.ChildEnd end) {
            return ended(end, forgets);
        } else if (event instanceof SupervisorEvent.StartError error) {
            return new ExportEvent.Restarting(
                    Optional.of(error.attempt().startedAt().plus(error.took())));
        } else if (event instanceof SupervisorEvent.ChildIgnored) {
            return new ExportEvent.Down(Optional.of(now), forgets);
        } else if (event instanceof SupervisorEvent.ChildNotStarted failed) {
            return new ExportEvent.Down(Optional.of(now), failed.stays().isEmpty());
        } else if (event instanceof SupervisorEvent.RestartCancelled cancelled) {
            return isStartedAgain(cancelled.cause(), false)
                    ? new ExportEvent.Restarting(Optional.empty())
                    : new ExportEvent.Down(Optional.empty(), forgets && !endsWithItsSupervisor(cancelled.cause()));
        } else if (event instanceof SupervisorEvent.GaveUp) {
            return new ExportEvent.Down(Optional.empty(), false);
        } else if (event instanceof SupervisorEvent.ChildDeleted) {
            return new ExportEvent.Down(Optional.empty(), true);
        }
        return null;
    }

    private static int pid(ChildHandle handle) {
        return handle.process().map(ProcessIdentity::pid).orElse(0);
    }

    private static ExportEvent ended(SupervisorEvent.ChildEnd end, boolean forgets) {
        Instant at = end.child()
                .handle()
                .map(handle -> handle.startedAt().plus(end.ran()))
                .orElseThrow();
        if (end instanceof SupervisorEvent.ChildTerminated terminated) {
            return terminated.restart().isPresent()
                    ? new ExportEvent.Restarting(Optional.of(at))
                    : new ExportEvent.Down(Optional.of(at), forgets);
        }
        StopCause cause = causeOf(end);
        if (cause != null && isStartedAgain(cause, forgets)) {
            return new ExportEvent.Restarting(Optional.of(at));
        }
        return new ExportEvent.Down(Optional.of(at), forgets && (cause == null || !endsWithItsSupervisor(cause)));
    }

    /** Who had it stopped; null if nobody has. */
    private static @Nullable StopCause causeOf(SupervisorEvent.OfChild event) {
        if (event instanceof SupervisorEvent.ChildStopped stopped) {
            return stopped.cause();
        } else if (event instanceof SupervisorEvent.ShutdownError error) {
            return error.cause();
        } else if (event instanceof SupervisorEvent.ChildStopping stopping) {
            return stopping.cause();
        }
        return event instanceof SupervisorEvent.RestartCancelled cancelled ? cancelled.cause() : null;
    }

    /** The id of the sibling whose restart it waits for; null if for none. */
    static @Nullable String siblingOf(SupervisorEvent.OfChild event) {
        return causeOf(event) instanceof StopCause.Sibling sibling
                ? sibling.child().spec().id()
                : null;
    }

    /** A temporary sibling that is taken along does not come back. */
    private static boolean isStartedAgain(StopCause cause, boolean forgets) {
        return cause == StopCause.Renewal.INSTANCE || (cause instanceof StopCause.Sibling && !forgets);
    }

    /** It is in the specification of the next one, or not; that one's start will show it. */
    private static boolean endsWithItsSupervisor(StopCause cause) {
        return cause instanceof StopCause.SupervisorEnds;
    }
}
