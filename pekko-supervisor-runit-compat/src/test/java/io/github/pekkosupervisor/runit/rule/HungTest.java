package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.rule.RunsvState.Hang;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@code run} that runs and does not work, which runit knows nothing of; all else is as in {@link RunsvRuleTest}. */
class HungTest {

    private static final ExitStatus TERMINATED = ExitStatus.ofSignal(15);

    @Test
    void it_is_stopped_as_by_t_and_continued_so_that_it_can_end() {
        RunsvPuppet runsv = RunsvPuppet.running();

        assertThat(runsv.hung()).isEqualTo("await hung; script t");
        assertThat(runsv.scriptEnded('t'))
                .isEqualTo("signal service TERM; publish service run 7 up @0 term; signal service CONT");
        assertThat(runsv.ended(TERMINATED, false)).isEqualTo("publish service down 0 up @5000; script u");
        assertThat(runsv.state().hang()).isEqualTo(Hang.NONE);
    }

    @Test
    void its_finish_is_run_as_after_any_end() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        runsv.scriptEnded('t');

        assertThat(runsv.ended(TERMINATED, true)).isEqualTo("publish service finish 0 up @0; finish -1 15");
        assertThat(runsv.state().hang()).isEqualTo(Hang.NONE);
    }

    @Test
    void a_script_t_may_see_to_it_by_itself() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();

        assertThat(runsv.scriptVetoed('t')).isEqualTo("signal service CONT");
        assertThat(runsv.service()).isEqualTo("run 7 up @0");
    }

    @Test
    void one_that_does_not_end_in_time_is_killed_as_by_k() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        runsv.scriptEnded('t');

        assertThat(runsv.hangOverdue()).isEqualTo("await hung; script k");
        assertThat(runsv.scriptEnded('k')).isEqualTo("signal service KILL");
        assertThat(runsv.state().hang()).isEqualTo(Hang.KILLING);
        assertThat(runsv.ended(ExitStatus.ofSignal(9), false)).isEqualTo("publish service down 0 up @5000; script u");
        assertThat(runsv.state().hang()).isEqualTo(Hang.NONE);
    }

    @Test
    void it_is_killed_once() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        runsv.scriptEnded('t');
        runsv.hangOverdue();
        runsv.scriptVetoed('k');

        assertThat(runsv.hangOverdue()).isEmpty();
        assertThat(runsv.state().hang()).isEqualTo(Hang.KILLING);
    }

    /** It may wait for the end of what hangs, which it is there to end. */
    @Test
    void a_script_t_that_does_not_end_is_killed_before() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();

        assertThat(runsv.hangOverdue()).isEqualTo("kill script");
        assertThat(runsv.scriptEnded('t'))
                .isEqualTo("signal service TERM; publish service run 7 up @0 term; await hung; script k");
    }

    @Test
    void nor_does_a_script_k_keep_it() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        runsv.scriptEnded('t');
        runsv.hangOverdue();

        assertThat(runsv.hangOverdue()).isEqualTo("kill script");
        assertThat(runsv.scriptEnded('k')).isEqualTo("signal service KILL");
    }

    @Test
    void nor_one_that_runs_before_it_is_stopped() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.read('h');
        runsv.hung();

        assertThat(runsv.hangOverdue()).isEqualTo("kill script");
        assertThat(runsv.state().hang()).isEqualTo(Hang.STOP_DUE);
        assertThat(runsv.scriptEnded('h')).isEqualTo("signal service HUP; await hung; script t");
    }

    @Test
    void the_time_of_a_script_is_over_for_the_one_who_comes_after_too() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        RunsvPuppet successor = RunsvPuppet.after(runsv.state());

        assertThat(successor.begin()).isEqualTo("await hung");
        assertThat(successor.hangOverdue()).isEqualTo("kill script");
        assertThat(successor.scriptEnded('t'))
                .isEqualTo("signal service TERM; publish service run 7 up @0 term; await hung; script t");
    }

    @Test
    void a_script_of_one_that_works_has_all_the_time_it_needs() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.read('h');

        assertThat(runsv.hangOverdue()).isEmpty();
        assertThat(RunsvPuppet.after(runsv.state()).begin()).isEmpty();
    }

    @Test
    void the_stop_waits_for_a_script_that_runs() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.read('h');

        assertThat(runsv.hung()).isEqualTo("await hung");
        assertThat(runsv.scriptEnded('h')).isEqualTo("signal service HUP; await hung; script t");
    }

    @Test
    void one_that_has_ended_meanwhile_is_not_stopped() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.read('h');
        runsv.hung();
        runsv.ended(TERMINATED, false);

        assertThat(runsv.scriptEnded('h')).isEqualTo("signal service HUP; publish service down 0 up @5000; script u");
    }

    @Test
    void it_is_stopped_once() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        runsv.scriptEnded('t');

        assertThat(runsv.hung()).isEmpty();
        assertThat(runsv.state().hang()).isEqualTo(Hang.STOPPING);
    }

    @Test
    void what_is_only_reported_leads_to_nothing() {
        RunsvPuppet runsv = RunsvPuppet.running();

        assertThat(runsv.tell(new RunsvEvent.Hung("silent", false))).isEmpty();
        assertThat(runsv.tell(RunsvEvent.Recovered.INSTANCE)).isEmpty();
        assertThat(runsv.state().hang()).isEqualTo(Hang.NONE);
    }

    @Test
    void a_time_that_is_over_for_one_that_works_means_nothing() {
        assertThat(RunsvPuppet.running().hangOverdue()).isEmpty();
    }

    @Test
    void one_that_is_told_to_end_already_is_not_hung() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.read('t');
        runsv.scriptEnded('t');

        assertThat(runsv.hung()).isEmpty();
        assertThat(runsv.state().isMeantToWork()).isFalse();
    }

    @Test
    void one_that_has_ended_while_a_script_runs_is_not_hung() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.read('h');
        runsv.ended(TERMINATED, false);

        runsv.hung();

        assertThat(runsv.state().hang()).isEqualTo(Hang.NONE);
        assertThat(runsv.state().isMeantToWork()).isFalse();
    }

    @Test
    void one_that_is_down_or_finishing_is_not_hung() {
        assertThat(RunsvPuppet.down().hung()).isEmpty();
        assertThat(RunsvPuppet.finishing().hung()).isEmpty();
        assertThat(RunsvPuppet.starting().hung()).isEmpty();
    }

    @Test
    void sv_down_meanwhile_takes_it_down_and_the_kill_comes_all_the_same() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        runsv.scriptEnded('t');
        runsv.downCommand();

        assertThat(runsv.hangOverdue()).isEqualTo("await hung; script k");
        runsv.scriptEnded('k');
        assertThat(runsv.ended(ExitStatus.ofSignal(9), false)).isEqualTo("publish service down 0 down @5000");
    }

    @Test
    void sv_down_before_its_script_has_ended_runs_control_d() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        runsv.read('d');

        assertThat(runsv.scriptEnded('t'))
                .isEqualTo("signal service TERM; publish service run 7 up @0 term; signal service CONT;"
                        + " publish service run 7 down @0 term; script t");
    }

    @Test
    void the_end_of_the_logger_changes_nothing() {
        RunsvPuppet runsv = RunsvPuppet.runningWithLog();
        runsv.hung();
        runsv.scriptEnded('t');

        runsv.logEnded();

        assertThat(runsv.state().hang()).isEqualTo(Hang.STOPPING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void where_starts_are_ordered_the_stop_is_to_be_ordered_too(boolean isToBeStopped) {
        RunsvPuppet runsv = RunsvPuppet.orderedUp();

        assertThat(runsv.tell(new RunsvEvent.Hung("silent", isToBeStopped))).isEmpty();
        assertThat(runsv.state().hang()).isEqualTo(Hang.NONE);
        assertThat(runsv.stop(true, false)).isEqualTo("script t");
    }

    @Test
    void a_successor_looks_anew() {
        assertThat(RunsvPuppet.running().state().takenOver().hang()).isEqualTo(Hang.NONE);
        assertThat(RunsvPuppet.of(RunsvPuppet.adopted(State.RUN, 7, Want.UP))
                        .state()
                        .isMeantToWork())
                .isTrue();
    }

    /** As far as it had come: before its script, beside it, after TERM, and when KILL was due. */
    @Test
    void a_successor_begins_the_stop_anew() {
        RunsvPuppet due = RunsvPuppet.running();
        due.read('h');
        due.hung();
        assertThat(due.state().takenOver().hang()).isEqualTo(Hang.STOP_DUE);

        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();
        assertThat(runsv.state().takenOver().hang()).isEqualTo(Hang.STOP_DUE);

        runsv.scriptEnded('t');
        RunsvPuppet successor = RunsvPuppet.after(runsv.state());
        assertThat(successor.state().isMeantToWork()).isFalse();
        assertThat(successor.begin()).isEqualTo("await hung; script t");
        successor.scriptEnded('t');
        assertThat(successor.hangOverdue()).isEqualTo("await hung; script k");
        assertThat(successor.scriptEnded('k')).isEqualTo("signal service KILL");
    }

    @Test
    void it_is_being_stopped_also_where_a_start_comes_to_nothing_or_it_is_to_end() {
        RunsvPuppet runsv = RunsvPuppet.running();
        runsv.hung();

        assertThat(runsv.state().withoutStart(Role.SERVICE).hang()).isEqualTo(Hang.STOPPING);
        assertThat(runsv.state().withoutStart(Role.LOG).hang()).isEqualTo(Hang.STOPPING);
        assertThat(runsv.state().ending(true).hang()).isEqualTo(Hang.STOPPING);
    }
}
