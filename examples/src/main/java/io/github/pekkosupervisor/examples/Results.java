package io.github.pekkosupervisor.examples;

import java.util.EnumMap;
import java.util.Map;

/** All samples of one contender over all rounds. */
final class Results {
    private final Contender contender;
    private final Map<Metric, Samples> samples = new EnumMap<>(Metric.class);

    Results(Contender contender) {
        this.contender = contender;
    }

    Contender contender() {
        return contender;
    }

    Samples of(Metric metric) {
        return samples.computeIfAbsent(metric, absent -> new Samples());
    }

    /** Keeps the failure and says it at once, for it may take minutes until the table is printed. */
    void failed(ContenderFailedException failure) {
        of(failure.metric()).fail();
        RunitBenchmark.say("*** FAILED *** " + contender.name() + ": " + failure.getMessage());
    }

    boolean anyFailed() {
        return samples.values().stream().anyMatch(Samples::failed);
    }
}
