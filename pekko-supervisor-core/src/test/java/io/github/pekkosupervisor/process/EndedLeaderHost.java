package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/** A program for {@link HostGuardTest}: somebody else has the number of a leader of its that has ended. */
final class EndedLeaderHost {

    private EndedLeaderHost() {}

    public static void main(String[] arguments) throws IOException, PosixException {
        Path place = Path.of(arguments[0]);
        Process stranger = new ProcessBuilder("setsid", "sleep", arguments[1]).start();
        Process doomed = new ProcessBuilder("setsid", "sleep", arguments[1]).start();
        HostJvm.write(place, "stranger", stranger.pid());
        Posix posix = Posix.open(new PosixSettings(PosixSettings.Backend.NATIVE, OptionalLong.empty(), false));
        HostGuard guard = new HostGuard(posix, Runnable::run);
        ProcessIdentity now =
                ProcessIdentity.ofRunning(Math.toIntExact(stranger.pid())).orElseThrow();
        guard.leaderEnded(new ProcessIdentity(now.pid(), now.startTicks() - 1, now.bootId()));
        guard.adopt(ProcessIdentity.ofRunning(Math.toIntExact(doomed.pid())).orElseThrow(), false);
        HostJvm.write(place, "doomed", doomed.pid());
        while (true) {
            LockSupport.park();
        }
    }
}
