package io.github.pekkosupervisor.process;

import java.time.Duration;

/**
 * A time that does not pass while it is held. A value; whoever looks at it has a clock of nanoseconds that never goes
 * back.
 *
 * @param rest how much was left when it was looked at last
 * @param since when that was; means nothing while it is held
 * @param isHeld whether it does not pass
 */
public record Countdown(Duration rest, long since, boolean isHeld) {

    /** One that is held at its beginning. */
    public static Countdown of(Duration length) {
        return new Countdown(length, 0, true);
    }

    /** It passes from now on, if it does not already. */
    public Countdown goOn(long now) {
        return isHeld ? new Countdown(rest, now, false) : this;
    }

    /** It does not pass from now on. */
    public Countdown hold(long now) {
        return isHeld ? this : new Countdown(restAt(now), now, true);
    }

    /** How much is left of it; nothing if it is over. */
    public Duration restAt(long now) {
        Duration left = isHeld ? rest : rest.minusNanos(now - since);
        return left.isNegative() ? Duration.ZERO : left;
    }
}
