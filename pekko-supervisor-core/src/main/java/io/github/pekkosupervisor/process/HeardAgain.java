package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Optional;

/**
 * Whether a process that is taken up can be heard: where the actor before this one did, if that has left it, else under
 * the name that the process has been told. Without that it goes on all the same.
 *
 * @param listener where it is heard; empty if it is not
 * @param trouble what is to be told of that, behind the name of the process; empty if nothing is
 * @param mayPass whether it is worth to try that again
 */
record HeardAgain(Optional<NotifyListener> listener, String trouble, boolean mayPass) {

    static HeardAgain of(ProcessSpec spec, ChildProcess process, Processes processes) {
        Optional<NotifyListener> left = processes.takeListener(process);
        if (left.isPresent()) {
            return new HeardAgain(left, "", false);
        }
        boolean isWatched = spec.live().filter(Liveness::isWatchdog).isPresent();
        String deaf = isWatched ? "is not held to its watchdog" : "is not heard";
        if (spec.signs().socket().isEmpty()) {
            return new HeardAgain(
                    Optional.empty(),
                    isWatched ? deaf + " until it is started anew, since it has no notification socket" : "",
                    false);
        }
        try {
            return new HeardAgain(ProcessStart.listener(spec), "", false);
        } catch (PosixException e) {
            // whoever had it before may be about to end
            boolean mayPass = e.is("EADDRINUSE") || e.mayPass();
            return new HeardAgain(
                    Optional.empty(),
                    deaf + (mayPass ? " for now" : " until it is started anew")
                            + ", since its notification socket cannot be opened again"
                            + (mayPass ? ", which is tried each second: " : ": ") + e.getMessage(),
                    mayPass);
        }
    }
}
