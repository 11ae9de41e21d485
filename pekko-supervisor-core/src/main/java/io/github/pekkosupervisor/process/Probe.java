package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.PosixException;
import java.util.Optional;

/** Looks for a sign that does not tell of itself, a step at a time and without waiting. */
interface Probe extends AutoCloseable {

    /** Refuses a start whose sign is already given by somebody else. */
    default void refuseIfTaken() throws PosixException {
        // nobody else gives it
    }

    /** The next step: whether the sign is there; to be asked again after a while if not. */
    boolean isPassed();

    /** Whether the last step has led somewhere, so that it is not waited long for the next. */
    default boolean hasProgressed() {
        return false;
    }

    /** Whether what the last step began still goes on; else the next begins anew. */
    default boolean isPending() {
        return false;
    }

    /**
     * Why the last step could not look at all, for want of something of ours or by a mistake in what is looked for, so
     * that it says nothing of who was to give the sign; empty if it could.
     */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** What was seen in place of the sign, or why it could not be looked for; empty if there is nothing to be said. */
    default String trouble() {
        return "";
    }

    @Override
    void close();
}
