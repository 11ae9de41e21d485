package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import java.time.Duration;

/**
 * Whether a process that is ready still works: what follows from the answers to looks at it, from its own signs of
 * life, and from time. A value: whoever looks asks what is to be done, and keeps what follows. Times are nanoseconds of
 * one monotonic clock.
 *
 * <p>There is one look at a time, and one time to wait for ({@link #due}). Who was woken much too late, since this JVM
 * stood still, judges nobody by that: the answer may lie there unread.
 *
 * @param by what it goes by
 * @param phase what it is doing
 * @param due when it is to be woken; {@link Long#MAX_VALUE} for never
 * @param begun when the last look began
 * @param failed how many looks in a row have failed
 * @param isHung whether it counts as hung
 */
record LiveRule(Liveness by, Phase phase, long due, long begun, int failed, boolean isHung) {

    /** Woken later than that, one has not been awake in time oneself. */
    static final Duration OWN_DELAY = Duration.ofSeconds(1);

    static final String NO_ANSWER = "no answer in time";

    /** What it is doing. */
    enum Phase {
        /** Waits for the next look. */
        RESTING,
        /** Waits for an answer. */
        LOOKING,
        /** Waits for a sign of life. */
        LISTENING,
        /** It is hung and will be stopped: nobody asks any more. */
        OVER
    }

    /** What is to be done. */
    enum Deed {
        /** Nothing. */
        NOTHING,
        /** Begin a look, in place of one that may be under way. */
        LOOK,
        /** Note that a look has failed; it does not count as hung yet, or counts as that already. */
        SUSPECT,
        /** Tell that it is hung. */
        HUNG,
        /** Tell that it is well again. */
        WELL
    }

    /**
     * What follows.
     *
     * @param then the state from now on
     * @param why of a look that has failed, else empty
     */
    record Step(LiveRule then, Deed deed, String why) {}

    /**
     * It is ready now.
     *
     * @param isHung whether it counted as hung before, as one that was paused meanwhile may
     * @param share 0 inclusive to 1 exclusive: at which part of the first interval the first look is, so that those of
     *     many processes which were started together are spread
     */
    static LiveRule begin(Liveness by, boolean isHung, double share, long now) {
        long from = now + by.grace().toNanos();
        return by.isWatchdog()
                ? new LiveRule(by, Phase.LISTENING, from + by.timeout().toNanos(), now, 0, isHung)
                : new LiveRule(
                        by, Phase.RESTING, from + (long) (share * by.every().toNanos()), now, 0, isHung);
    }

    /** Time has passed. */
    Step woken(long now) {
        if (now < due) {
            return nothing();
        }
        return switch (phase) {
            case RESTING -> look(now);
            case LOOKING -> isLateItself(now) ? look(now) : failed(NO_ANSWER, now);
            case LISTENING -> isLateItself(now) ? listening(failed, isHung, Deed.NOTHING, now) : silent(now);
            case OVER -> nothing();
        };
    }

    private boolean isLateItself(long now) {
        return now - due > OWN_DELAY.toNanos();
    }

    private Step look(long now) {
        long until = now + by.timeout().toNanos();
        return new Step(new LiveRule(by, Phase.LOOKING, until, now, failed, isHung), Deed.LOOK, "");
    }

    /** The look that is under way has found it well. */
    Step answered(long now) {
        if (phase != Phase.LOOKING) {
            return nothing();
        }
        return new Step(resting(0, false, now), isHung ? Deed.WELL : Deed.NOTHING, "");
    }

    /** The look that is under way has not; who hears that much too late may have been hung up on for that. */
    Step refused(String why, long now) {
        if (phase != Phase.LOOKING) {
            return nothing();
        }
        return isLateItself(now) ? look(now) : failed(why, now);
    }

    /** Only now is it known whom to ask: there is all of the time for an answer from now on. */
    Step asked(long now) {
        long until = now + by.timeout().toNanos();
        return phase == Phase.LOOKING
                ? new Step(new LiveRule(by, phase, until, begun, failed, isHung), Deed.NOTHING, "")
                : nothing();
    }

    /** The look that is under way could not be made, for want of something of ours: nothing is known by that. */
    Step notLooked(long now) {
        return phase == Phase.LOOKING ? new Step(resting(failed, isHung, now), Deed.NOTHING, "") : nothing();
    }

    /** It may be silent for another time from now on, counted from its last sign of life. */
    Step mayBeSilentFor(Duration time) {
        long then = phase == Phase.LISTENING ? due - by.timeout().toNanos() + time.toNanos() : due;
        return new Step(new LiveRule(by.withTimeout(time), phase, then, begun, failed, isHung), Deed.NOTHING, "");
    }

    /** It has told by itself that it works. */
    Step pinged(long now) {
        return phase == Phase.LISTENING ? listening(0, false, isHung ? Deed.WELL : Deed.NOTHING, now) : nothing();
    }

    /** It has told by itself that it does not. */
    Step complained(long now) {
        return phase == Phase.LISTENING ? failed("it says so itself", now) : nothing();
    }

    private Step silent(long now) {
        return failed("silent for " + DurationText.of(by.timeout()), now);
    }

    private Step failed(String why, long now) {
        int all = failed + 1;
        if (isHung || all < by.failures()) {
            return new Step(waiting(all, isHung, now), Deed.SUSPECT, why);
        }
        LiveRule hung = by.then() == Liveness.Then.RESTART
                ? new LiveRule(by, Phase.OVER, Long.MAX_VALUE, begun, all, true)
                : waiting(all, true, now);
        return new Step(hung, Deed.HUNG, why);
    }

    private LiveRule waiting(int all, boolean hung, long now) {
        return by.isWatchdog() ? listening(all, hung, Deed.NOTHING, now).then() : resting(all, hung, now);
    }

    private LiveRule resting(int all, boolean hung, long now) {
        long next = Math.max(now, begun + by.every().toNanos());
        return new LiveRule(by, Phase.RESTING, next, begun, all, hung);
    }

    private Step listening(int all, boolean hung, Deed deed, long now) {
        return new Step(new LiveRule(by, Phase.LISTENING, now + by.timeout().toNanos(), begun, all, hung), deed, "");
    }

    private Step nothing() {
        return new Step(this, Deed.NOTHING, "");
    }
}
