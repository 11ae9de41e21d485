package io.github.pekkosupervisor.spec;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long a restart waits, so that a child which cannot run just now is not started in a tight loop. Off by default,
 * as OTP has none.
 *
 * <p>The nth wait in a row is {@code min * factor^(n-1)}, at most {@code max}, longer or shorter by up to
 * {@code jitter} of it. While it waits the child counts as restarting, and the supervisor serves calls; with one for
 * all and rest for one the siblings are stopped first and wait too. A restart counts for the intensity when it is
 * attempted. If {@code period / intensity} is not longer than {@code min} the supervisor could never give up, which is
 * refused, unless it is said: {@link SupervisorSpec#withUnlimitedRestarts()}.
 *
 * @param min the first wait; more than zero
 * @param max the longest wait; at least {@code min}, at most 100 days
 * @param factor what each wait is multiplied by; at least 1
 * @param jitter share of the wait that is random, 0 to 1
 * @param resetAfter a child that ran this long waits {@code min} again; more than zero
 */
public record RestartDelay(Duration min, Duration max, double factor, double jitter, Duration resetAfter) {

    /** The longest wait: Pekko's timers do not go much further. */
    public static final Duration LONGEST = Duration.ofDays(100);

    /** Always the same wait, without jitter. */
    public static RestartDelay fixed(Duration wait) {
        return new RestartDelay(wait, wait, 1, 0, wait);
    }

    /** Doubling from {@code min} to {@code max}, with a jitter of a fifth, and reset after {@code max} of running. */
    public static RestartDelay exponential(Duration min, Duration max) {
        return new RestartDelay(min, max, 2, 0.2, max);
    }

    /**
     * The wait before an attempt.
     *
     * @param attempt 0 for the first in a row
     * @param random 0 inclusive to 1 exclusive
     */
    public Duration before(int attempt, double random) {
        double longest = max.toNanos();
        double wait = Math.min(longest, min.toNanos() * Math.pow(factor, attempt));
        double shifted = wait * (1 + jitter * (2 * random - 1));
        return Duration.ofNanos((long) Math.min(shifted, Long.MAX_VALUE / 4.0));
    }

    /** The nanoseconds that so many waits after the first in a row take at least; without a loop over them. */
    double shortestSum(int waits) {
        double first = (double) min.toNanos() * factor;
        double longest = max.toNanos();
        double growing = growing(first, longest, waits);
        double sum = factor == 1 ? first * growing : first * (Math.pow(factor, growing) - 1) / (factor - 1);
        return (1 - jitter) * (sum + longest * (waits - growing));
    }

    /** How many waits are shorter than the longest. */
    private double growing(double first, double longest, int waits) {
        if (first >= longest) {
            return 0;
        }
        return factor == 1 ? waits : Math.min(waits, Math.ceil(Math.log(longest / first) / Math.log(factor)));
    }

    /** What is wrong with it; null if nothing is. A component may be null, whatever its type says. */
    @Nullable
    String mistake(Wording words) {
        if (isNotPositive(min)) {
            return "min must be more than zero, was " + words.of(min) + "; leave the delay out for none";
        }
        if (max == null || max.compareTo(min) < 0) {
            return "max must be at least min, " + words.of(min) + ", was " + words.of(max);
        }
        if (max.compareTo(LONGEST) > 0) {
            return "max must be at most " + LONGEST.toDays() + " days, was " + words.of(max);
        }
        if (!(factor >= 1)) {
            return "factor must be at least 1, was " + factor + "; 1 keeps the wait the same";
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            return "jitter must be from 0 to 1, was " + jitter + "; 0.2 is a fifth of the wait";
        }
        if (isNotPositive(resetAfter)) {
            return words.of("resetAfter", "reset-after") + " must be more than zero, was " + words.of(resetAfter);
        }
        return null;
    }

    /** What is wrong with it, as it is written there; empty if nothing is. */
    public Optional<String> wrong(Wording words) {
        return Optional.ofNullable(mistake(words));
    }

    /** As it is written there. */
    String told(Wording words) {
        return words.of(
                toString(),
                "min " + words.of(min) + ", max " + words.of(max) + ", factor " + factor + ", jitter " + jitter
                        + ", reset-after " + words.of(resetAfter));
    }

    static boolean isNotPositive(@Nullable Duration duration) {
        return duration == null || duration.isZero() || duration.isNegative();
    }
}
