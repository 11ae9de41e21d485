package io.github.pekkosupervisor.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The values of one quantity for one contender; a single failure makes the whole quantity failed. */
final class Samples {
    private final List<Double> values = new ArrayList<>();
    private boolean failed;

    void add(double value) {
        values.add(value);
    }

    void fail() {
        failed = true;
    }

    boolean failed() {
        return failed;
    }

    OptionalDouble median() {
        return percentile(50);
    }

    /**
     * The smallest sample that is not below {@code percent} of all (nearest rank); empty without samples or if failed.
     */
    OptionalDouble percentile(int percent) {
        if (failed || values.isEmpty()) {
            return OptionalDouble.empty();
        }
        int rank = (int) Math.ceil(percent * values.size() / 100.0);
        return OptionalDouble.of(values.stream().sorted().toList().get(Math.max(rank, 1) - 1));
    }
}
