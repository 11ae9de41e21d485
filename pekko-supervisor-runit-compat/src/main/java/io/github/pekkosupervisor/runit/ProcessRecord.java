package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessEvent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one process has told, kept where it outlives the runsv actor that was told: if that one fails, its successor
 * knows what runs and what has ended, even if the news were still in the mailbox.
 *
 * <p>Written by the actor of the process, which has stopped before a successor reads.
 */
final class ProcessRecord {

    private volatile @Nullable ProcessIdentity process;
    private volatile @Nullable ExitStatus end;

    /** Keeps what there is to keep of an event. */
    void note(ProcessEvent event) {
        if (event instanceof ProcessEvent.Started started) {
            process = started.identity();
        } else if (event instanceof ProcessEvent.Exited exited) {
            end = exited.status();
        }
    }

    /** The process; empty if it has not been started. */
    Optional<ProcessIdentity> process() {
        return Optional.ofNullable(process);
    }

    /** How it ended; empty if it runs, as far as was told. */
    Optional<ExitStatus> end() {
        return Optional.ofNullable(end);
    }
}
