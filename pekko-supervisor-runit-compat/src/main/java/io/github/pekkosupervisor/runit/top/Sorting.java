package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.runit.look.ServiceReport;
import java.util.Comparator;
import java.util.Objects;

/** In which order those stand that are side by side; what is the same by it stands in the order of the names. */
enum Sorting {
    /** As {@code status} has them. */
    NAME("name"),
    /** What does not do as it should first, then what is down. */
    STATE("state"),
    /** What was started or has ended last first. */
    AGE("age"),
    /** What was started again most often first. */
    RESTARTS("restarts");

    private final String word;

    Sorting(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    Comparator<ServiceReport> order() {
        return switch (this) {
            // none comes before another
            case NAME -> Comparator.comparing(Objects::isNull);
            case STATE -> Comparator.comparingInt(Sorting::urgency);
            case AGE -> Comparator.comparing(Sorting::label, Comparator.reverseOrder());
            case RESTARTS -> Comparator.comparingInt(Sorting::restarts).reversed();
        };
    }

    Sorting next() {
        return switch (this) {
            case NAME -> STATE;
            case STATE -> AGE;
            case AGE -> RESTARTS;
            case RESTARTS -> NAME;
        };
    }

    private static int urgency(ServiceReport service) {
        if (!service.isAllAsWanted()) {
            return service.status() == null ? 1 : 0;
        }
        return service.state().equals("run") ? 3 : 2;
    }

    private static long label(ServiceReport service) {
        return service.status() == null ? Long.MIN_VALUE : service.status().label();
    }

    private static int restarts(ServiceReport service) {
        return service.record() == null ? -1 : service.record().past().restarts();
    }
}
