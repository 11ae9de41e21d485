package io.github.pekkosupervisor.micrometer;

import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildEnd;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What is counted of what happens. */
sealed interface Happening {

    /** Where. */
    String path();

    /**
     * Something has started.
     *
     * @param at when that began
     * @param again whether it is a restart that nobody has asked for
     */
    record Started(String path, Instant at, boolean again) implements Happening {}

    /**
     * Something has ended, or could not be started.
     *
     * @param exit how
     * @param cause why it is started again, if it is
     * @param ran how long
     */
    record Ended(String path, Exit exit, String cause, Duration ran) implements Happening {}

    /** Something is being stopped. */
    record Stopping(String path) implements Happening {}

    /** Something did not end, and its supervisor goes on without it. */
    record Abandoned(String path) implements Happening {}

    /** Nothing that is counted. */
    enum Other implements Happening {
        /** The only one. */
        INSTANCE;

        @Override
        public String path() {
            return TreePath.TOP;
        }
    }

    /** What an event of a supervisor is; those of other modules are passed over. */
    static Happening of(TreeEvent event) {
        if (!(event instanceof SupervisorEvent.OfChild child)) {
            return Other.INSTANCE;
        }
        String path = TreePath.below(child.supervisor(), child.child().id());
        if (event instanceof SupervisorEvent.ChildStarted started) {
            return started.cause() == StartCause.ADOPTED
                    ? Other.INSTANCE
                    : new Started(
                            path,
                            started.child().handle().orElseThrow().startedAt(),
                            started.cause() == StartCause.RESTART);
        } else if (event instanceof SupervisorEvent.ChildDone done) {
            return new Ended(path, Exit.of(done.reason()), "none", done.ran());
        } else if (event instanceof SupervisorEvent.StartError error) {
            return new Ended(path, Exit.of(error.reason()), "start_error", error.took());
        } else if (event instanceof ChildEnd end) {
            Exit exit = Exit.of(end.reason());
            return new Ended(path, exit, cause(end).orElse(exit.reason()), end.ran());
        } else if (event instanceof SupervisorEvent.ChildStopping) {
            return new Stopping(path);
        } else if (event instanceof SupervisorEvent.ChildAbandoned) {
            return new Abandoned(path);
        }
        return Other.INSTANCE;
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
}
