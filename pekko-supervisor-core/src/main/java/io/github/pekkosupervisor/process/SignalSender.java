package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * Sends signals to a process, or to all of its group; says in the log what is refused, as the process goes on all the
 * same.
 *
 * @param process the process
 * @param leadsGroup whether it was started as the leader of a group
 * @param log asked for anew each time
 */
record SignalSender(ChildProcess process, boolean leadsGroup, Supplier<Logger> log) {

    /** To the process alone. */
    void one(Signal signal) {
        try {
            process.signal(signal);
        } catch (PosixException e) {
            log.get().warn("process [{}] was not sent [{}]: {}", process.pid(), signal, e.getMessage());
        }
    }

    /** To its group, if it leads one. */
    void all(Signal signal) {
        if (!leadsGroup) {
            one(signal);
            return;
        }
        try {
            process.signalGroup(signal);
        } catch (PosixException e) {
            log.get().warn("group [{}] was not sent [{}]: {}", process.pid(), signal, e.getMessage());
        }
    }
}
