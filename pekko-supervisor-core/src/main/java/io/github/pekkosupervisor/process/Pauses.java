package io.github.pekkosupervisor.process;

import java.time.Duration;

/** The pauses between looks at something that does not tell of itself: short at first, each twice the one before. */
final class Pauses {

    static final Duration FIRST = Duration.ofMillis(5);
    private static final Duration LONGEST = Duration.ofMillis(100);

    private Pauses() {}

    static Duration after(Duration pause) {
        Duration longer = pause.multipliedBy(2);
        return longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    }
}
