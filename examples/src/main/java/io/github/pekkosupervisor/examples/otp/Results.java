package io.github.pekkosupervisor.examples.otp;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The values that one contender reached, all rounds. */
final class Results {

    private final Map<Metric, List<Double>> values = new EnumMap<>(Metric.class);

    void add(Metric metric, double value) {
        values.computeIfAbsent(metric, any -> new ArrayList<>()).add(value);
    }

    /** Of the last half of the rounds: what came before was warming up. */
    OptionalDouble median(Metric metric) {
        List<Double> all = values.getOrDefault(metric, List.of());
        if (all.isEmpty()) {
            return OptionalDouble.empty();
        }
        List<Double> warm =
                all.subList(all.size() / 2, all.size()).stream().sorted().toList();
        return OptionalDouble.of(warm.get(warm.size() / 2));
    }
}
