package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.SpawnRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starts the commands that work on rotated files. */
public interface Processors {

    /**
     * Starts a command.
     *
     * @param command what to run
     * @param directory where
     * @param run to be told of the end, on any thread
     * @throws PosixException if there is no process
     */
    void start(List<OsString> command, Directory directory, Descriptor stdin, Descriptor stdout, Run run)
            throws PosixException;

    /** One process that was started. */
    final class Run {
        private volatile @Nullable ExitStatus status;

        /** It has ended. */
        public void over(ExitStatus how) {
            status = how;
        }

        /** Whether it has ended. */
        public boolean isOver() {
            return status != null;
        }

        /** How it ended; empty while it runs. */
        Optional<ExitStatus> status() {
            return Optional.ofNullable(status);
        }
    }

    /**
     * Processes of this JVM.
     *
     * @param ended told after each end, on the thread of the event loop: it must neither block nor throw
     */
    static Processors of(Posix posix, Runnable ended) {
        return of(posix, Optional::empty, ended);
    }

    /**
     * The same with another environment.
     *
     * @param environment entries {@code NAME=value}, asked for at each start; empty for this JVM's own
     */
    static Processors of(Posix posix, Supplier<Optional<List<OsString>>> environment, Runnable ended) {
        return (command, directory, stdin, stdout, run) -> posix.spawn(new SpawnRequest(
                        command,
                        environment.get(),
                        Optional.of(directory),
                        Optional.of(stdin),
                        Optional.of(stdout),
                        Optional.empty(),
                        SpawnRequest.Grouping.INHERIT))
                .exit()
                .thenAccept(status -> {
                    run.over(status);
                    ended.run();
                });
    }
}
