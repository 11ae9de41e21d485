package io.github.pekkosupervisor.examples;

/** A contender did not do in time what is measured. */
final class ContenderFailedException extends Exception {
    private final transient Metric metric;

    ContenderFailedException(Metric metric, String message) {
        super(message);
        this.metric = metric;
    }

    Metric metric() {
        return metric;
    }
}
