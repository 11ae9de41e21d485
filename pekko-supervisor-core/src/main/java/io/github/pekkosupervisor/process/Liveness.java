package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How it is known that a process that runs still works, and what follows if it does not. As Kubernetes' liveness
 * probes.
 *
 * <p>A stopped or deadlocked process keeps its sockets: the kernel goes on accepting connections for it. So a sign that
 * asks it something ({@link Readiness#command}, {@link Readiness#http}) sees more than {@link Readiness#tcp(int)} and
 * {@link Readiness#unixSocket}, which see no more than that its socket is there.
 *
 * <p>A look that could not be made, since the command is not there, the host is not known or the system is short of
 * something, is no failure of the process; whoever runs it is warned once until a look can be made again.
 *
 * @param sign what is looked for again and again; empty if the process has to tell by itself, as a watchdog wants
 * @param every from the beginning of one look to the beginning of the next; more than zero. Means nothing to a watchdog
 * @param timeout how long a look may take; for a watchdog how long it may be silent; more than zero
 * @param failures how many looks in a row have to fail until it counts as hung, at least 1; 1 for a watchdog
 * @param grace how long after it is ready nobody looks, and silence means nothing; zero for not at all
 * @param then what follows
 */
public record Liveness(
        Optional<Readiness> sign, Duration every, Duration timeout, int failures, Duration grace, Then then) {

    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final int FAILURES = 3;
    private static final Duration LONGEST = Duration.ofDays(100);

    /** What follows when a process is hung. */
    public enum Then {
        /**
         * It is stopped in its own way, killed if that does not help, and restarted by the rules of its supervisor: it
         * has ended abnormally.
         */
        RESTART,
        /** That is told, and again when it is well; it is left as it is. */
        REPORT
    }

    /** Refuses what can never be, all of it in one message. */
    public Liveness {
        List<String> mistakes = new ArrayList<>();
        sign.filter(one -> !canBeAsked(one))
                .ifPresent(one -> mistakes.add("a process cannot show again and again that it works by " + one
                        + "; use tcp, unix-socket, command or http, or a watchdog"));
        positive("every", every, mistakes);
        positive("timeout", timeout, mistakes);
        if (grace.compareTo(LONGEST) > 0) {
            mistakes.add("grace must be at most 100 days, was " + DurationText.given(grace));
        }
        if (failures < 1) {
            mistakes.add("failures must be at least 1, was " + failures);
        }
        if (sign.isEmpty() && failures > 1) {
            mistakes.add("a watchdog that is silent once is hung, so failures must be 1, was " + failures
                    + "; use a longer timeout");
        }
        if (grace.isNegative()) {
            mistakes.add("grace must not be negative, was " + DurationText.given(grace));
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException("liveness: " + String.join("; ", mistakes));
        }
    }

    private static void positive(String name, Duration time, List<String> mistakes) {
        if (time.isZero() || time.isNegative()) {
            mistakes.add(name + " must be more than zero, was " + DurationText.given(time));
        } else if (time.compareTo(LONGEST) > 0) {
            mistakes.add(name + " must be at most 100 days, was " + DurationText.given(time));
        }
    }

    /** Whether it is a sign that is looked for, and can be at any time. */
    private static boolean canBeAsked(Readiness sign) {
        return sign instanceof Readiness.Tcp
                || sign instanceof Readiness.UnixSocket
                || sign instanceof Readiness.Command
                || sign instanceof Readiness.Http;
    }

    /**
     * By this sign, looked for every 10 s with 2 s for an answer; hung, and restarted, after 3 failures in a row.
     *
     * @param sign {@link Readiness#http}, {@link Readiness#command}, {@link Readiness#tcp} or
     *     {@link Readiness#unixSocket}; the pause of a command means nothing here
     * @throws IllegalArgumentException for one that a process gives but once, such as a line
     */
    public static Liveness by(Readiness sign) {
        return new Liveness(Optional.of(sign), EVERY, TIMEOUT, FAILURES, Duration.ZERO, Then.RESTART);
    }

    /**
     * By its own word: it has to send {@code WATCHDOG=1} to {@code NOTIFY_SOCKET} again and again, as
     * {@code sd_notify(3)} has it; it is told the time in {@code WATCHDOG_USEC}. One that is silent for longer, or
     * sends {@code WATCHDOG=trigger}, is hung, and restarted.
     *
     * @param silence how long it may be silent; half of it is a good interval for its messages
     */
    public static Liveness watchdog(Duration silence) {
        return new Liveness(Optional.empty(), EVERY, silence, 1, Duration.ZERO, Then.RESTART);
    }

    /**
     * The same, looked for at other intervals.
     *
     * @throws IllegalArgumentException for a watchdog, which nobody asks
     */
    public Liveness withEvery(Duration time) {
        if (sign.isEmpty()) {
            throw new IllegalArgumentException("liveness: every is not for a watchdog, which nobody asks, was "
                    + DurationText.given(time) + "; use timeout");
        }
        return new Liveness(sign, time, timeout, failures, grace, then);
    }

    /** The same with another time for an answer, or for the silence of a watchdog. */
    public Liveness withTimeout(Duration time) {
        return new Liveness(sign, every, time, failures, grace, then);
    }

    /** The same with another number of failures in a row. */
    public Liveness withFailures(int number) {
        return new Liveness(sign, every, timeout, number, grace, then);
    }

    /** The same, left alone for a time after it is ready. */
    public Liveness withGrace(Duration time) {
        return new Liveness(sign, every, timeout, failures, time, then);
    }

    /** The same with something else that follows. */
    public Liveness withThen(Then what) {
        return new Liveness(sign, every, timeout, failures, grace, what);
    }

    /** Whether a watchdog can be told by the process to allow for that much silence. */
    static boolean isSilence(Duration time) {
        return !time.isZero() && !time.isNegative() && time.compareTo(LONGEST) <= 0;
    }

    /** Whether the process tells by itself that it works. */
    public boolean isWatchdog() {
        return sign.isEmpty();
    }

    /** Why it counts as hung, after as many failures as it takes; in words that go on after "hung: ". */
    String words(String last) {
        String tries = failures == 1 ? "a try of " : failures + " tries of ";
        return sign.map(one -> tries + DurationText.of(timeout) + " without " + one
                        + (last.isEmpty() ? "" : failures == 1 ? ": " + last : ", the last: " + last))
                .orElse(last);
    }
}
