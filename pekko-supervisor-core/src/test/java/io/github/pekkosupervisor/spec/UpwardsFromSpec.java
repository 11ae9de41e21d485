package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.actor.Audience;

/** Planted: what a specification may not do, so that the check of the floors has something to report. */
public final class UpwardsFromSpec {

    private final Audience audience;

    UpwardsFromSpec(Audience audience) {
        this.audience = audience;
    }

    Audience audience() {
        return audience;
    }
}
