package io.github.pekkosupervisor;

import io.github.pekkosupervisor.InvalidSpecException.Problem;
import java.util.List;

final class SpecCheck {
    static List<Problem> supervisor(SupervisorSpec spec, String path) {
        return List.of();
    }

    static List<Problem> child(ChildSpec spec, String path, SupervisorSpec.AutoShutdown autoShutdown) {
        return List.of();
    }

    private SpecCheck() {}
}
