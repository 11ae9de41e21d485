package io.github.pekkosupervisor.examples;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** One group of rows, chosen with {@code --only}. */
enum Measurement {
    LAUNCH,
    LATENCY,
    LINK,
    MEMORY,
    IDLE;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Measurement> of(String word) {
        return Arrays.stream(values())
                .filter(measurement -> measurement.word().equals(word))
                .findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(Measurement::word).collect(Collectors.joining(","));
    }
}
