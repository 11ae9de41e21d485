package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which ends of a process are no failure.
 *
 * @param codes exit codes, 0 to 255
 * @param signals signals that may end it; never KILL
 */
public record NormalExits(Set<Integer> codes, Set<Signal> signals) {

    private static final NormalExits ZERO = ofCodes(0);
    private static final int LAST_CODE = 255;
    private static final int SHELL_SIGNAL_BASE = 128;

    /** How an end is to be seen. */
    public enum Outcome {
        /** By itself, in a way that counts as normal. */
        NORMAL,
        /** Because it was asked to stop. */
        STOPPED,
        /** By KILL, whoever sent it. */
        KILLED,
        /** By itself, with a code or signal that does not count as normal. */
        FAILED
    }

    /** Checks and copies. */
    public NormalExits {
        codes = Set.copyOf(codes);
        signals = Set.copyOf(signals);
        for (int code : codes) {
            if (code < 0 || code > LAST_CODE) {
                throw new IllegalArgumentException("an exit code is 0 to 255, was " + code);
            }
        }
        if (signals.contains(Signal.KILL)) {
            throw new IllegalArgumentException("KILL never counts as a normal end; leave it out");
        }
    }

    /** Code 0 only. */
    public static NormalExits zero() {
        return ZERO;
    }

    /** These codes and no signal. */
    public static NormalExits ofCodes(int... codes) {
        return new NormalExits(Arrays.stream(codes).boxed().collect(Collectors.toSet()), Set.of());
    }

    /** The same codes, and these signals. */
    public NormalExits alsoBy(Signal... newSignals) {
        return new NormalExits(codes, Set.copyOf(Arrays.asList(newSignals)));
    }

    /**
     * How an end is to be seen. Where it is not known how the process ended, it has answered what it was asked, if it
     * was asked something, and else has failed.
     *
     * @param status what the system says
     * @param sent the signals that were sent to stop the process; empty if it was not asked to
     */
    public Outcome outcome(ExitStatus status, Set<Signal> sent) {
        if (!status.isKnown()) {
            return unknown(sent);
        }
        if (status.signal() == Signal.KILL.number()) {
            return Outcome.KILLED;
        }
        if (!sent.isEmpty() && isAnswer(status, sent)) {
            return Outcome.STOPPED;
        }
        return isNormal(status) ? Outcome.NORMAL : Outcome.FAILED;
    }

    private static Outcome unknown(Set<Signal> sent) {
        if (sent.contains(Signal.KILL)) {
            return Outcome.KILLED;
        }
        return sent.isEmpty() ? Outcome.FAILED : Outcome.STOPPED;
    }

    /** A shell, and a JVM, that a signal ends say so by an exit code. */
    private boolean isAnswer(ExitStatus status, Set<Signal> sent) {
        return isNormal(status)
                || sent.stream()
                        .anyMatch(signal -> status.signal() == signal.number()
                                || status.code() == SHELL_SIGNAL_BASE + signal.number());
    }

    private boolean isNormal(ExitStatus status) {
        return status.exited()
                ? codes.contains(status.code())
                : signals.stream().anyMatch(signal -> signal.number() == status.signal());
    }
}
