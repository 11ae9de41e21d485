package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Orphans;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.AdoptionRule;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Facts;
import io.github.pekkosupervisor.runit.rule.Role;
import io.github.pekkosupervisor.runit.rule.RunsvState;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.End;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** What of one service directory is left behind, for a supervisor that comes after the death of this one. */
final class Records {

    private final Handover handover;
    private final Function<ProcessIdentity, Optional<ChildProcess>> processes;
    private final Predicate<ChildProcess> leadsGroup;
    private final boolean ownSessions;
    private final Clock clock;

    /** Of this process, which never change. */
    private static final class Ours {
        static final int GROUP = OwnProcess.group();
        static final int SESSION = OwnProcess.session();
        static final List<FileStatus.Id> OUTPUTS = OwnProcess.outputs();
    }

    /**
     * @param processes those that run, see {@link io.github.pekkosupervisor.process.Processes#find}
     * @param leadsGroup whether one of those leads a group
     */
    Records(
            Handover handover,
            RunsvSettings settings,
            Function<ProcessIdentity, Optional<ChildProcess>> processes,
            Predicate<ChildProcess> leadsGroup) {
        this.handover = handover;
        this.processes = processes;
        this.leadsGroup = leadsGroup;
        this.ownSessions = settings.ownSessions();
        this.clock = settings.clock();
    }

    /** A program is about to be started: whoever comes after us is to know that there may be a process of it. */
    void intend(Role role, ProcessRecord record, Program program) {
        EndPolicy policy = role == Role.SERVICE ? handover.directory().endPolicy() : EndPolicy.RUNIT;
        record.ties(policy.ties(program));
        boolean ownSession = ownSessions || policy.leadsGroup(program);
        int session = ownSession ? 0 : Ours.SESSION;
        List<FileStatus.Id> inherited = program == Program.SCRIPT ? List.of() : Ours.OUTPUTS;
        record.intends(new Intent(program, Orphans.currentTick(), Ours.GROUP, session, inherited));
    }

    /** How one of the two stands. */
    UnitRecord of(Role role, RunsvState state) {
        UnitRecord record = AdoptionRule.record(state, role, facts(role));
        if (role == Role.LOG) {
            return record;
        }
        UnitRecord wanted = handover.wantBefore().map(record::wanted).orElse(record);
        return isHung() ? wanted.asHung() : wanted;
    }

    private boolean isHung() {
        return handover.known().service().flatMap(ServiceSnapshot.Unit::hung).isPresent();
    }

    private Facts facts(Role role) {
        ProcessRecord process = handover.process(role);
        Optional<ServiceSnapshot.Unit> known = handover.known().unit(ServiceEvents.unit(role));
        Supervisor supervisor = handover.directory().supervise(role).supervisor(clock.instant());
        return new Facts(
                supervisor,
                known(process, supervisor),
                process.intent(),
                role == Role.SERVICE ? handover.script().map(due -> script(due, supervisor)) : Optional.empty(),
                known.map(Records::past).orElse(Past.NOTHING),
                known.flatMap(ServiceSnapshot.Unit::throttledUntil),
                handover.directory().pipe().flatMap(LogPipe::id),
                process.due(),
                role == Role.SERVICE ? process.sign() : Optional.empty(),
                process.ties(),
                asked(role));
    }

    /** How what runs was asked to end, beside what the state tells. */
    Asked asked(Role role) {
        boolean byScript = handover.process(role).isEndAsked();
        Optional<Signal> sent = handover.known().unit(ServiceEvents.unit(role)).flatMap(ServiceSnapshot.Unit::sent);
        return byScript || sent.isPresent() ? new Asked(byScript, sent) : Asked.NOT;
    }

    /**
     * Empty too of one that was started when there was no descriptor to ask who it is: it is to be looked for. One that
     * had hidden itself by then is known by its pidfd alone.
     */
    private Optional<Known> known(ProcessRecord process, Supervisor supervisor) {
        return process.left()
                .or(() -> process.process()
                        .map(this::known)
                        .filter(known -> known.identity().startTicks() != 0
                                || known.pidfdInode() != 0
                                || supervisor.identity().startTicks() == 0));
    }

    private Known known(ProcessIdentity identity) {
        Optional<ChildProcess> process = processes.apply(identity);
        return new Known(
                identity,
                process.map(ChildProcess::pidfdInode).orElse(0L),
                process.map(leadsGroup::test).orElse(ownSessions));
    }

    private Script script(Handover.Script due, Supervisor supervisor) {
        Optional<Known> process = known(due.record(), supervisor);
        return new Script(
                due.letter(),
                process,
                process.isPresent() ? Optional.empty() : due.record().intent());
    }

    private static Past past(ServiceSnapshot.Unit unit) {
        return new Past(
                unit.restarts(),
                unit.started(),
                unit.lastEnd()
                        .map(end -> new End(
                                end.status(), end.ran(), end.at(), end.hung().isPresent())));
    }
}
