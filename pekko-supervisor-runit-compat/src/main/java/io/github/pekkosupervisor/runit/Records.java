package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvEvent;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.End;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import java.time.Instant;
import java.util.Optional;

/** What of one service directory is left behind, for a supervisor that comes after the death of this one. */
final class Records {

    private final Handover handover;
    private final RunsvSettings settings;

    Records(Handover handover, RunsvSettings settings) {
        this.handover = handover;
        this.settings = settings;
    }

    /** How one of the two stands. */
    UnitRecord of(Role role, RunsvState state) {
        Unit unit = state.unit(role);
        Optional<ServiceSnapshot.Unit> known = handover.known().unit(ServiceEvents.unit(role));
        boolean isService = role == Role.SERVICE;
        Pending pending = new Pending(
                unit.once(),
                unit.throttled() ? known.flatMap(ServiceSnapshot.Unit::throttledUntil) : Optional.empty(),
                unit.finishing(),
                unit.heard(),
                unit.unseen().map(RunsvEvent.ProcessEnded::status),
                isService && state.terminating(),
                isService && state.draining());
        Instant now = settings.clock().instant();
        return new UnitRecord(
                handover.directory().supervise(role).supervisor(now),
                unit.status(),
                pending,
                process(role),
                Optional.empty(),
                unit.busy() == Busy.SCRIPT ? handover.script().map(this::script) : Optional.empty(),
                known.map(Records::past).orElse(Past.NOTHING),
                Optional.<FileStatus.Id>empty());
    }

    /** A log that we write ourselves has none. */
    private Optional<Known> process(Role role) {
        ProcessRecord record = handover.process(role);
        boolean isOurs = role == Role.LOG && handover.directory().ownLog().isPresent();
        return isOurs || record.end().isPresent()
                ? Optional.empty()
                : record.process().map(this::known);
    }

    private Known known(ProcessIdentity process) {
        // without a descriptor its start time could not be read when it was started
        ProcessIdentity identity = process.startTicks() == 0
                ? ProcessIdentity.ofRunning(process.pid()).orElse(process)
                : process;
        return new Known(identity, 0, settings.ownSessions());
    }

    private Script script(Handover.Script due) {
        return new Script(due.letter(), due.process().map(this::known), Optional.empty());
    }

    private static Past past(ServiceSnapshot.Unit unit) {
        return new Past(
                unit.restarts(), unit.started(), unit.lastEnd().map(end -> new End(end.status(), end.ran(), end.at())));
    }
}
