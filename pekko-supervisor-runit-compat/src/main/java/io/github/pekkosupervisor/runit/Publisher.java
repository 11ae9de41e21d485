package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.ReadyFiles;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.SuperviseDirectory;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells the world, through the supervise directories, how the processes of one service directory stand: a listener that
 * keeps what {@code status} is to say, and writes it once for all that one event of the rule has led to, and again for
 * as long as it cannot be written. The record for a supervisor after this one is written before that.
 */
final class Publisher implements Consumer<ServiceEvent> {

    private final Handover handover;
    private final Records records;
    private final ServiceDirectory directory;
    private final Reporter reporter;
    private final Retry retry;
    private boolean isHungStillShown;
    private final PerRole<ServiceStatus> untold = new PerRole<>();

    /** What could not be written is to be tried again, a while later. */
    interface Retry {
        /** {@link #publishAgain} is to be called. */
        void publish(Role role);

        /** {@link #catchUp} is to be called. */
        void catchUp(Role role);
    }

    Publisher(Handover handover, Records records, Reporter reporter, Retry retry) {
        this.handover = handover;
        this.directory = handover.directory();
        this.records = records;
        this.reporter = reporter;
        this.retry = retry;
    }

    /** Keeps what is to be written, until all that the rule's event led to is known. */
    @Override
    public void accept(ServiceEvent event) {
        boolean ends = event instanceof ServiceEvent.Ended ended && ended.program() == ServiceEvent.Program.RUN;
        if (ends) {
            hide();
            isHungStillShown = false;
        } else if (event instanceof ServiceEvent.Hung) {
            hideHung();
        } else if (event instanceof ServiceEvent.Ready || event instanceof ServiceEvent.Recovered) {
            isHungStillShown = false;
            showReady();
        }
        if (event instanceof ServiceEvent.NotRun notRun) {
            directory.cannotRun(notRun, reporter);
        } else if (event instanceof ServiceEvent.Started started) {
            directory.isRun(started.program(), reporter);
        }
        if (event instanceof ServiceEvent.StateChanged changed) {
            untold.put(ServiceEvents.role(changed.unit()), changed.status());
        }
    }

    /**
     * Leaves behind how all stands, for a supervisor that comes after the death of this one; to be called before
     * anything outward of a decision is done.
     */
    void record(RunsvState state) {
        record(Role.SERVICE, state);
        if (state.log().isPresent()) {
            record(Role.LOG, state);
        }
    }

    /**
     * The same before a start.
     *
     * @return the system's refusal, for a while, to let that be said: then nothing is to be started, since a supervisor
     *     after this one would not know that there may be a process, and start another. Where it can never be said, as
     *     on a read-only disk, the service runs all the same
     */
    Optional<ProcessEvent.StartFailed> recordStart(Role role, RunsvState state) {
        record(state);
        return directory
                .supervise(role)
                .stateRefusal()
                .map(ProcessEvent.StartFailed::new)
                .filter(ProcessEvent.StartFailed::isRefusal);
    }

    /** The same, even if it says what the last one does: who depends on it wants to know that it can be written. */
    void recordAnew(RunsvState state) {
        directory.supervise(Role.SERVICE).stateMustBeWritten();
        if (state.log().isPresent()) {
            directory.supervise(Role.LOG).stateMustBeWritten();
        }
        record(state);
    }

    private void record(Role role, RunsvState state) {
        directory.useReserveToStart();
        SuperviseDirectory supervise = directory.supervise(role);
        UnitRecord record = records.of(role, state);
        if (!supervise.writeState(record, reporter)) {
            retry.catchUp(role);
        }
        if (record.status().state() == ServiceStatus.State.RUN) {
            record.process()
                    .filter(run -> !run.identity().equals(record.supervisor().identity()))
                    .ifPresent(run -> handover.listRun(role, run));
        }
    }

    private Optional<PosixException> hide() {
        return directory.readyFiles().flatMap(ReadyFiles::hide);
    }

    /** It runs, so that nobody else sees that it is not ready any more: tried until it is done. */
    private void hideHung() {
        Optional<PosixException> refused = hide();
        if (refused.isPresent()) {
            if (!isHungStillShown) {
                reporter.warnOfOurs(
                        "unable to remove " + ReadyFiles.READY + ", by which sv sees that it is ready, which it is not;"
                                + " it is tried each second",
                        refused.get());
            }
            retry.catchUp(Role.SERVICE);
        }
        isHungStillShown = refused.isPresent();
    }

    /** {@code run} is ready, and works. */
    void showReady() {
        directory
                .readyFiles()
                .ifPresent(
                        files -> handover.process(Role.SERVICE).process().ifPresent(run -> files.show(run, reporter)));
    }

    /** Tells what was kept, when all that one event has led to has been done. */
    void tell(RunsvState state) {
        record(state);
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
        directory.isAtWork();
    }

    /** Writes the record that could not be written, and removes what could not be removed. */
    void catchUp(Role role) {
        if (role == Role.SERVICE && isHungStillShown) {
            hideHung();
        }
        SuperviseDirectory supervise = directory.supervise(role);
        supervise.catchUp(reporter);
        if (supervise.stateRefusal().isPresent()) {
            retry.catchUp(role);
        }
    }
}
