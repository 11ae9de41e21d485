package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.rule.Role;

/**
 * The control FIFOs of one service directory. One byte is read when it is asked for, so that what has not been obeyed
 * stays in the FIFO, where a successor finds it.
 */
final class ControlFifos {

    private final ServiceDirectory directory;
    private final EventLoop loop;
    private final Listener listener;
    private final PerRole<EventLoop.Watch> watches = new PerRole<>();

    /** Told each byte, on the thread of the event loop. */
    interface Listener {
        void read(Role role, char letter);
    }

    ControlFifos(ServiceDirectory directory, EventLoop loop, Listener listener) {
        this.directory = directory;
        this.loop = loop;
        this.listener = listener;
    }

    /**
     * Asks for the next byte.
     *
     * @throws PosixException if it cannot be waited for now; to be asked again a while later
     */
    void readNext(Role role) throws PosixException {
        EventLoop.Watch known = watches.get(role);
        if (known != null) {
            known.resume();
            return;
        }
        Descriptor control = directory.supervise(role).control();
        watches.put(role, loop.read(control, 1, (bytes, watch) -> listener.read(role, (char) (bytes[0] & 0xff))));
    }

    /** Looks at them no longer; they stay open. */
    void close() {
        watches.values().forEach(EventLoop.Watch::close);
        watches.remove(Role.SERVICE);
        watches.remove(Role.LOG);
    }
}
