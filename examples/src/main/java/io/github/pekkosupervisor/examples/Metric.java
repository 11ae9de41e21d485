package io.github.pekkosupervisor.examples;

/** A quantity that is sampled, with the unit of its samples. */
enum Metric {
    LAUNCH("ms"),
    FLOOR("ms"),
    KILL_TO_PID("ms"),
    DOWN("ms"),
    UP("ms"),
    KILL_TO_PID_WARM("ms"),
    DOWN_WARM("ms"),
    UP_WARM("ms"),
    LINK("ms"),
    UNLINK("ms"),
    MEMORY("MB"),
    MEMORY_SHARED_WITH_JVMS("MB"),
    MEMORY_PER_FURTHER_SERVICE("kB"),
    THREADS(""),
    THREADS_AT_TWICE(""),
    IDLE_AT_ONCE("ms/s"),
    IDLE_SETTLED("ms/s"),
    STOP("ms");

    private final String unit;

    Metric(String unit) {
        this.unit = unit;
    }

    String unit() {
        return unit;
    }
}
