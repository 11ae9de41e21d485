package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.rule.RunsvState.Oneshot;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A {@code run} that is over when it has ended well; {@link InWords} tells how to read what follows. */
class OneshotRuleTest {

    private static final ExitStatus WELL = ExitStatus.ofCode(0);

    /** Started as pid 7 at 0; a command is awaited, the time is 5,000. */
    private static RunsvPuppet running() {
        return RunsvPuppet.running().as(Oneshot.DUE);
    }

    /** It has exited with 0 at 5,000; the time is 6,000. */
    private static RunsvPuppet done() {
        RunsvPuppet runsv = running();
        runsv.ended(WELL, false);
        return runsv.at(6_000);
    }

    @Test
    void after_a_good_end_it_is_down_and_not_wanted_up() {
        RunsvPuppet runsv = running();

        assertThat(runsv.ended(WELL, false)).isEqualTo("publish service down 0 down @5000");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
    }

    @Test
    void one_that_is_none_is_started_again() {
        RunsvPuppet runsv = RunsvPuppet.running();

        assertThat(runsv.ended(WELL, false)).isEqualTo("publish service down 0 up @5000; script u");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.NONE);
    }

    @Test
    void finish_is_run_as_ever_and_then_it_is_down() {
        RunsvPuppet runsv = running();

        assertThat(runsv.ended(WELL, true)).isEqualTo("publish service finish 0 down @0; finish 0 0");
        runsv.started(Role.SERVICE, 8);

        assertThat(runsv.at(6_000).ended(ExitStatus.ofCode(3), true)).isEqualTo("publish service down 0 down @6000");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
    }

    /** How the finish ends says nothing. */
    @Test
    void a_finish_that_ends_well_makes_no_good_end_of_a_bad_one() {
        RunsvPuppet runsv = running();
        runsv.ended(ExitStatus.ofCode(3), true);
        runsv.started(Role.SERVICE, 8);

        assertThat(runsv.at(6_000).ended(WELL, true)).isEqualTo("publish service down 0 up @6000; script u");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DUE);
    }

    @ParameterizedTest
    @CsvSource({"3, 0", "0, 15", "0, 9"})
    void after_any_other_end_it_is_started_again(int code, int signal) {
        RunsvPuppet runsv = running();
        ExitStatus end = signal == 0 ? ExitStatus.ofCode(code) : ExitStatus.ofSignal(signal);

        assertThat(runsv.ended(end, false)).isEqualTo("publish service down 0 up @5000; script u");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DUE);
    }

    @Test
    void one_that_had_its_time_and_exits_well_before_it_was_sent_term_is_not_done() {
        RunsvPuppet runsv = running();
        runsv.read('h');
        runsv.hung();

        runsv.ended(WELL, false);

        assertThat(runsv.scriptEnded('h')).isEqualTo("signal service HUP; publish service down 0 up @5000; script u");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DUE);
    }

    @Test
    void one_that_had_its_time_and_is_stopped_by_its_script_t_alone_is_not_done() {
        RunsvPuppet runsv = running();
        runsv.hung();
        runsv.scriptVetoed('t');

        assertThat(runsv.ended(WELL, false)).isEqualTo("publish service down 0 up @5000; script u");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DUE);
    }

    @Test
    void an_end_of_which_nobody_knows_how_it_was_is_none_that_was_good() {
        RunsvPuppet runsv = running();

        assertThat(runsv.ended(ExitStatus.UNKNOWN, false)).isEqualTo("publish service down 0 up @5000; script u");
    }

    /** As {@code sv restart} does: it may have been cut short, whatever it says. */
    @Test
    void one_that_was_sent_term_is_not_done_by_that() {
        RunsvPuppet runsv = running();
        runsv.read('t');
        runsv.scriptEnded('t');

        assertThat(runsv.ended(WELL, false)).isEqualTo("publish service down 0 up @5000; script u");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DUE);
    }

    @Test
    void one_that_was_to_run_once_anyway_is_done() {
        RunsvPuppet runsv = running();
        runsv.read('o');

        assertThat(runsv.ended(WELL, false)).isEqualTo("publish service down 0 down @5000");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
    }

    @Test
    void one_whose_supervision_is_to_end_is_done_and_that_ends() {
        RunsvPuppet runsv =
                RunsvPuppet.of(RunsvPuppet.adopted(State.RUN, 7, Want.EXIT)).as(Oneshot.DUE);
        runsv.begin();

        assertThat(runsv.at(5_000).ended(WELL, false)).isEqualTo("publish service down 0 exit @5000; exit");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
    }

    @ParameterizedTest
    @CsvSource({"u, up", "o, down"})
    void a_command_runs_it_again_and_it_is_due_then(char letter, String want) {
        RunsvPuppet runsv = done();

        assertThat(runsv.read(letter)).isEqualTo("publish service down 0 " + want + " @5000; script u");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
        runsv.scriptEnded('u');
        runsv.started(Role.SERVICE, 9);

        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DUE);
        assertThat(runsv.at(8_000).ended(WELL, false)).startsWith("publish service down 0 down @8000");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
    }

    @Test
    void a_term_finds_nothing_to_be_stopped_and_the_letters_behind_it_run_it_again() {
        RunsvPuppet runsv = done();

        assertThat(runsv.read('t')).isEqualTo("read service");
        runsv.read('c');
        assertThat(runsv.read('u')).isEqualTo("publish service down 0 up @5000; script u");
    }

    @Test
    void one_that_is_wanted_up_while_its_finish_runs_is_started_after_that() {
        RunsvPuppet runsv = running();
        runsv.ended(WELL, true);
        runsv.started(Role.SERVICE, 8);
        runsv.read('u');

        assertThat(runsv.at(6_000).ended(WELL, true)).isEqualTo("publish service down 0 up @6000; script u");
    }

    @Test
    void the_end_of_its_logger_is_none_of_it() {
        RunsvPuppet runsv = RunsvPuppet.runningWithLog().as(Oneshot.DUE);

        assertThat(runsv.logEnded()).isEqualTo("publish log down 0 up @5000; run log");
        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DUE);
    }

    @Test
    void a_start_of_its_logger_is_no_start_of_it() {
        RunsvPuppet runsv = RunsvPuppet.runningWithLog().as(Oneshot.DONE);
        runsv.logEnded();
        runsv.started(Role.LOG, 6);

        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
    }

    @Test
    void a_finish_is_no_start_of_it() {
        RunsvPuppet runsv = running();
        runsv.ended(WELL, true);
        runsv.started(Role.SERVICE, 8);

        assertThat(runsv.state().oneshot()).isEqualTo(Oneshot.DONE);
    }

    @Test
    void whoever_goes_on_from_a_state_goes_on_with_that() {
        RunsvState done = done().state();

        assertThat(done.takenOver().oneshot()).isEqualTo(Oneshot.DONE);
        assertThat(done.ending(false).oneshot()).isEqualTo(Oneshot.DONE);
        assertThat(done.withoutStart(Role.SERVICE).oneshot()).isEqualTo(Oneshot.DONE);
        assertThat(done.byOrders().oneshot()).isEqualTo(Oneshot.DONE);
        assertThat(RunsvPuppet.runningWithLog()
                        .as(Oneshot.DUE)
                        .state()
                        .withoutStart(Role.LOG)
                        .oneshot())
                .isEqualTo(Oneshot.DUE);
    }
}
