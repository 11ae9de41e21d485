package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.DurationText;
import java.time.Duration;

/**
 * What one incarnation has promised: to say again within a time that it works. Said by any thread, looked at by its
 * supervisor, who is told when he has to look earlier than he would. Times are those of the tree's clock.
 */
final class Heartbeat {

    /** Nobody need look. */
    static final long NEVER = Long.MAX_VALUE;

    /** It is due, and has not come. */
    static final long MISSED = -1;

    static final Duration LONGEST = Duration.ofDays(100);

    /** Who looks later than that has stood still himself, with all others of this JVM. */
    private static final Duration OWN_DELAY = Duration.ofSeconds(1);

    private Duration within = Duration.ZERO;
    private long deadline = NEVER;
    private long look = NEVER;

    /** It works; whether the supervisor has to look earlier than he would. */
    synchronized boolean beats(Duration next, long now) {
        within = next;
        deadline = now + next.toNanos();
        boolean isEarlier = deadline < look;
        if (isEarlier) {
            look = deadline;
        }
        return isEarlier;
    }

    /** It promises nothing any more. */
    synchronized void ends() {
        deadline = NEVER;
    }

    /**
     * The supervisor looks; when he is to look again, if not {@link #NEVER} or {@link #MISSED}.
     *
     * @param isReady whether it has started; before that its start timeout is what counts
     */
    synchronized long looked(boolean isReady, long now) {
        boolean isLate = look != NEVER && now - look > OWN_DELAY.toNanos();
        if (deadline == NEVER) {
            look = NEVER;
        } else if (now < deadline) {
            look = deadline;
        } else if (isLate || !isReady) {
            look = now + within.toNanos();
            deadline = look;
        } else {
            look = NEVER;
            deadline = NEVER;
            return MISSED;
        }
        return look;
    }

    /** Why it is hung, when one was missed. */
    synchronized String words() {
        return "no heartbeat for " + DurationText.of(within);
    }
}
