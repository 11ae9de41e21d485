package io.github.pekkosupervisor.posix;

import java.util.List;

/**
 * Programs that the calling thread waits for, without a {@link Posix}. For command line tools: this process gets the
 * default of CHLD back.
 */
public final class Foreground {

    private Foreground() {}

    /**
     * Runs a program of a directory, in it, with the environment that we were started with and without standard output;
     * waits for its end.
     *
     * @param argument0 the program's name for itself, its only argument
     * @throws PosixException with call {@code spawn} if it could not be run
     */
    public static ExitStatus runWithoutOutput(Directory directory, OsString program, OsString argument0)
            throws PosixException {
        // while it is ignored nobody can be waited for
        SignalCalls.restoreDefault(Signal.CHLD.number());
        List<byte[]> environment = OsString.cStrings(Launch.ofThisJvm().environment());
        int pid;
        try (SpawnCall call = new SpawnCall(program, List.of(argument0.cString()), environment)) {
            call.begin(directory.lastingNumber());
            call.withhold(1);
            call.attributes(SpawnCall.SETSIGMASK, 0, 0);
            pid = call.spawnFile();
        }
        return new ExitStatus(ProcessCalls.awaitStatus(pid));
    }
}
