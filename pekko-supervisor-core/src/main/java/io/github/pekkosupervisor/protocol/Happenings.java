package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.Happening.Exit;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildEnd;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.Optional;

/** What events of a tree are for somebody who counts. */
public final class Happenings {

    private Happenings() {}

    /**
     * What an event is, of a supervisor or of any other module; empty if nothing starts or ends by it. A child that is
     * taken up after the death of a JVM has not started.
     */
    public static Optional<Happening> of(TreeEvent event) {
        if (!(event instanceof SupervisorEvent.OfChild child)) {
            return event.happening();
        }
        String path = TreePath.below(child.supervisor(), child.child().id());
        if (event instanceof SupervisorEvent.ChildStarted started) {
            return started.cause() == StartCause.ADOPTED
                    ? Optional.empty()
                    : Optional.of(new Happening.Started(
                            path,
                            started.child().handle().orElseThrow().startedAt(),
                            started.cause() == StartCause.RESTART));
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            return Optional.of(new Happening.Ended(path, exit(done.reason()), Exit.NONE, done.ran()));
        } else if (event instanceof SupervisorEvent.StartError error) {
            return Optional.of(new Happening.Ended(path, exit(error.reason()), "start_error", error.took()));
        } else if (event instanceof ChildEnd end) {
            Exit exit = exit(end.reason());
            return Optional.of(new Happening.Ended(path, exit, cause(end).orElse(exit.reason()), end.ran()));
        } else if (event instanceof SupervisorEvent.ChildStopping) {
            return Optional.of(new Happening.Stopping(path));
        } else if (event instanceof SupervisorEvent.ChildAbandoned) {
            return Optional.of(new Happening.Abandoned(path));
        }
        return Optional.empty();
    }

    /** Of one that was stopped. */
    private static Optional<String> cause(ChildEnd end) {
        StopCause why = end instanceof SupervisorEvent.ChildStopped stopped
                ? stopped.cause()
                : end instanceof SupervisorEvent.ShutdownError error ? error.cause() : null;
        if (why instanceof StopCause.Sibling) {
            return Optional.of("sibling");
        } else if (why instanceof StopCause.Hung) {
            return Optional.of("hung");
        }
        return Optional.empty();
    }

    /** How something ended for this reason. */
    static Exit exit(ExitReason reason) {
        if (reason instanceof ExitReason.ExitCode exit) {
            return Exit.exited(exit.code());
        } else if (reason instanceof ExitReason.Signalled signalled) {
            return Exit.signalled(signalled.name());
        } else if (reason instanceof ExitReason.Killed) {
            return Exit.killed();
        }
        return Exit.of(word(reason));
    }

    private static String word(ExitReason reason) {
        if (reason instanceof ExitReason.Normal) {
            return "normal";
        } else if (reason instanceof ExitReason.Shutdown || reason instanceof ExitReason.ShutdownWith) {
            return "shutdown";
        } else if (reason instanceof ExitReason.Crash) {
            return "crash";
        } else if (reason instanceof ExitReason.Hung) {
            return "hung";
        } else if (reason instanceof ExitReason.StartTimeout || reason instanceof ExitReason.StartTimeoutWith) {
            return "start_timeout";
        } else if (reason instanceof ExitReason.Abandoned) {
            return "abandoned";
        } else if (reason instanceof ExitReason.ReachedMaxRestartIntensity) {
            return "reached_max_restart_intensity";
        }
        return "failed";
    }
}
