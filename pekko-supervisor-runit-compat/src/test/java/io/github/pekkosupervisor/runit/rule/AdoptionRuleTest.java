package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Found;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.GoOn;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Gone;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.LeaveAlone;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Left;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Lives;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Nobody;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Seen;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Several;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Situation;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.TakeUp;
import io.github.pekkosupervisor.runit.rule.AdoptionRule.Unsure;
import io.github.pekkosupervisor.runit.rule.RunsvState.Again;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Unit;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Trace;
import io.github.pekkosupervisor.runit.rule.UnrecordedRule.Traces;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.End;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Past;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Pending;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Script;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Sign;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Supervisor;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of what is found and what is done about it, a test for each row. */
class AdoptionRuleTest {

    private static final String BOOT = "11111111-2222-3333-4444-555555555555";
    private static final Instant NOW = InWords.START.plusSeconds(3600);
    private static final Instant THEN = InWords.START.plusSeconds(60);
    private static final Supervisor SUPERVISOR = new Supervisor(new ProcessIdentity(50, 5_000, BOOT), InWords.START);
    private static final Known RUN = known(7);
    private static final Known LOGGER = known(5);
    private static final Known CONTROL = known(9);
    private static final FileStatus.Id PIPE = new FileStatus.Id(1, 77);
    private static final Past TWICE =
            new Past(2, Optional.of(THEN), Optional.of(new End(ExitStatus.ofCode(3), Duration.ofSeconds(9), THEN)));

    private static Known known(int pid) {
        return new Known(new ProcessIdentity(pid, 6_000L + pid, BOOT), 100 + pid, false);
    }

    // ---- records

    private static ServiceStatus status(State state, int pid, Want want) {
        return new ServiceStatus(THEN, pid, false, false, want, state);
    }

    private static UnitRecord record(ServiceStatus status, Optional<Known> process) {
        return record(status, process, Pending.NOTHING, Optional.empty(), Optional.empty());
    }

    private static UnitRecord record(
            ServiceStatus status,
            Optional<Known> process,
            Pending pending,
            Optional<Intent> start,
            Optional<Script> script) {
        return new UnitRecord(SUPERVISOR, status, pending, process, start, script, TWICE, Optional.of(PIPE));
    }

    // ---- readiness

    private static final Asked ASKED = new Asked(true, Optional.of(Signal.QUIT));

