package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.rule.RunsvState.Busy;
import io.github.pekkosupervisor.runit.rule.RunsvState.Orders;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where somebody else orders each start and stop of {@code run}; what is not here is as in {@link RunsvRuleTest}. */
class OrdersTest {

    private static final ExitStatus EXIT_0 = ExitStatus.ofCode(0);
    private static final ExitStatus EXIT_3 = ExitStatus.ofCode(3);
    private static final ExitStatus TERMINATED = ExitStatus.ofSignal(15);

    @Nested
    class Starting {

        @Test
        void nothing_is_started_that_was_not_ordered() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP)).byOrders();

            String actions = runsv.begin();

            assertThat(actions).isEqualTo("read service");
            assertThat(runsv.service()).isEqualTo("down 0 down @0");
        }

        @Test
        void the_logger_is_started_all_the_same() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.UP))
                    .byOrders();

            assertThat(runsv.begin()).isEqualTo("run log; read service");
        }

        @Test
        void an_order_runs_control_u_and_run_and_is_told_when_that_runs() {
            RunsvPuppet runsv = RunsvPuppet.ordered();

            assertThat(runsv.order(false)).isEqualTo("publish service down 0 up @0; script u");
            assertThat(runsv.scriptEnded('u')).isEqualTo("run service");
            assertThat(runsv.started(Role.SERVICE, 7)).isEqualTo("publish service run 7 up @5000; up");
        }

        @Test
        void one_that_is_to_run_once_says_want_down() {
            RunsvPuppet runsv = RunsvPuppet.ordered();

            assertThat(runsv.order(true)).isEqualTo("publish service down 0 down @0; script u");
        }

        @Test
        void what_runs_already_is_what_was_ordered() {
            RunsvPuppet runsv =
                    RunsvPuppet.of(RunsvPuppet.adopted(State.RUN, 7, Want.DOWN)).byOrders();
            runsv.begin();

            assertThat(runsv.order(false)).isEqualTo("publish service run 7 up @0; up");
        }

        @Test
        void what_runs_but_is_known_to_have_ended_is_started_again() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('h');
            runsv.ended(EXIT_3, false);

            String order = runsv.order(false);
            String script = runsv.scriptEnded('h');

            assertThat(order).isEqualTo("publish service run 7 up @5000");
            assertThat(script).isEqualTo("signal service HUP; publish service down 0 up @5100; script u");
        }

        @Test
        void an_order_waits_for_the_finish_of_the_run_before() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.ended(EXIT_3, true);
            runsv.started(Role.SERVICE, 8);

            assertThat(runsv.order(false)).isEqualTo("publish service finish 8 up @5000");
            assertThat(runsv.ended(EXIT_0, true)).isEqualTo("publish service down 0 up @5100; script u");
        }

        @Test
        void a_process_that_is_refused_is_a_start_that_is_over() {
            RunsvPuppet runsv = RunsvPuppet.ordered();
            runsv.order(false);
            runsv.scriptEnded('u');

            assertThat(runsv.refused(Role.SERVICE)).isEqualTo("over");
        }

        @Test
        void a_finish_that_is_refused_is_tried_again_as_ever() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.ended(EXIT_3, true);

            assertThat(runsv.refused(Role.SERVICE)).isEqualTo("pause service refused");
            assertThat(runsv.throttleElapsed(Role.SERVICE)).isEqualTo("finish 3 0");
        }

        @Test
        void a_logger_that_is_refused_is_tried_again_as_ever() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.UP))
                    .byOrders();
            runsv.begin();

            assertThat(runsv.refused(Role.LOG)).isEqualTo("pause log refused; read log");
        }

        @Test
        void a_run_that_cannot_be_run_is_over_and_has_never_been_up() {
            RunsvPuppet runsv = RunsvPuppet.ordered();
            runsv.order(false);
            runsv.scriptEnded('u');

            assertThat(runsv.ended(ExitStatus.ofCode(111), false)).isEqualTo("publish service down 0 up @5000; over");
        }

        @Test
        void an_order_while_the_logger_drains_makes_a_new_pipe() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog().byOrders();
            runsv.read('x');
            runsv.stop();
            runsv.scriptEnded('t');
            runsv.scriptEnded('x');
            runsv.ended(TERMINATED, false);

            assertThat(runsv.order(false))
                    .isEqualTo("publish service down 0 up @5000; open pipe; publish log run 5 up @0; script u");
        }
    }

    @Nested
    class Ending {

        @Test
        void an_end_is_told_and_not_followed_by_a_start_nor_throttled() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();

            assertThat(runsv.ended(EXIT_3, false)).isEqualTo("publish service down 0 up @5100; over");
            assertThat(runsv.order(false)).isEqualTo("publish service down 0 up @5100; script u");
        }

        @Test
        void an_end_is_told_when_finish_has_been_run() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();

            assertThat(runsv.ended(EXIT_3, true)).isEqualTo("publish service finish 0 up @5000; finish 3 0");
            assertThat(runsv.started(Role.SERVICE, 8)).isEqualTo("publish service finish 8 up @5000");
            assertThat(runsv.ended(EXIT_0, true)).isEqualTo("publish service down 0 up @5100; over");
        }

        @Test
        void it_says_want_up_until_it_is_to_be_left_down() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.ended(EXIT_0, false);

            assertThat(runsv.leaveDown()).isEqualTo("publish service down 0 down @5100");
            assertThat(runsv.leaveDown()).isEmpty();
        }

        @Test
        void a_logger_that_ends_is_started_again_and_throttled_as_ever() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.UP))
                    .byOrders();
            runsv.begin();
            runsv.started(Role.LOG, 5);

            assertThat(runsv.at(500).logEnded()).isEqualTo("publish log down 0 up @500; pause log short run");
            assertThat(runsv.throttleElapsed(Role.LOG)).isEqualTo("run log");
        }

        @Test
        void terminating_ends_what_runs_and_supervision() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();

            assertThat(runsv.terminate()).isEqualTo("publish service run 7 exit @5000; script t");
            assertThat(runsv.scriptEnded('t'))
                    .isEqualTo("signal service TERM; publish service run 7 exit @5000 term; signal service CONT;"
                            + " script x");
            assertThat(runsv.scriptEnded('x')).isEmpty();
            assertThat(runsv.ended(TERMINATED, false)).isEqualTo("publish service down 0 exit @5100; over; exit");
        }
    }

    @Nested
    class Stopping {

        @Test
        void a_stop_for_good_runs_control_t_sends_TERM_and_runs_control_d() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();

            assertThat(runsv.stop()).isEqualTo("publish service run 7 down @5000; script t");
            assertThat(runsv.scriptEnded('t'))
                    .isEqualTo("signal service TERM; publish service run 7 down @5000 term; signal service CONT;"
                            + " script d");
            assertThat(runsv.scriptEnded('d')).isEmpty();
            assertThat(runsv.ended(TERMINATED, false)).isEqualTo("publish service down 0 down @5100; over");
        }

        @Test
        void one_that_another_start_follows_says_want_up_and_runs_no_control_d() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();

            assertThat(runsv.stop(true, false)).isEqualTo("script t");
            assertThat(runsv.scriptEnded('t'))
                    .isEqualTo("signal service TERM; publish service run 7 up @5000 term; signal service CONT");
        }

        @Test
        void control_t_may_see_to_the_end_itself() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.stop();

            assertThat(runsv.scriptVetoed('t')).isEqualTo("signal service CONT; script d");
        }

        @Test
        void control_t_is_not_run_twice_for_one_letter() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.scriptEnded('t');

            assertThat(runsv.stop(true, true))
                    .isEqualTo("signal service TERM; publish service run 7 up @5000 term; signal service CONT");
        }

        @Test
        void it_is_begun_once() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.stop(true, true);

            assertThat(runsv.stop(true, true)).isEmpty();
        }

        @Test
        void the_next_run_can_be_stopped_too() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.stop(true, true);
            runsv.ended(TERMINATED, false);
            runsv.order(false);
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 9);

            assertThat(runsv.stop(true, false)).isEqualTo("script t");
        }

        @Test
        void it_waits_for_a_start_that_is_under_way() {
            RunsvPuppet runsv = RunsvPuppet.ordered();
            runsv.order(false);

            runsv.scriptEnded('u');

            assertThat(runsv.stop()).isEqualTo("publish service down 0 down @0");
            assertThat(runsv.started(Role.SERVICE, 7)).isEqualTo("publish service run 7 down @5000; script t; up");
        }

        @Test
        void nothing_is_started_after_a_control_u_during_which_it_came() {
            RunsvPuppet runsv = RunsvPuppet.ordered();
            runsv.order(false);

            assertThat(runsv.stop()).isEqualTo("publish service down 0 down @0");
            assertThat(runsv.scriptEnded('u')).isEqualTo("over");
        }

        @Test
        void nothing_is_started_after_a_control_u_during_which_supervision_was_to_end() {
            RunsvPuppet runsv = RunsvPuppet.ordered();
            runsv.order(false);

            assertThat(runsv.terminate()).isEmpty();
            assertThat(runsv.scriptEnded('u')).isEqualTo("publish service down 0 exit @0; over; exit");
        }

        @Test
        void a_start_that_is_ordered_while_control_u_runs_for_one_that_was_undone_follows_that() {
            RunsvPuppet runsv = RunsvPuppet.ordered();
            runsv.order(false);
            runsv.stop();

            assertThat(runsv.order(false)).isEqualTo("publish service down 0 up @0");
            assertThat(runsv.scriptEnded('u')).isEqualTo("run service");
        }

        @Test
        void a_start_that_has_to_wait_is_undone() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.UP))
                    .byOrders();
            runsv.begin();
            runsv.order(false);

            assertThat(runsv.stop()).isEqualTo("publish service down 0 down @0; over");
            assertThat(runsv.started(Role.LOG, 5)).isEqualTo("publish log run 5 up @0; read log");
        }

        @Test
        void in_finish_it_waits_for_that() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.ended(EXIT_3, true);
            runsv.started(Role.SERVICE, 8);

            assertThat(runsv.stop()).isEqualTo("publish service finish 8 down @5000");
            assertThat(runsv.ended(EXIT_0, true)).isEqualTo("publish service down 0 down @5100; over");
        }

        @Test
        void of_nothing_there_is_nothing_to_tell() {
            RunsvPuppet runsv = RunsvPuppet.ordered();

            assertThat(runsv.stop()).isEmpty();
            assertThat(runsv.order(false)).isEqualTo("publish service down 0 up @0; script u");
        }

        @Test
        void while_control_t_runs_for_a_letter_that_is_its_say() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');

            assertThat(runsv.stop(true, false)).isEmpty();
            assertThat(runsv.scriptEnded('t'))
                    .isEqualTo("signal service TERM; publish service run 7 up @5000 term; signal service CONT;"
                            + " read service");
        }

        @Test
        void what_a_supervisor_that_is_gone_has_left_can_be_stopped_without_a_start() {
            RunsvPuppet runsv =
                    RunsvPuppet.of(RunsvPuppet.adopted(State.RUN, 7, Want.UP)).byOrders();
            runsv.begin();

            assertThat(runsv.stop()).isEqualTo("publish service run 7 down @0; script t");
        }
    }

    @Nested
    class Letters {

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "u | ask u; read service",
                    "d | publish service run 7 down @5000; ask d; read service",
                    "o | publish service run 7 down @5000; ask o; read service",
                    "x | publish service run 7 exit @5000; ask x; read service",
                    "t | script t",
                    "k | script k",
                    "p | publish service run 7 up @5000 paused; script p",
                    "c | publish service run 7 up @5000; script c",
                    "h | script h",
                    "1 | script 1",
                    "e | read service"
                })
        void in_run(char letter, String actions) {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();

            assertThat(runsv.read(letter)).isEqualTo(actions);
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "u | ask u; read service",
                    "d | ask d; read service",
                    "o | ask o; read service",
                    "x | publish service down 0 exit @0; ask x; exit",
                    "t | read service",
                    "k | read service"
                })
        void in_down(char letter, String actions) {
            RunsvPuppet runsv = RunsvPuppet.ordered();

            assertThat(runsv.read(letter)).isEqualTo(actions);
        }

        @Test
        void t_is_a_question_when_control_t_does_not_veto() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');

            assertThat(runsv.scriptEnded('t')).isEqualTo("ask t; read service");
        }

        @Test
        void t_is_none_when_control_t_vetoes() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');

            assertThat(runsv.scriptVetoed('t')).isEqualTo("read service");
        }

        /** As of an {@code sv restart}, which writes {@code tcu}. */
        @Test
        void an_end_that_follows_a_t_that_was_vetoed_is_what_it_was_for() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.scriptVetoed('t');
            runsv.read('c');
            runsv.scriptEnded('c');
            runsv.read('u');

            assertThat(runsv.ended(EXIT_0, true)).isEqualTo("ask t; publish service finish 0 up @5000; finish 0 0");
            assertThat(runsv.started(Role.SERVICE, 8)).isEqualTo("publish service finish 8 up @5000");
            assertThat(runsv.ended(EXIT_0, true)).isEqualTo("publish service down 0 up @5100; over");
        }

        @Test
        void so_is_one_that_comes_before_control_t_has_ended() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.ended(EXIT_0, false);

            assertThat(runsv.scriptVetoed('t')).isEqualTo("ask t; publish service down 0 up @5100; over; read service");
        }

        @ParameterizedTest
        @ValueSource(chars = {'d', 'o', 'x', 'k', 'p', 'h', '1', 'e'})
        void one_that_follows_another_letter_is_not(char letter) {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.scriptVetoed('t');
            runsv.read(letter);
            runsv.scriptVetoed(letter);

            assertThat(runsv.ended(EXIT_0, false)).doesNotContain("ask").contains("over");
        }

        @Test
        void one_that_follows_another_t_is_asked_for_once() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.scriptVetoed('t');
            runsv.read('t');

            assertThat(runsv.scriptEnded('t')).isEqualTo("ask t; read service");
            assertThat(runsv.ended(EXIT_0, false)).isEqualTo("publish service down 0 up @5100; over");
        }

        @Test
        void one_that_was_ordered_is_no_question() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.scriptVetoed('t');
            runsv.stop(true, true);

            assertThat(runsv.ended(EXIT_0, false)).isEqualTo("publish service down 0 up @5100; over");
        }

        @Test
        void the_run_after_it_has_an_end_of_its_own_again() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.scriptVetoed('t');
            runsv.ended(EXIT_0, false);

            assertThat(runsv.state().orders()).contains(Orders.NONE);
        }

        @Test
        void a_start_that_is_ordered_forgets_a_t_that_was_vetoed() {
            RunsvPuppet runsv = RunsvPuppet.orderedUp();
            runsv.read('t');
            runsv.scriptVetoed('t');
            runsv.order(false);

            assertThat(runsv.ended(EXIT_0, false)).isEqualTo("publish service down 0 up @5100; over");
        }

        @Test
        void x_undoes_a_start_that_has_to_wait() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.UP))
                    .byOrders();
            runsv.begin();
            runsv.order(false);

            assertThat(runsv.read('x')).isEqualTo("publish service down 0 exit @0; ask x; over; read service");
        }

        @Test
        void those_for_the_logger_are_runsvs_own() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog().byOrders();

            assertThat(runsv.readOnLog('d'))
                    .isEqualTo("publish log run 5 down @0; signal log TERM; publish log run 5 down @0 term; signal log"
                            + " CONT; read log");
        }
    }

    @Nested
    class Becoming_ordered {

        @Test
        void forgets_a_start_that_somebody_else_had_wished_for() {
            RunsvPuppet runsv = RunsvPuppet.down();
            runsv.read('o');
            RunsvState.Unit due = runsv.state().service();
            RunsvState left = RunsvState.beginning(
                    new RunsvState.Unit(
                            due.status(),
                            Busy.NO,
                            true,
                            true,
                            true,
                            Optional.of(EXIT_3),
                            Optional.of('h'),
                            Optional.of(new RunsvEvent.ProcessEnded(Role.SERVICE, EXIT_0, false))),
                    Optional.empty());

            RunsvState.Unit ordered = left.byOrders().service();

            assertThat(ordered)
                    .isEqualTo(new RunsvState.Unit(
                            due.status(),
                            Busy.NO,
                            false,
                            true,
                            true,
                            Optional.of(EXIT_3),
                            Optional.of('h'),
                            Optional.of(new RunsvEvent.ProcessEnded(Role.SERVICE, EXIT_0, false))));
        }

        @Test
        void keeps_what_was_ordered() {
            RunsvState ordered = RunsvPuppet.orderedUp().state();

            assertThat(ordered.byOrders()).isSameAs(ordered);
            assertThat(ordered.orders()).contains(new Orders(Orders.Awaits.END, Orders.Stop.NONE, false));
        }

        @Test
        void what_was_ordered_outlives_a_failure() {
            RunsvState ordered = RunsvPuppet.orderedUp().state();

            assertThat(ordered.takenOver().orders()).isEqualTo(ordered.orders());
            assertThat(ordered.withoutStart(Role.SERVICE).orders()).isEqualTo(ordered.orders());
            assertThat(ordered.withoutStart(Role.LOG).orders()).isEqualTo(ordered.orders());
            assertThat(ordered.ending(false).orders()).isEqualTo(ordered.orders());
        }
    }
}
