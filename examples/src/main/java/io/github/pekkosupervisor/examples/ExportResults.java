package io.github.pekkosupervisor.examples;

import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What was measured of a tree that is shown, or of its peer. */
final class ExportResults {

    private final Map<ExportBar, Samples> values = new EnumMap<>(ExportBar.class);

    void add(ExportBar bar, double value) {
        values.computeIfAbsent(bar, any -> new Samples()).add(value);
    }

    OptionalDouble median(ExportBar bar) {
        return values.getOrDefault(bar, new Samples()).median();
    }
}
