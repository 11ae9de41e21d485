package io.github.pekkosupervisor.testing;

import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;

/** Specifications as OTP's own tests use them: two restarts in an hour. */
public final class Specs {

    private static final Duration PERIOD = Duration.ofHours(1);

    private Specs() {}

    /** One for one. */
    public static SupervisorSpec spec(ChildSpec... children) {
        return SupervisorSpec.oneForOne().withIntensity(2, PERIOD).withChildren(List.of(children));
    }

    /** Simple one for one. */
    public static SupervisorSpec simple(ChildSpec template) {
        return SupervisorSpec.simpleOneForOne(template).withIntensity(2, PERIOD);
    }
}
