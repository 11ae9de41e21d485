package io.github.pekkosupervisor.process;

import java.time.Duration;
import java.util.Optional;

/** Who looks for which sign. */
final class Probes {

    /** Longer than anybody waits. */
    private static final Duration NO_LIMIT = Duration.ofDays(36_500);

    private Probes() {}

    /** Whether somebody else than who has started it can see the sign. */
    static boolean canBeSeenLater(ProcessSpec spec) {
        return spec.ready() != Readiness.immediately()
                && !(spec.ready() instanceof Readiness.Line)
                && !(spec.ready() instanceof Readiness.Notification
                        && spec.signs().file().isEmpty());
    }

    /** Empty if the sign is none that has to be looked for, or a command, which is a process. */
    static Optional<Probe> of(ProcessSpec spec) {
        if (spec.ready() instanceof Readiness.Http http) {
            return Optional.of(new HttpProbe(http, HttpProbe.LONGEST_TRY, System::nanoTime));
        }
        if (spec.ready() instanceof Readiness.Notification
                && spec.signs().file().isPresent()) {
            return Optional.of(new FileProbe(spec.signs().file().get()));
        }
        return ConnectProbe.of(spec.ready()).map(probe -> probe);
    }

    /** For one look whether a process works, of which who looks says when it has taken too long; empty as above. */
    static Optional<Probe> of(Readiness sign) {
        return sign instanceof Readiness.Http http
                ? Optional.of(new HttpProbe(http, NO_LIMIT, System::nanoTime))
                : ConnectProbe.of(sign).map(probe -> probe);
    }
}
