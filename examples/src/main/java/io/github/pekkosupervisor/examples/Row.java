package io.github.pekkosupervisor.examples;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One line of the table.
 *
 * @param measurement what was measured
 * @param runit the value of real runit
 * @param ours our value
 * @param ratio ours by runit's
 * @param target what ours must reach
 * @param verdict whether it does
 */
record Row(String measurement, String runit, String ours, String ratio, String target, Target.Verdict verdict) {

    /** A row about one number of each contender. */
    static Row of(String measurement, String unit, Value runit, Value ours, Target target) {
        OptionalDouble ratio = Target.ratio(runit.number(), ours.number());
        return new Row(
                measurement,
                runit.text(unit),
                ours.text(unit),
                ratio.isPresent() ? String.format(Locale.ROOT, "%.2fx", ratio.getAsDouble()) : "-",
                target.text(),
                target.judge(runit.number(), ours.number(), ours.failed()));
    }

    static String table(List<Row> rows) {
        String format = "%-" + widest(rows) + "s  %12s  %12s  %7s  %-16s %s%n";
        StringBuilder table = new StringBuilder();
        table.append(String.format(format, "measurement", "runit", "ours", "ratio", "target", ""));
        for (Row row : rows) {
            table.append(String.format(
                    format,
                    row.measurement,
                    row.runit,
                    row.ours,
                    row.ratio,
                    row.target,
                    row.target.isEmpty() ? "" : row.verdict.text()));
        }
        return table.toString().lines().map(String::stripTrailing).reduce("", (all, line) -> all + line + "\n");
    }

    private static int widest(List<Row> rows) {
        return rows.stream()
                .map(row -> row.measurement.length())
                .max(Comparator.naturalOrder())
                .orElse(1);
    }

    /**
     * A number, nothing, or a failure.
     *
     * @param number empty if not measured or failed
     * @param failed whether the contender did not manage it
     */
    record Value(OptionalDouble number, boolean failed) {

        static final Value ABSENT = new Value(OptionalDouble.empty(), false);

        String text(String unit) {
            if (failed) {
                return "FAILED";
            }
            if (number.isEmpty()) {
                return "-";
            }
            double value = number.getAsDouble();
            String digits = unit.isEmpty() || value >= 1000 ? "%.0f" : value >= 100 ? "%.1f" : "%.2f";
            return (String.format(Locale.ROOT, digits, value) + " " + unit).strip();
        }
    }
}
