package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Signal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of a child's supervisor because of a letter that came in by a control FIFO. */
public enum Call {
    /** It is stopped, and stays down. */
    TERMINATE(null),
    /** It is started. */
    RESTART(null),
    /** It is to run once. */
    ONCE(null),
    /** The wait for its restart is over. */
    NOW(null),
    /** It is replaced, with those of its group. */
    RENEW(null),
    /** The tree is stopped. */
    STOP_TREE(null),
    /** It is killed. */
    KILL(null),
    /** It is paused. */
    PAUSE(Signal.STOP),
    /** It goes on. */
    CONTINUE(Signal.CONT),
    /** It is sent HUP. */
    HUP(Signal.HUP),
    /** It is sent ALRM. */
    ALRM(Signal.ALRM),
    /** It is sent INT. */
    INT(Signal.INT),
    /** It is sent QUIT. */
    QUIT(Signal.QUIT),
    /** It is sent USR1. */
    USR1(Signal.USR1),
    /** It is sent USR2. */
    USR2(Signal.USR2);

    private final @Nullable Signal signal;

    Call(@Nullable Signal signal) {
        this.signal = signal;
    }

    /** The signal that it sends, if it sends one. */
    public Optional<Signal> signal() {
        return Optional.ofNullable(signal);
    }

    /** Whether its supervisor carries it out at once, whatever else it is doing. */
    boolean isUrgent() {
        return this == KILL || signal != null;
    }
}
