package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunHistoryRule;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import java.util.EnumMap;
import java.util.Map;

/**
 * Tells the world, through the supervise directories, how the processes of one service directory stand: once for all
 * that one event has led to, and again for as long as it cannot be written.
 */
final class Publisher {

    private final ServiceDirectory directory;
    private final Reporter reporter;
    private final Retry retry;
    private final Map<Role, ServiceStatus> untold = new EnumMap<>(Role.class);

    /** What could not be written is to be tried again, a while later. */
    interface Retry {
        /** {@link #publishAgain} is to be called. */
        void publish(Role role);

        /** {@link #catchUp} is to be called. */
        void catchUp(Role role);
    }

    Publisher(ServiceDirectory directory, Reporter reporter, Retry retry) {
        this.directory = directory;
        this.reporter = reporter;
        this.retry = retry;
    }

    /** Keeps what an event means for the history of run; of the state before it, which tells run from finish. */
    void noteHistory(RunsvEvent event, RunsvState before) {
        if (event instanceof RunsvEvent.ProcessStarted started) {
            noteHistory(started.role(), event, before);
        } else if (event instanceof RunsvEvent.ProcessEnded ended) {
            noteHistory(ended.role(), event, before);
        }
    }

    private void noteHistory(Role role, RunsvEvent event, RunsvState before) {
        SuperviseDirectory supervise = directory.supervise(role);
        supervise.note(RunHistoryRule.after(supervise.history(), event, before.unit(role)));
    }

    /** Keeps a status until all that the event led to is known. */
    void keep(Role role, ServiceStatus status) {
        untold.put(role, status);
    }

    /** Tells what was kept, when all that one event has led to has been done. */
    void tell(RunsvState state) {
        tell(Role.SERVICE, state.service());
        state.log().ifPresent(unit -> tell(Role.LOG, unit));
    }

    /** Nothing while a process is being started: what that leads to, a moment later, replaces it. */
    private void tell(Role role, Unit unit) {
        if (unit.busy() == Busy.STARTING) {
            return;
        }
        ServiceStatus status = untold.remove(role);
        if (status != null) {
            publish(role, status);
        } else if (!directory.supervise(role).isOpen()) {
            // a process that is being started makes the first status itself; anything else is told as it stands
            publish(role, unit.status());
        }
    }

    /** Tells how all stands, whatever was told before. */
    void tellAnew(RunsvState state) {
        tellAnew(Role.SERVICE, state.service());
        state.log().ifPresent(unit -> tellAnew(Role.LOG, unit));
    }

    private void tellAnew(Role role, Unit unit) {
        if (unit.busy() != Busy.STARTING) {
            publish(role, unit.status());
        }
    }

    /** Lets clients in, if nothing has been told yet. */
    void tellFirst(Role role, Unit unit) {
        if (!directory.supervise(role).isOpen()) {
            publish(role, unit.status());
        }
    }

    /** Tells once more what could not be told. */
    void publishAgain(Role role) {
        directory.supervise(role).told().ifPresent(status -> publish(role, status));
    }

    private void publish(Role role, ServiceStatus status) {
        directory.useReserveToTell();
        SuperviseDirectory supervise = directory.supervise(role);
        if (!supervise.publish(status, reporter)) {
            retry.publish(role);
        }
        if (supervise.isBehind()) {
            retry.catchUp(role);
        }
    }

    /** The identity of the process that runs is not in its file, which is to be made good. */
    void owesIdentity(Role role, ProcessIdentity process) {
        directory.supervise(role).owesIdentity(process);
        retry.catchUp(role);
    }

    /** Writes what is missing beside the status. */
    void catchUp(Role role) {
        SuperviseDirectory supervise = directory.supervise(role);
        supervise.catchUp(reporter);
        if (supervise.isBehind()) {
            retry.catchUp(role);
        }
    }
}
