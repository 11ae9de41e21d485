package io.github.pekkosupervisor.runit.launcher;

import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.config.ConfigValues;
import java.time.Duration;
import java.util.Optional;

/** The value of {@code --stop-within}: how long a stop may take; empty for as long as it takes. */
final class StopWithin {

    static final String OPTION = "--stop-within";

    /** As other times; timers know none that are much longer. */
    private static final Duration LONGEST = Duration.ofDays(100);

    private StopWithin() {}

    /**
     * What is said.
     *
     * @throws IllegalArgumentException with what is wrong, and what to do
     */
    static Optional<Duration> parse(String given) {
        Optional<Duration> time;
        try {
            time = ConfigValues.positiveOrInfinite(ConfigValueFactory.fromAnyRef(given));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(OPTION + " " + e.getMessage(), e);
        }
        if (time.filter(within -> within.compareTo(LONGEST) > 0).isPresent()) {
            throw new IllegalArgumentException(OPTION + " must be at most 100d, or infinite, was " + given);
        }
        return time;
    }
}
