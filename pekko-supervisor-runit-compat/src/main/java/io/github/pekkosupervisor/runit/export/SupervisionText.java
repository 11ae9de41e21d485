package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.DurationText;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * What the hidden file {@code .supervision} in the directory of a supervisor says: a key and a value each line, for
 * those who draw a tree. Of who is none nothing but that it is a oneshot that is done.
 */
final class SupervisionText {

    static final String FILE = ".supervision";
    static final String NONE = "";

    /** Of a oneshot that is done. */
    static final String DONE = "done\n";

    private SupervisionText() {}

    /** Of a supervisor that goes by this. */
    static String of(Supervision by) {
        return text(by.strategy(), by.limit(), by.period());
    }

    /** Of a supervisor that is to begin so. */
    static String of(SupervisorSpec spec) {
        return text(
                spec.strategy(),
                spec.hasUnlimitedRestarts() ? OptionalInt.empty() : OptionalInt.of(spec.intensity()),
                spec.period());
    }

    /** Of a child, so far as that is known before it begins. */
    static String of(ChildSpec spec) {
        return spec.kind() instanceof SupervisorKind supervisor && supervisor.known() != null
                ? of(supervisor.known())
                : NONE;
    }

    private static String text(Strategy strategy, OptionalInt intensity, Duration period) {
        return "strategy " + strategy.name().toLowerCase(Locale.ROOT).replace('_', '-') + "\nintensity "
                + (intensity.isPresent() ? intensity.getAsInt() : "infinite") + "\nperiod "
                + DurationText.given(period) + "\n";
    }

    /** The same of the top of a tree, which is below nobody. */
    static String ofTop(String text) {
        return text + "top\n";
    }
}
