package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.spec.ExitReason;

/** What the owner of a top supervisor is told; {@link SupervisorResult.Ignored} alone if its init said ignore. */
public sealed interface SupervisorNotice permits SupervisorNotice.Up, SupervisorNotice.Ended, SupervisorResult.Ignored {

    /**
     * All children have been started.
     *
     * @param supervisor for the dynamic API
     */
    record Up(SupervisorRef supervisor) implements SupervisorNotice {}

    /**
     * It has ended, and nothing of it is left; without {@link Up} before, it could not be started.
     *
     * @param end how
     */
    record Ended(TreeEnd end) implements SupervisorNotice {
        /** What it has ended with. */
        public ExitReason reason() {
            return end.reason();
        }
    }
}
