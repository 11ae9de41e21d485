package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.spec.ExitReason;

/** What the owner of a top supervisor is told; {@link Ignored} alone if its init said ignore. */
public sealed interface SupervisorNotice {

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

    /** Its init has said that it need not run. */
    enum Ignored implements SupervisorNotice {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "ignored";
        }
    }
}
