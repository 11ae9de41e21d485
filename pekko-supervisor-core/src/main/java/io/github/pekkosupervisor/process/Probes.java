package io.github.pekkosupervisor.process;

import java.time.Duration;
import java.util.Optional;

/** Who looks for which sign. */
final class Probes {

    private Probes() {}

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

    /** For one look whether a process works; empty as above. */
    static Optional<Probe> of(Readiness sign, Duration longest) {
        return sign instanceof Readiness.Http http
                ? Optional.of(new HttpProbe(http, longest, System::nanoTime))
                : ConnectProbe.of(sign).map(probe -> probe);
    }
}
