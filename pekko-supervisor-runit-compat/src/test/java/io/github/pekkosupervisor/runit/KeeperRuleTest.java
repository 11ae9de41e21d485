package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.protocol.StartGate.Cause;
import io.github.pekkosupervisor.runit.KeeperAction.Deed;
import io.github.pekkosupervisor.runit.KeeperEvent.Fact;
import io.github.pekkosupervisor.runit.export.Call;
import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What follows for a service directory by OTP's rules, event by event. */
@Execution(ExecutionMode.CONCURRENT)
class KeeperRuleTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final ExitReason STOPPED = ExitReason.failed("its supervision was stopped");
    private static final ExitReason TOO_LATE = ExitReason.failed("its supervision by runit's rules has ended");

    private KeeperState state = KeeperState.beginning(NOON, false);

    /** What the last of these events leads to. */
    private List<KeeperAction> after(KeeperEvent... events) {
        List<KeeperAction> last = List.of();
        for (KeeperEvent event : events) {
            KeeperRule.Decision decision = KeeperRule.decide(state, event, NOON);
            state = decision.state();
            last = decision.actions();
        }
        return last;
    }

    private static KeeperEvent begins(long incarnation, Cause cause) {
        return new KeeperEvent.Begins(incarnation, cause);
    }

    private static KeeperEvent up() {
        return new KeeperEvent.Up(false);
    }

    private static KeeperEvent over() {
        return new KeeperEvent.Over(false);
    }

    private static KeeperEvent stop(long incarnation) {
        return new KeeperEvent.StopAsked(incarnation, false);
    }

    private static KeeperEvent ended(int code) {
        return new KeeperEvent.RunEnded(ExitStatus.ofCode(code));
    }

    private static KeeperEvent letters(char letter) {
        return new KeeperEvent.Letter(letter);
    }

    private static KeeperAction start(long incarnation, boolean obeysFile) {
        return new KeeperAction.Start(incarnation, obeysFile);
    }

    private static KeeperAction tellOver(long incarnation, ExitReason reason) {
        return new KeeperAction.TellOver(incarnation, Optional.of(reason));
    }

    private static KeeperAction tellOver(long incarnation) {
        return new KeeperAction.TellOver(incarnation, Optional.empty());
    }

    private void runs(long incarnation) {
        after(begins(incarnation, Cause.START_UP), new KeeperEvent.RunIs(4711), up());
    }

    // ---- an incarnation

    @Test
    void the_first_has_the_service_directory_opened_and_obeys_a_file_down() {
        assertThat(after(begins(1, Cause.START_UP))).containsExactly(Deed.OPEN, start(1, true));
        assertThat(after(new KeeperEvent.RunIs(4711), up())).containsExactly(new KeeperAction.TellUp(1, 4711));
        assertThat(after(up())).isEmpty();
    }

    @Test
    void one_that_is_restarted_or_called_for_obeys_no_file() {
        runs(1);
        after(ended(1), over());

        assertThat(after(begins(2, Cause.RESTART))).containsExactly(start(2, false));
        after(up(), ended(1), over());
        assertThat(after(begins(3, Cause.GROUP))).containsExactly(start(3, true));
        after(up(), ended(1), over());
        assertThat(after(begins(4, Cause.CALL))).containsExactly(start(4, false));
    }

    @Test
    void its_run_that_hangs_and_works_again_is_told_once_it_is_up() {
        KeeperEvent hangs = new KeeperEvent.RunHangs("silent", true);
        assertThat(after(hangs, new KeeperEvent.RunWorks())).isEmpty();
        after(begins(1, Cause.START_UP), new KeeperEvent.RunIs(4711));
        assertThat(after(hangs)).isEmpty();
        assertThat(after(new KeeperEvent.RunWorks())).isEmpty();
        after(up());

        assertThat(after(hangs)).containsExactly(new KeeperAction.TellHung(1, "silent", true));
        assertThat(after(new KeeperEvent.RunWorks())).containsExactly(new KeeperAction.TellRecovered(1));
    }

    @Test
    void its_end_is_told_with_what_its_run_said() {
        runs(1);
        assertThat(after(ended(0), over())).containsExactly(tellOver(1, ExitReason.normal()));
        after(begins(2, Cause.RESTART), up());
        assertThat(after(ended(3), over())).containsExactly(tellOver(2, new ExitReason.ExitCode(3)));
        after(begins(3, Cause.RESTART), up());
        assertThat(after(over())).containsExactly(tellOver(3, STOPPED));
        assertThat(after(over())).isEmpty();
    }

    @Test
    void its_start_fails_with_the_first_reason() {
        after(begins(1, Cause.START_UP), new KeeperEvent.StartFailed("no"), new KeeperEvent.StartFailed("never"));
        assertThat(after(over())).containsExactly(tellOver(1, ExitReason.failed("no")));
        after(begins(2, Cause.RESTART));
        assertThat(after(over())).containsExactly(tellOver(2, ExitReason.failed("run could not be started")));
    }

    @Test
    void a_file_down_has_it_ignored() {
        assertThat(after(begins(1, Cause.START_UP), Fact.DOWN_FILE))
                .containsExactly(Deed.SAY_DOWN_FILE, new KeeperAction.TellNotNow(1));
        assertThat(state.child().phase()).isEqualTo(Phase.DOWN);
        assertThat(after(Fact.DOWN_FILE)).isEmpty();
    }

    @Test
    void one_that_is_stopped_says_no_reason_whatever_its_run_said() {
        runs(1);
        assertThat(after(stop(1))).containsExactly(new KeeperAction.Stop(false, false));
        assertThat(state.child().phase()).isEqualTo(Phase.STOPPING);
        assertThat(after(ended(3), over())).containsExactly(tellOver(1));
        assertThat(state.child().phase()).isEqualTo(Phase.DOWN);
    }

    @Test
    void one_that_is_stopped_for_others_waits_for_them() {
        runs(1);
        after(new KeeperEvent.StopAsked(1, true), new KeeperEvent.Over(true));
        assertThat(state.child().phase()).isEqualTo(Phase.WAITING);
    }

    @Test
    void one_that_is_killed_or_whose_actor_has_ended_has_nothing_left() {
        runs(1);
        assertThat(after(new KeeperEvent.KillAsked(1))).containsExactly(Deed.KILL);
        assertThat(after(new KeeperEvent.IncarnationEnded(1))).containsExactly(Deed.KILL);
        assertThat(after(up())).isEmpty();
        assertThat(after(over())).containsExactly(tellOver(1));
        assertThat(after(new KeeperEvent.IncarnationEnded(1))).isEmpty();
    }

    @Test
    void one_that_comes_before_nothing_is_left_of_the_last_waits() {
        runs(1);
        assertThat(after(begins(2, Cause.RESTART))).isEmpty();
        assertThat(after(over())).containsExactly(tellOver(1, STOPPED), start(2, false));
    }

    @Test
    void one_that_waits_is_told_at_once_that_it_is_over_when_it_is_stopped_or_another_comes() {
        runs(1);
        after(begins(2, Cause.RESTART));
        assertThat(after(stop(2))).containsExactly(tellOver(2));
        after(begins(3, Cause.RESTART));
        assertThat(after(begins(4, Cause.RESTART))).containsExactly(tellOver(3));
        assertThat(after(new KeeperEvent.KillAsked(4))).containsExactly(tellOver(4));
        assertThat(after(over())).containsExactly(tellOver(1, STOPPED));
    }

    // ---- letters

    @Test
    void letters_are_asked_for_one_after_another() {
        runs(1);
        assertThat(after(letters('d'))).containsExactly(new KeeperAction.Ask(Call.TERMINATE));
        assertThat(after(letters('u'))).isEmpty();
        after(stop(1), over());
        assertThat(after(new KeeperEvent.Answered(Call.TERMINATE, true)))
                .containsExactly(new KeeperAction.Ask(Call.RESTART));
    }

    @Test
    void what_a_letter_has_put_down_is_not_started_with_its_group_but_by_a_call() {
        runs(1);
        after(letters('d'), stop(1), over(), new KeeperEvent.Answered(Call.TERMINATE, true));

        assertThat(after(begins(2, Cause.GROUP))).containsExactly(new KeeperAction.TellNotNow(2));
        assertThat(after(begins(3, Cause.CALL))).containsExactly(start(3, false));
    }

    @Test
    void in_a_renewal_control_t_has_had_its_say() {
        runs(1);
        assertThat(after(letters('t'))).containsExactly(new KeeperAction.Ask(Call.RENEW));
        assertThat(after(new KeeperEvent.StopAsked(1, true))).containsExactly(new KeeperAction.Stop(true, true));
    }

    @Test
    void one_that_is_to_run_once_is_left_down_when_that_is_so() {
        runs(1);
        after(letters('o'));
        assertThat(after(new KeeperEvent.Answered(Call.ONCE, true))).containsExactly(Deed.LEAVE_DOWN);
    }

    @Test
    void one_that_stays_down_is_not_wanted() {
        runs(1);
        after(ended(0), over());
        assertThat(state.child().phase()).isEqualTo(Phase.RESTARTING);
        assertThat(after(Fact.STAYS_DOWN)).containsExactly(Deed.LEAVE_DOWN);
        assertThat(state.child().phase()).isEqualTo(Phase.DOWN);
    }

    // ---- the end of supervision

    @Test
    void it_is_opened_again_after_a_while_when_a_letter_has_ended_it() {
        runs(1);
        after(letters('x'), stop(1), over(), new KeeperEvent.Answered(Call.TERMINATE, true));
        assertThat(after(Fact.SUPERVISOR_GONE)).containsExactly(Deed.AWAIT_LAST_WORDS);
        assertThat(after(new KeeperEvent.SupervisionOver(0))).containsExactly(Deed.AWAIT_REOPENING);
        assertThat(after(Fact.SILENT)).isEmpty();
        assertThat(after(Fact.REOPENS)).containsExactly(Deed.OPEN);
        assertThat(after(begins(2, Cause.CALL))).containsExactly(start(2, false));
    }

    @Test
    void one_that_was_ordered_as_it_ended_is_ordered_anew() {
        runs(1);
        after(letters('x'), stop(1), over(), begins(2, Cause.CALL), new KeeperEvent.SupervisionOver(0));
        assertThat(after(Fact.SUPERVISOR_GONE)).containsExactly(Deed.AWAIT_LAST_WORDS, Deed.OPEN, start(2, false));
    }

    @Test
    void one_that_comes_while_it_ends_waits_for_that() {
        runs(1);
        after(letters('x'), stop(1), over(), Fact.SUPERVISOR_GONE);
        assertThat(after(begins(2, Cause.CALL))).isEmpty();
        assertThat(after(new KeeperEvent.SupervisionOver(111))).containsExactly(Deed.OPEN, start(2, false));
    }

    @Test
    void where_it_could_not_begin_the_start_fails_and_it_is_tried_again() {
        after(begins(1, Cause.START_UP), new KeeperEvent.StartFailed("locked"), Fact.SUPERVISOR_GONE);
        assertThat(after(new KeeperEvent.SupervisionOver(111)))
                .containsExactly(tellOver(1, ExitReason.failed("locked")), Deed.AWAIT_REOPENING);
    }

    @Test
    void where_it_fails_the_incarnation_has_crashed_and_where_nobody_says_how_it_was_stopped() {
        runs(1);
        IllegalStateException defect = new IllegalStateException("defect");
        assertThat(after(new KeeperEvent.SupervisionFailed(defect)))
                .containsExactly(tellOver(1, ExitReason.crash(defect)), Deed.AWAIT_REOPENING);
        after(begins(2, Cause.RESTART), up(), Fact.SUPERVISOR_GONE);
        assertThat(after(Fact.SILENT)).containsExactly(tellOver(2, STOPPED), Deed.AWAIT_REOPENING);
    }

    @Test
    void one_that_was_asked_to_stop_meanwhile_is_over_without_a_reason_and_waits_for_its_group() {
        runs(1);
        after(new KeeperEvent.StopAsked(1, true));
        assertThat(after(new KeeperEvent.SupervisionFailed(new IllegalStateException("defect"))))
                .containsExactly(tellOver(1), Deed.AWAIT_REOPENING);
        assertThat(state.child().phase()).isEqualTo(Phase.WAITING);
    }

    // ---- others before it

    @Test
    void as_long_as_others_have_the_service_directory_nothing_is_opened() {
        state = KeeperState.beginning(NOON, true);
        assertThat(after(begins(1, Cause.CALL))).containsExactly(new KeeperAction.HoldBack(1));
        assertThat(after(Fact.FREE)).containsExactly(Deed.OPEN, start(1, false));
    }

    @Test
    void one_that_is_held_back_is_over_at_once_when_it_is_stopped() {
        state = KeeperState.beginning(NOON, true);
        after(begins(1, Cause.CALL));
        assertThat(after(stop(1))).containsExactly(tellOver(1));
        after(begins(2, Cause.CALL));
        assertThat(after(new KeeperEvent.KillAsked(2))).containsExactly(tellOver(2));
        assertThat(after(Fact.FREE)).containsExactly(Deed.OPEN);
    }

    // ---- the end

    @Test
    void who_leaves_ends_when_supervision_has() {
        runs(1);
        assertThat(after(Fact.LEAVES)).containsExactly(Deed.END_SUPERVISION);
        after(new KeeperEvent.SupervisionOver(0));
        assertThat(after(Fact.SUPERVISOR_GONE)).containsExactly(Deed.AWAIT_LAST_WORDS, Deed.END);
    }

    @Test
    void who_leaves_while_nothing_is_open_ends_at_once() {
        assertThat(after(Fact.LEAVES)).containsExactly(Deed.END);
    }

    @Test
    void who_leaves_starts_nothing_any_more() {
        runs(1);
        after(begins(2, Cause.RESTART), Fact.LEAVES);
        assertThat(after(over())).containsExactly(tellOver(1, STOPPED), tellOver(2, TOO_LATE));
        assertThat(after(begins(3, Cause.CALL))).containsExactly(tellOver(3, TOO_LATE));
        assertThat(after(Fact.REOPENS)).isEmpty();
        assertThat(after(letters('u'))).isEmpty();
    }
}
