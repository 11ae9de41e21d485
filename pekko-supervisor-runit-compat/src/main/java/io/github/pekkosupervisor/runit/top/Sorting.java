package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.runit.look.ServiceReport;
import java.util.Comparator;

/** In which order those stand that are side by side; what is the same by it stands in the order of the names. */
enum Sorting {
    /** As {@code status} has them. */
    NAME("name", (one, other) -> 0),
    /** What does not do as it should first, then what is down. */
    STATE("state", Comparator.comparingInt(Sorting::urgency)),
    /** What was started or has ended last first. */
    AGE("age", Comparator.comparing(Sorting::label, Comparator.reverseOrder())),
    /** What was started again most often first. */
    RESTARTS("restarts", Comparator.comparingInt(Sorting::restarts).reversed());

    private final String word;
    private final Comparator<ServiceReport> order;

    Sorting(String word, Comparator<ServiceReport> order) {
        this.word = word;
        this.order = order;
    }

    String word() {
        return word;
    }

    Comparator<ServiceReport> order() {
        return order;
    }

    Sorting next() {
        return values()[(ordinal() + 1) % values().length];
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