    private static UnitRecord withSign(UnitRecord record, boolean isGiven) {
        return new UnitRecord(
                record.supervisor(),
                record.status(),
                record.pending(),
                record.process(),
                record.start(),
                record.script(),
                record.past(),
                record.pipe(),
                Optional.of(new Sign(isGiven, 77)),
                new Ties(true, isGiven),
                new Asked(isGiven, Optional.of(Signal.INT)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void who_lives_has_given_its_sign_if_it_had(boolean isGiven) {
        TakeUp service = goOn(left(withSign(running(), isGiven), lives(RUN))).service();

        assertThat(service.isReady()).isEqualTo(isGiven);
        assertThat(service.sign()).contains(new Sign(isGiven, 77));
        assertThat(service.ties()).isEqualTo(new Ties(true, isGiven));
        assertThat(service.asked()).isEqualTo(new Asked(isGiven, Optional.of(Signal.INT)));
    }

    @Test
    void who_needs_no_sign_is_ready_and_who_is_gone_has_none() {
        assertThat(goOn(left(running(), lives(RUN))).service().isReady()).isTrue();
        assertThat(goOn(left(withSign(running(), false), gone(RUN, ExitStatus.ofCode(0))))
                        .service()
                        .sign())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "RUN, 7, NO, true, true",
        "DOWN, 0, STARTING, true, true",
        "DOWN, 0, NO, false, false",
        "FINISH, 9, NO, false, true",
        "FINISH, 0, STARTING, false, true",
    })
    void a_sign_is_recorded_of_run_alone_and_ties_of_what_runs(
            State state, int pid, Busy busy, boolean isRecorded, boolean isTied) {
        Unit unit = new Unit(
                status(state, pid, Want.UP),
                busy,
                false,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        AdoptionRule.Facts facts = new AdoptionRule.Facts(
                SUPERVISOR,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                TWICE,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.of(new Sign(true, 5)),
                new Ties(true, true),
                ASKED);

        UnitRecord recorded = AdoptionRule.record(RunsvState.beginning(unit, Optional.empty()), Role.SERVICE, facts);

        assertThat(recorded.sign().isPresent()).isEqualTo(isRecorded);
        assertThat(recorded.ties()).isEqualTo(isTied ? new Ties(true, true) : Ties.NONE);
        assertThat(recorded.asked()).isEqualTo(isTied ? ASKED : Asked.NOT);
        assertThat(recorded.asHung().asked()).isEqualTo(recorded.asked());
        assertThat(recorded.by(SUPERVISOR).asked()).isEqualTo(recorded.asked());
        assertThat(recorded.wanted(Want.EXIT).status()).isEqualTo(status(state, pid, Want.EXIT));
        assertThat(recorded.wanted(Want.EXIT).asked()).isEqualTo(recorded.asked());
        assertThat(recorded.by(SUPERVISOR).sign()).isEqualTo(recorded.sign());
    }

    @ParameterizedTest
    @CsvSource({"SERVICE, true, true", "SERVICE, false, false", "LOG, true, false"})
    void it_is_recorded_of_run_that_it_is_being_stopped_since_it_was_hung(
            Role role, boolean isHung, boolean isRecorded) {
        Unit unit = Unit.of(status(State.RUN, 7, Want.UP));
        RunsvState state = RunsvState.beginning(unit, Optional.of(unit));
        AdoptionRule.Facts facts = new AdoptionRule.Facts(
                SUPERVISOR,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                TWICE,
                Optional.empty(),
                Optional.empty(),
                List.of());

        UnitRecord recorded = AdoptionRule.record(isHung ? state.stoppedAsHung() : state, role, facts);

        assertThat(recorded.pending().stoppedAsHung()).isEqualTo(isRecorded);
    }

    /** Of one that has ended meanwhile too, lest that counts as well done. */
    @Test
    void the_stop_of_one_that_was_hung_is_begun_anew_as_long_as_it_is_not_known_to_be_over() {
        Pending stopped = Pending.NOTHING.with(true);
        UnitRecord left =
                record(status(State.RUN, 7, Want.UP), Optional.of(RUN), stopped, Optional.empty(), Optional.empty());
        UnitRecord down =
                record(status(State.DOWN, 0, Want.UP), Optional.empty(), stopped, Optional.empty(), Optional.empty());

        assertThat(goOn(left(left, lives(RUN))).state().hang()).isEqualTo(RunsvState.Hang.STOP_DUE);
        assertThat(goOn(left(left, gone(RUN, ExitStatus.ofCode(0)))).state().hang())
                .isEqualTo(RunsvState.Hang.STOP_DUE);
        assertThat(goOn(left(left, Nobody.INSTANCE)).state().hang()).isEqualTo(RunsvState.Hang.NONE);
        assertThat(goOn(left(down, Nobody.INSTANCE)).state().hang()).isEqualTo(RunsvState.Hang.NONE);
        assertThat(goOn(left(running(), lives(RUN))).state().hang()).isEqualTo(RunsvState.Hang.NONE);
    }

    private static Optional<Intent> start(Program program) {
        return Optional.of(new Intent(program, 6_000, 50, 40));
    }

    private static Pending pending(
            boolean once, Optional<Instant> throttledUntil, Optional<ExitStatus> finishing, boolean draining) {
        return new Pending(once, throttledUntil, finishing, Optional.empty(), Optional.empty(), false, draining);
    }

    private static UnitRecord running() {
        return record(status(State.RUN, 7, Want.UP), Optional.of(RUN));
    }

    private static UnitRecord logging() {
        return record(status(State.RUN, 5, Want.UP), Optional.of(LOGGER));
    }

    // ---- what is seen, and decided

    private static Seen lives(Known who) {
        return new Lives(who, THEN);
    }

    private static Seen gone(Known who, ExitStatus status) {
        return new Gone(who.identity(), THEN, status);
    }

    private static Left left(UnitRecord record, Seen process) {
        return left(record, process, Nobody.INSTANCE);
    }

    private static Left left(UnitRecord record, Seen process, Seen script) {
        return new Left(Want.UP, Optional.of(new Found(record, process, script)));
    }

    private static final Left NOTHING = new Left(Want.UP, Optional.empty());

    private static AdoptionRule.Verdict decide(Left service, Optional<Left> log) {
        return AdoptionRule.decide(new Situation(BOOT, NOW, true, service, log));
    }

    private static GoOn goOn(Left service) {
        return (GoOn) decide(service, Optional.empty());
    }

    private static GoOn goOn(Left service, Left log) {
        return (GoOn) decide(service, Optional.of(log));
    }

    private static String service(GoOn goOn) {
        return InWords.of(goOn.state().service().status());
    }

    // ---- what is recorded

    private static AdoptionRule.Facts facts(Optional<Known> process) {
        return new AdoptionRule.Facts(
                SUPERVISOR,
                process,
                start(Program.RUN),
                Optional.empty(),
                TWICE,
                Optional.empty(),
                Optional.of(PIPE),
                List.of());
    }

    @Test
    void of_a_process_that_could_not_be_asked_who_it_is_the_start_is_recorded() {
        RunsvState runs = RunsvState.beginning(Unit.of(status(State.RUN, 7, Want.UP)), Optional.empty());
        RunsvState down = RunsvState.beginning(Unit.of(status(State.DOWN, 0, Want.UP)), Optional.empty());

        assertThat(AdoptionRule.record(runs, Role.SERVICE, facts(Optional.empty()))
                        .start())
                .isEqualTo(start(Program.RUN));
        assertThat(AdoptionRule.record(runs, Role.SERVICE, facts(Optional.of(RUN)))
                        .start())
                .isEmpty();
        assertThat(AdoptionRule.record(down, Role.SERVICE, facts(Optional.empty()))
                        .start())
                .isEmpty();
    }

    @Test
    void it_is_adopted_when_it_is_found() {
        ServiceStatus status = status(State.RUN, 7, Want.UP);
        UnitRecord record = record(status, Optional.empty(), Pending.NOTHING, start(Program.RUN), Optional.empty());

        assertThat(goOn(left(record, lives(RUN))).state().service()).isEqualTo(Unit.of(status));
        assertThat(service(goOn(left(record, Nobody.INSTANCE)))).startsWith("down");
    }

    // ---- run, finish or a control script lives

    @Test
    void run_that_lives_goes_on_as_it_is() {
        ServiceStatus status = new ServiceStatus(THEN, 7, true, true, Want.DOWN, State.RUN);

        GoOn goOn = goOn(left(record(status, Optional.of(RUN)), lives(RUN)));

        assertThat(goOn.isAdoption()).isTrue();
        assertThat(goOn.state().service()).isEqualTo(Unit.of(status));
        assertThat(goOn.service().process()).isEqualTo(lives(RUN));
        assertThat(goOn.service().past()).isEqualTo(TWICE);
        assertThat(goOn.service().pipe()).contains(PIPE);
    }

    @Test
    void finish_that_lives_goes_on_with_what_it_was_told() {
        UnitRecord record = record(
                status(State.FINISH, 7, Want.UP),
                Optional.of(RUN),
                pending(false, Optional.empty(), Optional.of(ExitStatus.ofCode(3)), false),
                Optional.empty(),
                Optional.empty());

        GoOn goOn = goOn(left(record, lives(RUN)));

        assertThat(service(goOn)).isEqualTo(InWords.of(record.status()));
        assertThat(goOn.state().service().finishing()).contains(ExitStatus.ofCode(3));
    }

    @Test
    void control_script_that_lives_is_waited_for() {
        UnitRecord record = record(
                status(State.RUN, 7, Want.UP),
                Optional.of(RUN),
                Pending.NOTHING,
                Optional.empty(),
                Optional.of(new Script('t', Optional.of(CONTROL), Optional.empty())));

        GoOn goOn = goOn(left(record, lives(RUN), lives(CONTROL)));

        assertThat(goOn.state().service().busy()).isEqualTo(Busy.SCRIPT);
        assertThat(goOn.service().script()).contains('t');
        assertThat(goOn.service().scriptProcess()).isEqualTo(lives(CONTROL));
    }

    @Test
    void what_was_heard_and_not_seen_to_is_still_due() {
        Pending pending = new Pending(
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.of('d'),
                Optional.of(ExitStatus.ofCode(4)),
                true,
                false);
        UnitRecord record = record(
                status(State.RUN, 7, Want.UP),
                Optional.of(RUN),
                pending,
                Optional.empty(),
                Optional.of(new Script('t', Optional.of(CONTROL), Optional.empty())));

        GoOn goOn = goOn(left(record, gone(RUN, ExitStatus.UNKNOWN), lives(CONTROL)));

        assertThat(goOn.state().terminating()).isTrue();
        assertThat(goOn.state().service())
                .isEqualTo(new Unit(
                        record.status(),
                        Busy.SCRIPT,
                        true,
                        false,
                        false,
                        Optional.empty(),
                        Optional.of('d'),
                        Optional.of(new RunsvEvent.ProcessEnded(Role.SERVICE, ExitStatus.ofCode(4), true))));
    }

    // ---- it ended meanwhile

    @Test
    void end_meanwhile_is_taken_up_with_its_status() {
        GoOn goOn = goOn(left(running(), gone(RUN, ExitStatus.ofCode(3))));

        assertThat(goOn.state().service()).isEqualTo(Unit.of(running().status()));
        assertThat(goOn.service().process()).isEqualTo(gone(RUN, ExitStatus.ofCode(3)));
    }

    @Test
    void end_meanwhile_of_which_nobody_knows_more_tells_finish_minus_one_and_zero() {
        GoOn goOn = goOn(left(running(), gone(RUN, ExitStatus.UNKNOWN)));

        RunsvRule.Decision decision = RunsvRule.decide(
                goOn.state(), new RunsvEvent.ProcessEnded(Role.SERVICE, ExitStatus.UNKNOWN, true), NOW);

        assertThat(decision.actions()).contains(new RunsvAction.StartFinish(-1, 0));
    }

    @Test
    void throttle_goes_on_for_its_rest() {
        UnitRecord record = record(
                status(State.DOWN, 0, Want.UP),
                Optional.empty(),
                pending(false, Optional.of(NOW.plusMillis(300)), Optional.empty(), false),
                Optional.empty(),
                Optional.empty());

        GoOn goOn = goOn(left(record, Nobody.INSTANCE));

        assertThat(goOn.state().service().throttled()).isTrue();
        assertThat(goOn.service().throttledUntil()).contains(NOW.plusMillis(300));
    }

    @Test
    void throttle_that_is_over_is_over() {
        UnitRecord record = record(
                status(State.DOWN, 0, Want.UP),
                Optional.empty(),
                pending(false, Optional.of(NOW), Optional.empty(), false),
                Optional.empty(),
                Optional.empty());

        assertThat(goOn(left(record, Nobody.INSTANCE)).state().service().throttled())
                .isFalse();
    }

    @Test
    void what_was_put_down_stays_down() {
        GoOn goOn = goOn(left(record(status(State.DOWN, 0, Want.DOWN), Optional.empty()), Nobody.INSTANCE));

        assertThat(goOn.isAdoption()).isTrue();
        assertThat(service(goOn)).isEqualTo(InWords.of(status(State.DOWN, 0, Want.DOWN)));
    }

    // ---- an intent without identity

    private static UnitRecord starting(State state, Program program) {
        return record(
                status(state, 0, Want.DOWN),
                Optional.empty(),
                pending(true, Optional.empty(), Optional.empty(), false),
                start(program),
                Optional.empty());
    }

    @Test
    void run_that_was_being_started_and_is_found_runs_since_it_was_started() {
        Instant started = THEN.plusMillis(40);

        GoOn goOn = goOn(left(starting(State.DOWN, Program.RUN), new Lives(RUN, started)));

        assertThat(goOn.state().service())
                .isEqualTo(Unit.of(new ServiceStatus(started, 7, false, false, Want.DOWN, State.RUN)));
        assertThat(goOn.service().past()).isEqualTo(new Past(3, Optional.of(started), TWICE.lastEnd()));
    }

    @Test
    void finish_that_was_being_started_and_is_found_keeps_the_time_of_run() {
        GoOn goOn = goOn(left(starting(State.FINISH, Program.FINISH), new Lives(RUN, NOW)));

        assertThat(service(goOn)).isEqualTo(InWords.of(status(State.FINISH, 7, Want.DOWN)));
        assertThat(goOn.service().past()).isEqualTo(TWICE);
    }

    @Test
    void start_of_which_nobody_is_found_has_not_taken_place() {
        GoOn goOn = goOn(left(starting(State.DOWN, Program.RUN), Nobody.INSTANCE));

        assertThat(goOn.state().service().busy()).isEqualTo(Busy.NO);
        assertThat(goOn.state().service().once()).isTrue();
        assertThat(service(goOn)).isEqualTo(InWords.of(status(State.DOWN, 0, Want.DOWN)));
    }

    @Test
    void start_of_which_there_are_several_candidates_is_left_alone_and_they_are_named() {
        AdoptionRule.Verdict verdict =
                decide(left(starting(State.DOWN, Program.RUN), new Several(List.of(7, 8))), Optional.empty());

        assertThat(verdict)
                .isEqualTo(new LeaveAlone(
                        "run was being started when its supervisor died, and each of the processes"
                                + " 7, 8 may be it; nothing is started until it is certain: end those that are not",
                        Optional.empty()));
    }

    @Test
    void several_candidates_for_the_logger_keep_the_service_too() {
        AdoptionRule.Verdict verdict = decide(
                left(running(), lives(RUN)),
                Optional.of(left(starting(State.DOWN, Program.RUN), new Several(List.of(7, 8)))));

        assertThat(verdict).isInstanceOf(LeaveAlone.class);
        assertThat(((LeaveAlone) verdict).why()).startsWith("log/run was being started");
    }

    @Test
    void control_script_that_was_being_started_is_run_if_nobody_is_found_and_left_alone_if_several_are() {
        UnitRecord record = record(
                status(State.RUN, 7, Want.UP),
                Optional.of(RUN),
                Pending.NOTHING,
                Optional.empty(),
                Optional.of(new Script('h', Optional.empty(), start(Program.SCRIPT))));

        GoOn goOn = goOn(left(record, lives(RUN), Nobody.INSTANCE));

        assertThat(goOn.state().service().busy()).isEqualTo(Busy.SCRIPT);
        assertThat(goOn.service().scriptProcess()).isEqualTo(Nobody.INSTANCE);
        AdoptionRule.Verdict doubt = decide(left(record, lives(RUN), new Several(List.of(8, 9))), Optional.empty());
        assertThat(doubt).isInstanceOf(LeaveAlone.class);
        assertThat(((LeaveAlone) doubt).why()).startsWith("control/h was being started");
    }

    // ---- a supervisor that died between what it wrote and what it did

    @Test
    void signal_that_was_recorded_and_perhaps_not_sent_is_sent() {
        UnitRecord record = record(
                new ServiceStatus(THEN, 7, true, true, Want.DOWN, State.RUN),
                Optional.of(RUN),
                Pending.NOTHING.with(List.of(Signal.TERM, Signal.CONT)),
                Optional.empty(),
                Optional.empty());

        assertThat(goOn(left(record, lives(RUN))).service().signals()).containsExactly(Signal.TERM, Signal.CONT);
        assertThat(goOn(left(record, gone(RUN, ExitStatus.UNKNOWN))).service().signals())
                .isEmpty();
        assertThat(goOn(left(running(), lives(RUN))).service().signals()).isEmpty();
    }

    /** As after {@code u} while the logger drains: the service's record is written first. */
    @Test
    void logger_is_wanted_again_where_its_service_does_not_drain_any_more() {
        UnitRecord old = record(status(State.RUN, 5, Want.EXIT), Optional.of(LOGGER));

        GoOn goOn = goOn(left(running(), lives(RUN)), left(old, lives(LOGGER)));

        assertThat(goOn.state().draining()).isFalse();
        assertThat(goOn.state().unit(Role.LOG).status().want()).isEqualTo(Want.UP);
    }

    // ---- other boot, garbage, nothing

    @Test
    void record_of_another_boot_counts_for_nothing() {
        AdoptionRule.Verdict verdict = AdoptionRule.decide(new Situation(
                "another boot", NOW, true, left(running(), lives(RUN)), Optional.of(left(logging(), lives(LOGGER)))));

        GoOn goOn = (GoOn) verdict;
        assertThat(goOn.isAdoption()).isFalse();
        assertThat(goOn.state())
                .isEqualTo(RunsvState.beginning(Unit.down(Want.UP, NOW), Optional.of(Unit.down(Want.UP, NOW))));
        assertThat(goOn.service().process()).isEqualTo(Nobody.INSTANCE);
    }

    /** As in a container that hides its id: a second copy would be worse. */
    @Test
    void record_counts_where_the_boot_is_not_known() {
        AdoptionRule.Verdict verdict = AdoptionRule.decide(
                new Situation("", NOW, true, left(running(), lives(RUN)), Optional.of(left(logging(), lives(LOGGER)))));

        assertThat(((GoOn) verdict).service().process()).isEqualTo(lives(RUN));
        assertThat(((GoOn) verdict).log().orElseThrow().process()).isEqualTo(lives(LOGGER));
    }

    @ParameterizedTest
    @EnumSource(
            value = Want.class,
            names = {"UP", "DOWN"})
    void without_a_record_it_begins_as_its_directory_says(Want want) {
        GoOn goOn = goOn(new Left(want, Optional.empty()));

        assertThat(goOn.isAdoption()).isFalse();
        assertThat(goOn.state()).isEqualTo(RunsvState.beginning(Unit.down(want, NOW), Optional.empty()));
    }

    @Test
    void supervision_that_had_come_to_its_end_begins_anew() {
        UnitRecord over = record(status(State.DOWN, 0, Want.EXIT), Optional.empty());

        GoOn goOn = goOn(left(over, Nobody.INSTANCE), left(over, Nobody.INSTANCE));

        assertThat(goOn.isAdoption()).isFalse();
        assertThat(goOn.state().service()).isEqualTo(Unit.down(Want.UP, NOW));
        assertThat(goOn.state().log()).contains(Unit.down(Want.UP, NOW));
    }

    // ---- the logger

    @Test
    void logger_that_lives_goes_on() {
        GoOn goOn = goOn(left(running(), lives(RUN)), left(logging(), lives(LOGGER)));

        assertThat(goOn.state().log()).contains(Unit.of(logging().status()));
        assertThat(goOn.log().orElseThrow().process()).isEqualTo(lives(LOGGER));
        assertThat(goOn.state().draining()).isFalse();
    }

    @Test
    void logger_that_died_has_ended_now() {
        GoOn goOn = goOn(left(running(), lives(RUN)), left(logging(), gone(LOGGER, ExitStatus.UNKNOWN)));

        assertThat(goOn.log().orElseThrow().process()).isEqualTo(gone(LOGGER, ExitStatus.UNKNOWN));
    }

    @Test
    void logger_of_a_service_that_is_wanted_to_exit_gets_the_end_of_its_input() {
        UnitRecord exiting = record(status(State.RUN, 7, Want.EXIT), Optional.of(RUN));

        GoOn goOn = goOn(left(exiting, gone(RUN, ExitStatus.UNKNOWN)), left(logging(), lives(LOGGER)));
        RunsvRule.Decision decision = RunsvRule.decide(
                goOn.state(), new RunsvEvent.ProcessEnded(Role.SERVICE, ExitStatus.UNKNOWN, false), NOW);

        assertThat(decision.actions()).contains(RunsvAction.ClosePipe.INSTANCE);
        assertThat(decision.state().draining()).isTrue();
    }

    @Test
    void logger_that_drains_goes_on_draining() {
        UnitRecord ended = record(
                status(State.DOWN, 0, Want.EXIT),
                Optional.empty(),
                pending(false, Optional.empty(), Optional.empty(), true),
                Optional.empty(),
                Optional.empty());
        UnitRecord drains = record(status(State.RUN, 5, Want.EXIT), Optional.of(LOGGER));

        GoOn goOn = goOn(left(ended, Nobody.INSTANCE), left(drains, lives(LOGGER)));

        assertThat(goOn.state().draining()).isTrue();
        assertThat(goOn.state().service().status().want()).isEqualTo(Want.EXIT);
        assertThat(goOn.log().orElseThrow().process()).isEqualTo(lives(LOGGER));
    }

    @Test
    void log_that_the_supervisor_wrote_itself_is_begun_anew_and_has_not_ended() {
        UnitRecord own = record(status(State.RUN, 50, Want.UP), Optional.empty());

        GoOn goOn = goOn(left(running(), lives(RUN)), left(own, Nobody.INSTANCE));

        assertThat(InWords.of(goOn.state().unit(Role.LOG).status()))
                .isEqualTo(InWords.of(new ServiceStatus(NOW, 0, false, false, Want.UP, State.DOWN)));
        assertThat(goOn.log().orElseThrow().process()).isEqualTo(Nobody.INSTANCE);
    }

    @Test
    void logger_of_which_there_is_no_directory_any_more_is_nobodys() {
        GoOn goOn = goOn(left(running(), lives(RUN)));

        assertThat(goOn.log()).isEmpty();
        assertThat(goOn.state().log()).isEmpty();
    }

    @Test
    void logger_that_is_new_begins_beside_a_service_that_goes_on() {
        GoOn goOn = goOn(left(running(), lives(RUN)), NOTHING);

        assertThat(goOn.isAdoption()).isTrue();
        assertThat(goOn.state().log()).contains(Unit.down(Want.UP, NOW));
        assertThat(goOn.log().orElseThrow().counts()).isFalse();
    }

    // ---- what no record names: what follows in which case is in UnrecordedRuleTest

    private static Left traced(Role role, Optional<String> unread, Optional<Known> named, Known... there) {
        List<Trace> traces = Stream.of(there).map(who -> new Trace(who, THEN)).toList();
        ServiceStatus told =
                status(State.RUN, named.map(who -> who.identity().pid()).orElse(0), Want.DOWN);
        return new Left(
                Want.UP,
                Optional.empty(),
                Optional.of(new Traces(
                        role, unread, Optional.of(told), THEN, named.map(who -> new Trace(who, THEN)), traces)));
    }

    @Test
    void who_is_known_by_status_is_taken_up_as_that_says() {
        GoOn goOn = goOn(
                traced(Role.SERVICE, Optional.of("it is torn"), Optional.of(RUN), RUN),
                traced(Role.LOG, Optional.of("it is torn"), Optional.of(LOGGER), LOGGER));

        assertThat(goOn.isAdoption()).isTrue();
        assertThat(goOn.state())
                .isEqualTo(RunsvState.beginning(
                        Unit.of(status(State.RUN, 7, Want.DOWN)),
                        Optional.of(Unit.of(status(State.RUN, 5, Want.DOWN)))));
        assertThat(goOn.service().process()).isEqualTo(lives(RUN));
        assertThat(goOn.log().orElseThrow().process()).isEqualTo(lives(LOGGER));
        assertThat(goOn.service().past().started()).contains(THEN);
        assertThat(goOn.lines()).hasSize(2);
    }

    @Test
    void who_may_be_a_logger_that_no_record_names_keeps_the_service_too() {
        AdoptionRule.Verdict verdict = decide(
                left(running(), lives(RUN)),
                Optional.of(traced(Role.LOG, Optional.of("it is torn"), Optional.empty(), LOGGER)));

        assertThat(verdict).isInstanceOf(LeaveAlone.class);
    }

    @Test
    void who_is_named_by_status_is_taken_up_in_place_of_one_that_has_ended() {
        Left service = traced(Role.SERVICE, Optional.empty(), Optional.of(known(8)), known(8));

        GoOn goOn = goOn(new Left(
                Want.UP,
                Optional.of(new Found(running(), gone(RUN, ExitStatus.UNKNOWN), Nobody.INSTANCE)),
                service.traces()));

        assertThat(goOn.service().process()).isEqualTo(lives(known(8)));
    }

    @Test
    void second_one_that_status_names_is_told_beside_whom_the_record_names() {
        Left service = traced(Role.SERVICE, Optional.empty(), Optional.of(known(8)), known(8));

        assertThat(beside(lives(RUN), service.traces()).lines())
                .singleElement()
                .asString()
                .startsWith("run is adopted, pid 7, which supervise/.state names; supervise/status names another one,"
                        + " process 8");
        assertThat(beside(lives(RUN), service.traces()).service().process()).isEqualTo(lives(RUN));
        assertThat(beside(lives(RUN), Optional.empty()).lines()).isEmpty();
        assertThat(beside(gone(RUN, ExitStatus.UNKNOWN), service.traces()).lines())
                .isEmpty();
    }

    private static GoOn beside(Seen process, Optional<Traces> beside) {
        return goOn(new Left(
                Want.UP, Optional.of(new Found(running(), process, Nobody.INSTANCE)), Optional.empty(), beside));
    }

    @Test
    void garbage_of_which_nothing_is_left_counts_for_nothing_and_is_told() {
        GoOn goOn = goOn(traced(Role.SERVICE, Optional.of("it is torn"), Optional.empty()));

        assertThat(goOn.isAdoption()).isFalse();
        assertThat(goOn.state().service()).isEqualTo(Unit.down(Want.UP, NOW));
        assertThat(goOn.lines()).hasSize(1);
    }

    @Test
    void who_may_be_it_or_another_s_keeps_a_start_from_being_made_again() {
        UnitRecord starting = starting(State.DOWN, Program.RUN);

        assertThat(decide(left(starting, new Unsure(List.of(7))), Optional.empty()))
                .isEqualTo(new LeaveAlone(
                        "run was being started when its supervisor died, and process 7 may be it, or"
                                + " is another's; nothing is started while it runs: end it, or make an empty"
                                + " supervise/status if it is not",
                        Optional.empty()));
        assertThat(decide(left(running(), lives(RUN)), Optional.of(left(starting, new Unsure(List.of(7, 8))))))
                .isEqualTo(new LeaveAlone(
                        "log/run was being started when its supervisor died, and each of the processes 7, 8 may be it,"
                                + " or is another's; nothing is started while one of them runs: end it, or make an empty"
                                + " log/supervise/status if none of them is; meanwhile run (pid 7) goes on and is not"
                                + " supervised",
                        Optional.of("run (pid 7) goes on and is not supervised")));
    }

    private static Optional<String> goesOn(Left service, Optional<Left> log) {
        return ((LeaveAlone) decide(service, log)).goesOn();
    }

    /** Nobody is there for it until the doubt is over. */
    @Test
    void what_surely_runs_while_something_else_is_in_doubt_is_named() {
        UnitRecord script = record(
                status(State.RUN, 7, Want.UP),
                Optional.of(RUN),
                Pending.NOTHING,
                Optional.empty(),
                Optional.of(new Script('h', Optional.empty(), start(Program.SCRIPT))));
        UnitRecord finishing = record(status(State.FINISH, 7, Want.UP), Optional.of(RUN));
        Left inDoubt = left(starting(State.DOWN, Program.RUN), new Unsure(List.of(8)));

        assertThat(goesOn(
                        left(script, lives(RUN), new Unsure(List.of(8))), Optional.of(left(logging(), lives(LOGGER)))))
                .contains("run (pid 7) and log/run (pid 5) go on and are not supervised");
        assertThat(goesOn(left(finishing, lives(RUN)), Optional.of(inDoubt)))
                .contains("finish (pid 7) goes on and is not supervised");
        assertThat(goesOn(inDoubt, Optional.of(left(logging(), lives(LOGGER)))))
                .contains("log/run (pid 5) goes on and is not supervised");
        assertThat(goesOn(inDoubt, Optional.of(NOTHING))).isEmpty();
        assertThat(goesOn(left(running(), gone(RUN, ExitStatus.UNKNOWN)), Optional.of(inDoubt)))
                .isEmpty();
        assertThat(goesOn(traced(Role.SERVICE, Optional.of("it is torn"), Optional.of(RUN), RUN), Optional.of(inDoubt)))
                .contains("run (pid 7) goes on and is not supervised");
    }

    // ---- oneshots

    private static UnitRecord oneshot(Want want, boolean done) {
        UnitRecord left = record(status(State.DOWN, 0, want), Optional.empty());
        return done ? left.asDone() : left;
    }

    private static RunsvState next(UnitRecord left, Optional<Again> again, String boot) {
        Situation situation = new Situation(boot, NOW, true, left(left, Nobody.INSTANCE), Optional.empty(), again);
        return ((GoOn) AdoptionRule.decide(situation)).state();
    }

    /**
     * A launcher that was killed is followed by one that goes on; where supervision has come to its end in order the
     * next one begins anew, and so it does after a boot.
     */
    @ParameterizedTest
    @CsvSource({
        "down, true, GROUP, same, DOWN DONE",
        "down, true, ONCE, same, DOWN DONE",
        "down, false, GROUP, same, DOWN DUE",
        "up, false, ONCE, same, UP DUE",
        "up, true, ONCE, same, UP DONE",
        "exit, true, GROUP, same, UP DUE",
        "exit, true, ONCE, same, DOWN DONE",
        "exit, false, ONCE, same, UP DUE",
        "down, true, ONCE, other, UP DUE",
        "exit, true, ONCE, other, UP DUE",
        "down, true, , same, DOWN NONE",
        "exit, true, , same, UP NONE"
    })
    void what_is_done_is_not_done_twice(String want, boolean done, Again again, String boot, String expected) {
        UnitRecord left = oneshot(Want.valueOf(want.toUpperCase(Locale.ROOT)), done);

        RunsvState next = next(left, Optional.ofNullable(again), boot.equals("same") ? BOOT : "other");

        assertThat(next.service().status().want() + " " + next.oneshot()).isEqualTo(expected);
    }

    @Test
    void one_that_was_started_again_in_the_moment_of_the_death_is_not_done() {
        UnitRecord left = record(
                        status(State.DOWN, 0, Want.UP),
                        Optional.empty(),
                        Pending.NOTHING,
                        start(Program.RUN),
                        Optional.empty())
                .asDone();
        Situation situation =
                new Situation(BOOT, NOW, true, left(left, lives(RUN)), Optional.empty(), Optional.of(Again.ONCE));

        RunsvState state = ((GoOn) AdoptionRule.decide(situation)).state();

        assertThat(state.service().status().state()).isEqualTo(State.RUN);
        assertThat(state.oneshot()).isEqualTo(RunsvState.Oneshot.DUE);
    }

    @Test
    void a_oneshot_that_nobody_has_supervised_is_due() {
        Situation situation = new Situation(BOOT, NOW, true, NOTHING, Optional.empty(), Optional.of(Again.ONCE));

        assertThat(((GoOn) AdoptionRule.decide(situation)).state().oneshot()).isEqualTo(RunsvState.Oneshot.DUE);
    }

    @Test
    void that_it_is_done_is_recorded_of_the_service_alone() {
        Unit down = Unit.down(Want.DOWN, NOW);
        AdoptionRule.Facts facts = new AdoptionRule.Facts(
                SUPERVISOR,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                TWICE,
                Optional.empty(),
                Optional.empty(),
                List.of());
        RunsvState state = RunsvState.beginning(down, Optional.of(down));

        assertThat(AdoptionRule.record(state.as(RunsvState.Oneshot.DONE), Role.SERVICE, facts)
                        .past())
                .isEqualTo(TWICE.with(true));
        assertThat(AdoptionRule.record(state.as(RunsvState.Oneshot.DONE), Role.LOG, facts)
                        .past())
                .isEqualTo(TWICE);
        assertThat(AdoptionRule.record(state.as(RunsvState.Oneshot.DUE), Role.SERVICE, facts)
                        .past())
                .isEqualTo(TWICE);
    }
}
