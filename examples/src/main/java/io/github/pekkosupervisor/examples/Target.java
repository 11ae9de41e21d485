package io.github.pekkosupervisor.examples;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoublePredicate;

/**
 * What our value must reach.
 *
 * @param text the target as the table shows it
 * @param basis what the limit applies to
 * @param holds whether a value of that basis reaches the target
 */
record Target(String text, Basis basis, DoublePredicate holds) {

    enum Basis {
        RATIO,
        OURS,
        NOTHING
    }

    enum Verdict {
        OK("ok"),
        MISSED("MISSED"),
        NOT_JUDGED("-");

        private final String text;

        Verdict(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static final Target NONE = new Target("", Basis.NOTHING, value -> true);

    static Target ratioAtMost(double limit) {
        return new Target(String.format(Locale.ROOT, "<= %.2fx", limit), Basis.RATIO, value -> value <= limit);
    }

    static Target below(double limit, String unit) {
        return new Target(String.format(Locale.ROOT, "< %.0f %s", limit, unit), Basis.OURS, value -> value < limit);
    }

    static Target atMost(double limit, String unit) {
        return new Target(String.format(Locale.ROOT, "<= %.0f %s", limit, unit), Basis.OURS, value -> value <= limit);
    }

    /** The same target, binding only from that many services on, because a JVM's fixed cost hides it below. */
    Target from(int needed, int services) {
        return services >= needed ? this : new Target(text + " at " + needed, Basis.NOTHING, holds);
    }

    /** A failure of ours misses every target; a value that was not measured is not judged. */
    Verdict judge(OptionalDouble runit, OptionalDouble ours, boolean oursFailed) {
        if (basis == Basis.NOTHING) {
            return Verdict.NOT_JUDGED;
        }
        if (oursFailed) {
            return Verdict.MISSED;
        }
        OptionalDouble judged = switch (basis) {
            case RATIO -> ratio(runit, ours);
            case OURS -> ours;
            case NOTHING -> OptionalDouble.empty();
        };
        if (judged.isEmpty()) {
            return Verdict.NOT_JUDGED;
        }
        return holds.test(judged.getAsDouble()) ? Verdict.OK : Verdict.MISSED;
    }

    static OptionalDouble ratio(OptionalDouble runit, OptionalDouble ours) {
        if (runit.isEmpty() || ours.isEmpty() || runit.getAsDouble() <= 0) {
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(ours.getAsDouble() / runit.getAsDouble());
    }
}
