package io.github.pekkosupervisor.examples;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * What is measured, and what it is held to: at most so much, or at least, by itself or by the same tree that is not
 * shown.
 */
enum ExportBar {
    UP("children up", "ms", "%.0f", 1.1, true, false),
    SHOWN("all of them shown, from the start on", "ms", "%.0f", 2_000, false, false),
    CLOSED("stopped, and all shown as down", "ms", "%.0f", Bar.NONE, true, false),
    DESCRIPTORS("descriptors per child", "", "%.2f", 1.05, false, false),
    KERNEL("kernel memory and files per child", "kB", "%.1f", 30, false, false),
    HEAP("heap per child", "B", "%.0f", Bar.NONE, false, false),
    HEAP_MORE("  of it for being shown", "B", "%.0f", 1_024, false, false),
    LATE("from a change to its file, p99", "ms", "%.2f", 5, false, false),
    RESTARTS("crashes and restarts of an actor", "/s", "%.0f", 0.9, true, true),
    /** There is to be none more; these are so few that some come and go. */
    WAKE_UPS("wake-ups of threads while idle", "/s", "%.1f", 1.3, true, false),
    /** It is to be the same, which is sv's own step. */
    SV_RESTART("sv restart", "ms", "%.0f", 1.2, true, false);

    /** Where the constants find it. */
    private static final class Bar {
        /** It is measured only. */
        static final double NONE = Double.NaN;
    }

    final String text;
    final String unit;
    private final String digits;
    private final double bar;
    private final boolean compared;
    private final boolean atLeast;

    ExportBar(String text, String unit, String digits, double bar, boolean compared, boolean atLeast) {
        this.text = text;
        this.unit = unit;
        this.digits = digits;
        this.bar = bar;
        this.compared = compared;
        this.atLeast = atLeast;
    }

    String value(OptionalDouble value) {
        return value.isEmpty()
                ? "-"
                : (String.format(Locale.ROOT, digits, value.getAsDouble()) + " " + unit).stripTrailing();
    }

    /** By how much the peer's value is multiplied. */
    OptionalDouble ratio(OptionalDouble shown, OptionalDouble peer) {
        return compared && shown.isPresent() && peer.isPresent() && peer.getAsDouble() > 0
                ? OptionalDouble.of(shown.getAsDouble() / peer.getAsDouble())
                : OptionalDouble.empty();
    }

    private OptionalDouble judged(OptionalDouble shown, OptionalDouble peer) {
        return Double.isNaN(bar) ? OptionalDouble.empty() : compared ? ratio(shown, peer) : shown;
    }

    boolean isMissed(OptionalDouble shown, OptionalDouble peer) {
        OptionalDouble judged = judged(shown, peer);
        return judged.isPresent() && (atLeast ? judged.getAsDouble() < bar : judged.getAsDouble() > bar);
    }

    /** The bar and whether it is met; empty where there is none. */
    String verdict(OptionalDouble shown, OptionalDouble peer) {
        if (judged(shown, peer).isEmpty()) {
            return "";
        }
        String held = compared ? String.format(Locale.ROOT, "%.1fx", bar) : value(OptionalDouble.of(bar));
        return (atLeast ? ">= " : "<= ") + held + (isMissed(shown, peer) ? " MISSED" : " ok");
    }
}
