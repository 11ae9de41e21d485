package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;

/**
 * What the files of a child say.
 *
 * @param status what {@code status} and {@code stat} do; its pid is that of this JVM where the child is no process
 * @param pid what {@code pid} does: of the child's own process, 0 if it has none
 * @param isReady whether {@code check} says that it is
 * @param isOpen whether somebody is to be seen behind it
 */
record Shown(ServiceStatus status, int pid, boolean isReady, boolean isOpen) {

    /** The supervisor of the child. */
    enum Above {
        /** It is at work. */
        UP,
        /** It is not, but will be again. */
        COMING,
        /** It is not, and nobody would obey. */
        GONE
    }

    /**
     * What is shown of a child.
     *
     * @param above its supervisor
     * @param jvm the pid of this JVM
     */
    static Shown of(ShownChild child, Above above, int jvm) {
        return child.phase().hasIncarnation() ? lives(child, jvm) : isDown(child, above);
    }

    private static Shown lives(ShownChild child, int jvm) {
        boolean stops = child.phase() == Phase.STOPPING;
        ServiceStatus status = new ServiceStatus(
                child.since(), child.pid() == 0 ? jvm : child.pid(), child.paused(), stops, wanted(child), State.RUN);
        boolean isReady = child.phase() == Phase.RUNNING && !child.hung();
        return new Shown(status, child.pid(), isReady, true);
    }

    private static Want wanted(ShownChild child) {
        if (child.phase() != Phase.STOPPING) {
            return child.once() ? Want.DOWN : Want.UP;
        }
        if (child.again()) {
            return Want.UP;
        }
        return child.exits() ? Want.EXIT : Want.DOWN;
    }

    private static Shown isDown(ShownChild child, Above above) {
        boolean comes = switch (above) {
            case UP -> child.phase() == Phase.RESTARTING || child.phase() == Phase.WAITING;
            case COMING -> !child.held();
            case GONE -> false;
        };
        ServiceStatus status =
                new ServiceStatus(child.since(), 0, false, false, comes ? Want.UP : Want.DOWN, State.DOWN);
        return new Shown(status, 0, false, above != Above.GONE && !child.closed());
    }
}
