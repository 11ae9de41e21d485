package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RestartPolicy.GiveUp;
import io.github.pekkosupervisor.runit.rule.RunsvAction.Pause;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Retries;
import io.github.pekkosupervisor.spec.RestartType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How it stands with the restarts of a {@code run} whose {@code service.conf} has a {@link RestartPolicy}. A value.
 *
 * @param policy what is said
 * @param inARow how many ends by themselves have followed each other, each soon after the start
 * @param failures when it has failed lately, the last one last
 * @param gaveUp whether it has failed too often: it is left down, or cools down
 * @param byScript whether {@code control/t} has seen to the end of what runs
 * @param sent the last signal that somebody has had sent to what runs
 * @param isReady whether what runs has given its sign
 */
public record Restarting(
        RestartPolicy policy,
        int inARow,
        List<Instant> failures,
        boolean gaveUp,
        boolean byScript,
        Optional<Signal> sent,
        boolean isReady) {

    private static final double STEPS = 1 << 20;
    private static final long MIXER = 0x9E3779B97F4A7C15L;
    private static final int MIXED_BITS = 44;

    /** Copies. */
    public Restarting {
        failures = List.copyOf(failures);
    }

    /**
     * A wait before the next start.
     *
     * @param why what says so
     */
    record Wait(Pause why, Duration length) {}

    /**
     * What follows from an end.
     *
     * @param next how it stands then
     * @param isDown whether it is not to be started again by itself
     */
    record Verdict(Restarting next, boolean isDown) {}

    /** Nothing has happened yet. */
    public static Restarting beginning(RestartPolicy policy) {
        return new Restarting(policy, 0, List.of(), false, false, Optional.empty(), false);
    }

    /**
     * As a supervisor that is gone has left it; its failures count as if each had followed the one before after the
     * same time.
     *
     * @param isReady whether what runs has given its sign
     */
    public static Restarting left(RestartPolicy policy, Retries retries, Asked asked, boolean isReady) {
        List<Instant> failures = new ArrayList<>();
        Duration all = Duration.between(retries.oldest(), retries.newest());
        for (int i = 0; i < retries.failures(); i++) {
            failures.add(
                    retries.failures() == 1
                            ? retries.newest()
                            : retries.oldest().plus(all.multipliedBy(i).dividedBy(retries.failures() - 1)));
        }
        return new Restarting(
                policy, retries.inARow(), failures, retries.gaveUp(), asked.byScript(), asked.sent(), isReady);
    }

    /** What a supervisor after this one has to know. */
    Retries retries() {
        int count = failures.size();
        return new Retries(
                inARow,
                count,
                count == 0 ? Instant.EPOCH : failures.get(0),
                count == 0 ? Instant.EPOCH : failures.get(count - 1),
                gaveUp);
    }

    /** It has been started. */
    Restarting begun() {
        return new Restarting(policy, inARow, gaveUp ? List.of() : failures, false, false, Optional.empty(), false);
    }

    /** Somebody wants it up, whatever was before. */
    Restarting cleared() {
        return new Restarting(policy, 0, List.of(), false, byScript, sent, isReady);
    }

    /** Somebody has had it sent a signal. */
    Restarting signalled(Signal signal) {
        boolean mayEnd = signal != Signal.CONT && signal != Signal.STOP;
        return mayEnd ? new Restarting(policy, inARow, failures, gaveUp, byScript, Optional.of(signal), isReady) : this;
    }

    /** {@code control/t} has seen to its end. */
    Restarting askedByScript() {
        return new Restarting(policy, inARow, failures, gaveUp, true, sent, isReady);
    }

    /** It has given its sign. */
    Restarting signGiven() {
        return new Restarting(policy, inARow, failures, gaveUp, byScript, sent, true);
    }

    private Restarting with(int ends, List<Instant> others, boolean isEnough) {
        return new Restarting(policy, ends, others, isEnough, byScript, sent, isReady);
    }

    /**
     * {@code run} has ended.
     *
     * @param ran how long it ran
     * @param isHung whether it was stopped for that
     * @param isAsked whether it was told to end, as far as that is known elsewhere
     */
    Verdict ended(ExitStatus status, Duration ran, boolean isHung, boolean isAsked, Instant now) {
        boolean bySignal = status.isKnown()
                && !status.exited()
                && sent.filter(signal -> signal.number() == status.signal()).isPresent();
        if (!isHung && (isAsked || byScript || bySignal)) {
            return new Verdict(with(0, failures, false), false);
        } else if (!isHung && !isReady && policy.isIgnored(status)) {
            return new Verdict(with(0, List.of(), false), true);
        } else if (!isHung && policy.isNormal(status)) {
            boolean isOver = policy.type() != RestartType.PERMANENT;
            return new Verdict(with(isOver ? 0 : 1, failures, false), isOver);
        } else if (policy.type() == RestartType.TEMPORARY) {
            return new Verdict(with(0, List.of(), false), true);
        }
        return failed(ran, now);
    }

    /** Whether an end that nobody has asked for is no failure. */
    public boolean isNormal(ExitStatus status) {
        return policy.isNormal(status) || (!isReady && policy.isIgnored(status));
    }

    private Verdict failed(Duration ran, Instant now) {
        boolean heldOut = policy.delay()
                .filter(delay -> ran.compareTo(delay.resetAfter()) >= 0)
                .isPresent();
        int ends = heldOut ? 1 : Math.min(inARow, Integer.MAX_VALUE - 1) + 1;
        if (policy.giveUp().isEmpty()) {
            return new Verdict(with(ends, List.of(), false), false);
        }
        GiveUp limit = policy.giveUp().get();
        List<Instant> recent = new ArrayList<>(failures);
        // a clock that has been set back forgets nothing
        recent.removeIf(time -> time.plus(limit.within()).isBefore(now));
        recent.add(now);
        boolean isEnough = recent.size() >= limit.after();
        return new Verdict(
                with(ends, recent, isEnough), isEnough && limit.coolDown().isEmpty());
    }

    /**
     * That it has failed too often, and what to do; empty if it has not.
     *
     * @param isWanted whether it is wanted up still
     */
    public Optional<String> gaveUpInWords(boolean isWanted) {
        if (!gaveUp || policy.giveUp().isEmpty()) {
            return Optional.empty();
        }
        GiveUp limit = policy.giveUp().get();
        String failed = "run has failed " + limit.after() + (limit.after() == 1 ? " time" : " times") + " within "
                + DurationText.of(limit.within()) + ": ";
        return Optional.of(failed
                + (isWanted && limit.coolDown().isPresent()
                        ? "it is tried again after "
                                + DurationText.of(limit.coolDown().get()) + "; sv down and then sv up start it at once"
                        : "it is left down; see why, and start it by sv up"));
    }

    /** How long the next start has to wait; empty where runit says that. */
    Optional<Wait> pause(Instant now) {
        Optional<Duration> coolDown = gaveUp ? policy.giveUp().flatMap(GiveUp::coolDown) : Optional.empty();
        return coolDown.map(length -> new Wait(Pause.COOL_DOWN, length))
                .or(() -> policy.delay()
                        .filter(delay -> inARow > 0)
                        .map(delay -> new Wait(Pause.DELAY, delay.before(inARow - 1, random(now)))));
    }

    /** From the moment, so that who decides needs no dice: what has failed together has not in the same nanosecond. */
    private static double random(Instant now) {
        long mixed = (now.getEpochSecond() * 1_000_000_000L + now.getNano()) * MIXER;
        return (mixed >>> MIXED_BITS) / STEPS;
    }
}
