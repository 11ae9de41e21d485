package io.github.pekkosupervisor.micrometer;

import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.runit.ServiceEvent;

/** The same of service directories, where the artifact is there that has them. */
final class ServiceHappening {

    private static final boolean ARE_THERE = areThere();

    private ServiceHappening() {}

    private static boolean areThere() {
        try {
            Class.forName(
                    "io.github.pekkosupervisor.runit.ServiceEvent", false, ServiceHappening.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /** What an event of any module is. */
    static Happening of(TreeEvent event) {
        return ARE_THERE && event instanceof ServiceEvent service ? ofService(service) : Happening.of(event);
    }

    private static Happening ofService(ServiceEvent event) {
        if (event instanceof ServiceEvent.Started started && started.program() == ServiceEvent.Program.RUN) {
            // that it follows an end that nobody has asked for is known from that
            return new Happening.Started(event.path(), started.at(), true);
        } else if (event instanceof ServiceEvent.Ended ended && ended.program() == ServiceEvent.Program.RUN) {
            Exit exit = Exit.of(ended.status(), ended.hung().isPresent());
            return new Happening.Ended(event.path(), exit, ended.asked() ? "none" : exit.reason(), ended.ran());
        }
        return Happening.Other.INSTANCE;
    }
}
