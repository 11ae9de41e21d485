package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What has become of a child so far, for who looks at it; made when there is something, since most children never end.
 */
final class History {

    /** Why its last incarnation ended, or failed to start, see {@link LightReason}; null if none has. */
    private @Nullable Object reason;

    /** When that was. */
    private long endedAt;

    /** The number of the last one that had started; 0 if none had. */
    private long last;

    /** How often it has been started again. */
    private long restarts;

    /** When its restart is due that waits; {@link Time#NEVER} if none does. */
    private long nextRestart = Time.NEVER;

    private Down down = Down.STOPPED;

    /** That it does not work, if it does not. */
    private @Nullable Hanging hanging;

    /** Signals that it has been sent in vain, a bit for each number. */
    private long signalsInVain;

    /** Why a child that is stopped is. */
    enum Down {
        /** Somebody has stopped it, or it has not been started yet. */
        STOPPED,
        /** It has ended by itself, and stays down. */
        FINISHED,
        /** It said that it need not run. */
        IGNORED,
        /** It was to do something once, and has. */
        DONE
    }

    void ended(ExitReason why, long at) {
        reason = LightReason.of(why);
        endedAt = at;
    }

    /** It was this one that has ended, which had started. */
    void was(long number) {
        last = number;
    }

    OptionalLong last() {
        return last == 0 ? OptionalLong.empty() : OptionalLong.of(last);
    }

    /** How that was, for those who read it. */
    Optional<LastExit> lastExit(LongFunction<Instant> calendar) {
        return reason == null ? Optional.empty() : Optional.of(LastExit.of(reason.toString(), calendar.apply(endedAt)));
    }

    void restarted() {
        restarts++;
    }

    long restarts() {
        return restarts;
    }

    void waitsUntil(long time) {
        nextRestart = time;
    }

    /** When that is, if it is still to come. */
    Optional<Instant> nextRestart(LongFunction<Instant> calendar, long now) {
        return nextRestart > now && nextRestart != Time.NEVER
                ? Optional.of(calendar.apply(nextRestart))
                : Optional.empty();
    }

    /** Notes that one was sent that is not listened to; whether it is the first of this kind. */
    boolean isFirstInVain(Signal signal) {
        long before = signalsInVain;
        signalsInVain |= 1L << (signal.number() & 63);
        return signalsInVain != before;
    }

    void isHanging(@Nullable Hanging now) {
        hanging = now;
    }

    /** Null if it works, as far as is known. */
    @Nullable
    Hanging hanging() {
        return hanging;
    }

    void isDown(Down why) {
        down = why;
    }

    Down down() {
        return down;
    }
}
