package io.github.pekkosupervisor.examples.otp;

/**
 * What is measured.
 *
 * <p>Targets are ratios of our value by a peer's, zero for none: at most for times, at least for rates.
 */
enum Metric {
    START("start", "start all children", "ms", 1.5, 1.3),
    STOP("stop", "stop all children", "ms", 1.5, 1.3),
    MEMORY("memory", "memory per child", "B", 0, 0),
    RESTARTS("restarts", "crash-restart cycles", "/s", 0, 0.8),
    SUSTAINED("sustained", "the same, all in one window", "/s", 1, 0),
    SUSTAINED_FIRST("sustained_first", "  the first tenth of it", "/s", 0, 0),
    SUSTAINED_LAST("sustained_last", "  the last tenth of it", "/s", 0, 0),
    ONE_FOR_ALL("one_for_all", "one for all: crash to all up", "ms", 1, 1.3);

    /** As the Erlang program prints it. */
    final String word;

    final String text;
    final String unit;
    final double otpTarget;
    final double bareTarget;

    Metric(String word, String text, String unit, double otpTarget, double bareTarget) {
        this.word = word;
        this.text = text;
        this.unit = unit;
        this.otpTarget = otpTarget;
        this.bareTarget = bareTarget;
    }

    boolean isRate() {
        return unit.equals("/s");
    }

    boolean reaches(double ratio, double target) {
        return isRate() ? ratio >= target : ratio <= target;
    }
}
