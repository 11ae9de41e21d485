package io.github.pekkosupervisor.runit.rule;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * When {@code run} is started again after an end that nobody has asked for, where {@code service.conf} says so; runit
 * starts it always, a second after a short run.
 *
 * @param type after which ends
 * @param normalCodes exit codes that are no failure
 * @param normalSignals signals by which an end is no failure
 * @param ignoredCodes exit codes by which it says, before it is ready, that it need not run
 * @param delay how long it waits for that; empty for runit's way
 * @param giveUp when it is enough; empty for never
 */
public record RestartPolicy(
        RestartType type,
        Set<Integer> normalCodes,
        Set<Signal> normalSignals,
        Set<Integer> ignoredCodes,
        Optional<RestartDelay> delay,
        Optional<GiveUp> giveUp) {

    /** Copies. */
    public RestartPolicy {
        normalCodes = Set.copyOf(normalCodes);
        normalSignals = Set.copyOf(normalSignals);
        ignoredCodes = Set.copyOf(ignoredCodes);
    }

    /**
     * When it is enough.
     *
     * @param after with which failure
     * @param within in how long they follow each other
     * @param coolDown how long it waits then until it is tried again; empty if it is left down
     */
    public record GiveUp(int after, Duration within, Optional<Duration> coolDown) {}

    /** Whether such an end is no failure. */
    boolean isNormal(ExitStatus status) {
        return has(normalCodes, status)
                || (status.isKnown()
                        && !status.exited()
                        && normalSignals.stream().anyMatch(signal -> signal.number() == status.signal()));
    }

    /** Whether it says by that, before it is ready, that it need not run. */
    boolean isIgnored(ExitStatus status) {
        return has(ignoredCodes, status);
    }

    private static boolean has(Set<Integer> codes, ExitStatus status) {
        return status.isKnown() && status.exited() && codes.contains(status.code());
    }

    /** No pause by it is longer, but for the share of it that is random. */
    public Duration longestPause() {
        Duration wait = delay.map(RestartDelay::max).orElse(Duration.ZERO);
        Duration random = Duration.ofMillis(
                (long) (wait.toMillis() * delay.map(RestartDelay::jitter).orElse(0.0)));
        Duration coolDown = giveUp.flatMap(GiveUp::coolDown).orElse(Duration.ZERO);
        Duration longest = wait.plus(random).plusMillis(1);
        return longest.compareTo(coolDown) > 0 ? longest : coolDown;
    }
}
