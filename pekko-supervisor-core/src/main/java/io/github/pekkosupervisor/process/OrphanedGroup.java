package io.github.pekkosupervisor.process;

import java.time.Duration;

/**
 * A group whose leader has ended, and others of it perhaps have not. It is looked at again and again, after pauses that
 * grow, since nobody tells of its end.
 *
 * @param pause until the next look
 * @param sinceKill how long ago KILL was sent, as far as that is known from the pauses since
 */
record OrphanedGroup(Duration pause, Duration sinceKill) {

    /** How long the kernel may take to bury a group after KILL; after that somebody does not wait for his children. */
    private static final Duration BURIAL = Duration.ofSeconds(1);

    /** What is to be done after a look. */
    enum Verdict {
        /** Nobody is left. */
        GONE,
        /** Somebody is, and there is time. */
        WAIT,
        /** Somebody is, though killed. */
        GIVE_UP
    }

    /** Its leader has ended just now. */
    static OrphanedGroup begin() {
        return new OrphanedGroup(Pauses.FIRST, Duration.ZERO);
    }

    Verdict verdict(boolean exists) {
        if (!exists) {
            return Verdict.GONE;
        }
        return sinceKill.compareTo(BURIAL) > 0 ? Verdict.GIVE_UP : Verdict.WAIT;
    }

    /** The pause is over. */
    OrphanedGroup later(boolean killed) {
        return new OrphanedGroup(Pauses.after(pause), killed ? sinceKill.plus(pause) : Duration.ZERO);
    }
}
