package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.PosixException;

/**
 * Keeps, where it survives this process, how far a log has got; so that who goes on after it was killed takes nothing
 * twice and leaves nothing out.
 */
public interface Ledger {

    /**
     * Keeps it. Until the next time what is written beyond the place in the log is taken back if this process is
     * killed, and what follows the point in the stream is taken again.
     *
     * @throws PosixException if it cannot be kept now; nothing is done until it can
     */
    void keep(LogMark mark) throws PosixException;
}
