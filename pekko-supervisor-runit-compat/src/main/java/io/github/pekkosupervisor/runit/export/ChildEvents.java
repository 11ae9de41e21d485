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
            boolean again = stopping.cause() == StopCause.Hung.INSTANCE
                    ? stopping.child().spec().restart() != RestartType.TEMPORARY
                    : isStartedAgain(stopping.cause(), forgets);
            return new ExportEvent.Stopping(again);
        } else if (event instanceof SupervisorEvent.ChildGone gone) {
            Instant at = gone.child().handle().orElseThrow().startedAt().plus(gone.ran());
            // whether it is forgotten is told when its supervisor gets to it
            return gone.again()
                    ? new ExportEvent.Restarting(Optional.of(at))
                    : new ExportEvent.Down(Optional.of(at), false);
        } else if (event instanceof SupervisorEvent.ChildPaused paused) {
            return new ExportEvent.Paused(paused.paused());
        } else if (event instanceof SupervisorEvent.ChildHung) {
            return new ExportEvent.Hung(true);
        } else if (event instanceof SupervisorEvent.ChildRecovered) {
            return new ExportEvent.Hung(false);
        } else if (event instanceof SupervisorEvent.ChildEnd end) {
            return ended(end, forgets);
        } else if (event instanceof SupervisorEvent.StartError error) {
            return new ExportEvent.Restarting(
                    Optional.of(error.attempt().startedAt().plus(error.took())));
        } else if (event instanceof SupervisorEvent.ChildIgnored ignored) {
            // without an incarnation it was a start gate that has left down what was
            return new ExportEvent.Down(ignored.child().handle().map(incarnation -> now), forgets);
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            Instant at = done.child().handle().orElseThrow().startedAt().plus(done.ran());
            return new ExportEvent.Down(Optional.of(at), forgets, true);
        } else if (event instanceof SupervisorEvent.ChildNotStarted failed) {
            return new ExportEvent.Down(Optional.of(now), failed.stays().isEmpty());
        } else if (event instanceof SupervisorEvent.RestartCancelled cancelled) {
            // one that could be renewed because it ran cannot be when it waits
            return !forgets && isStartedAgain(cancelled.cause(), false)
                    ? new ExportEvent.Waiting(Optional.empty())
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

    private static @Nullable ExportEvent ended(SupervisorEvent.ChildEnd end, boolean forgets) {
        if (end.child().handle().isEmpty()) {
            // several at the end of a dynamic supervisor, which follows
            return null;
        }
        Instant at = end.child().handle().get().startedAt().plus(end.ran());
        if (end instanceof SupervisorEvent.ChildTerminated terminated) {
            return terminated.restart().isPresent()
                    ? new ExportEvent.Restarting(Optional.of(at))
                    : new ExportEvent.Down(Optional.of(at), forgets);
        }
        StopCause cause = causeOf(end);
        if (cause != null && isStartedAgain(cause, forgets)) {
            return new ExportEvent.Waiting(Optional.of(at));
        }
        return new ExportEvent.Down(Optional.of(at), forgets && (cause == null || !endsWithItsSupervisor(cause)));
    }

    /** Who had it stopped; null if it has ended by itself. */
    private static @Nullable StopCause causeOf(SupervisorEvent.ChildEnd end) {
        if (end instanceof SupervisorEvent.ChildStopped stopped) {
            return stopped.cause();
        }
        return end instanceof SupervisorEvent.ShutdownError error ? error.cause() : null;
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
