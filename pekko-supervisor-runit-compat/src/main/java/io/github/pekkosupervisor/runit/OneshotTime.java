package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.process.Countdown;
import java.time.Duration;
import java.util.Optional;

/**
 * How long a oneshot may still take, which does not pass while it is paused: it cannot come to an end then. A value.
 *
 * @param pid of the one that runs; 0 if none does
 * @param left of its time
 */
record OneshotTime(int pid, Countdown left) {

    /** None runs. */
    static final OneshotTime NONE = new OneshotTime(0, Countdown.of(Duration.ZERO));

    /**
     * How it is from now on. The same as before where nothing has changed.
     *
     * @param pid of the one that runs; 0 if none does
     * @param isPaused whether it is stopped on purpose
     * @param limit of another one than before
     */
    OneshotTime next(int pid, boolean isPaused, Duration limit, long now) {
        if (pid == 0) {
            return NONE;
        }
        Countdown time = pid == this.pid ? left : Countdown.of(limit);
        return new OneshotTime(pid, isPaused ? time.hold(now) : time.goOn(now));
    }

    /** In how long it is over; empty as long as it does not pass. */
    Optional<Duration> due(long now) {
        return pid == 0 || left.isHeld() ? Optional.empty() : Optional.of(left.restAt(now));
    }
}
