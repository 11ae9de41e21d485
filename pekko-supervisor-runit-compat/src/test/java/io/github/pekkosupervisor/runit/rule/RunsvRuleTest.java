package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in the order of runsv(8), CONTROL; {@link InWords} tells how to read them, {@link RunsvPuppet} the states. */
class RunsvRuleTest {

    private static final ExitStatus EXIT_0 = ExitStatus.ofCode(0);
    private static final ExitStatus EXIT_3 = ExitStatus.ofCode(3);
    private static final ExitStatus KILLED = ExitStatus.ofSignal(9);
    private static final ExitStatus TERMINATED = ExitStatus.ofSignal(15);

    @Nested
    class Beginning {

        @Test
        void a_service_without_a_down_file_is_started_after_control_u() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP));

            String first = runsv.begin();
            String second = runsv.scriptEnded('u');
            String third = runsv.at(20).started(Role.SERVICE, 7);

            assertThat(first).isEqualTo("script u");
            assertThat(second).isEqualTo("run service");
            assertThat(third).isEqualTo("publish service run 7 up @20; read service");
        }

        @Test
        void the_result_of_control_u_changes_nothing() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP));
            runsv.begin();

            String actions = runsv.scriptVetoed('u');

            assertThat(actions).isEqualTo("run service");
        }

        @Test
        void a_service_with_a_down_file_stays_down_and_listens() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.DOWN));

            String actions = runsv.begin();

            assertThat(actions).isEqualTo("read service");
        }

        @Test
        void the_logger_is_started_before_the_service() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.UP));

            String first = runsv.begin();
            String second = runsv.started(Role.LOG, 5);

            assertThat(first).isEqualTo("run log; read service");
            assertThat(second).isEqualTo("publish log run 5 up @0; script u; read log");
        }

        @Test
        void the_service_is_started_though_the_logger_is_wanted_down() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.DOWN));

            String actions = runsv.begin();

            assertThat(actions).isEqualTo("script u; read log");
        }

        @Test
        void a_running_service_is_taken_up_without_a_start() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.adopted(State.RUN, 7, Want.UP));

            String actions = runsv.begin();

            assertThat(actions).isEqualTo("read service");
            assertThat(runsv.service()).isEqualTo("run 7 up @0");
        }

        @Test
        void a_service_that_was_taken_up_is_stopped_and_started_as_any_other() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.adopted(State.RUN, 7, Want.UP));
            runsv.begin();
            runsv.at(3_000).read('t');

            String told = runsv.scriptEnded('t');
            String ended = runsv.ended(TERMINATED, false);

            assertThat(told).isEqualTo("signal service TERM; publish service run 7 up @0 term; read service");
            assertThat(ended).isEqualTo("publish service down 0 up @3000; script u");
        }

        @Test
        void a_service_that_was_taken_up_and_has_ended_meanwhile_runs_its_finish() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.adopted(State.RUN, 7, Want.UP));
            runsv.begin();

            String actions = runsv.ended(EXIT_3, true);

            assertThat(actions).isEqualTo("publish service finish 0 up @0; finish 3 0");
        }

        @Test
        void a_finish_that_was_taken_up_leads_to_down() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.adopted(State.FINISH, 8, Want.UP));
            runsv.begin();

            String actions = runsv.at(4_000).ended(EXIT_0, true);

            assertThat(actions).isEqualTo("publish service down 0 up @4000; script u");
        }

        @Test
        void a_logger_that_was_taken_up_does_not_hold_up_the_service() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.adopted(State.RUN, 5, Want.UP));

            String actions = runsv.begin();

            assertThat(actions).isEqualTo("script u; read log");
        }

        @Test
        void what_is_to_exit_and_is_down_already_exits() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.EXIT));

            String actions = runsv.begin();

            assertThat(actions).isEqualTo("exit");
        }
    }

    @Nested
    class Down {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish service down 0 up @0; script u | down 0 up @0
                d | publish service down 0 down @0; read service | down 0 down @0
                o | publish service down 0 down @0; script u | down 0 down @0
                x | publish service down 0 exit @0; exit | down 0 exit @0
                t | read service | down 0 down @0
                k | read service | down 0 down @0
                p | publish service down 0 down @0 paused; read service | down 0 down @0 paused
                c | publish service down 0 down @0; read service | down 0 down @0
                h | read service | down 0 down @0
                a | read service | down 0 down @0
                i | read service | down 0 down @0
                q | read service | down 0 down @0
                1 | read service | down 0 down @0
                2 | read service | down 0 down @0
                e | read service | down 0 down @0
                """)
        void a_command_means(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.down();

            String done = runsv.read(letter);

            assertThat(done).isEqualTo(actions);
            assertThat(runsv.service()).isEqualTo(status);
        }

        @Test
        void a_request_to_terminate_exits_at_once() {
            RunsvPuppet runsv = RunsvPuppet.down();

            String actions = runsv.terminate();

            assertThat(actions).isEqualTo("publish service down 0 exit @0; exit");
        }

        @Test
        void once_starts_a_run_that_is_not_repeated() {
            RunsvPuppet runsv = RunsvPuppet.down();
            runsv.read('o');
            runsv.scriptEnded('u');

            String started = runsv.started(Role.SERVICE, 7);
            String ended = runsv.at(6_200).ended(EXIT_0, false);

            assertThat(started).isEqualTo("publish service run 7 down @5000; read service");
            assertThat(ended).isEqualTo("publish service down 0 down @6200");
        }

        @Test
        void once_for_a_program_that_cannot_be_run_is_not_repeated() {
            RunsvPuppet runsv = RunsvPuppet.down();
            runsv.read('o');
            runsv.scriptEnded('u');

            String failed = runsv.ended(ExitStatus.ofCode(111), false);
            String later = runsv.at(6_000).throttleElapsed(Role.SERVICE);

            assertThat(failed).isEqualTo("publish service down 0 down @5000; pause service short run; read service");
            assertThat(later).isEmpty();
        }

        @Test
        void the_paused_flag_is_cleared_by_the_next_start() {
            RunsvPuppet runsv = RunsvPuppet.down();
            runsv.read('p');
            runsv.read('u');
            runsv.scriptEnded('u');

            String actions = runsv.started(Role.SERVICE, 7);

            assertThat(actions).isEqualTo("publish service run 7 up @5000; read service");
        }
    }

    @Nested
    class Running {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish service run 7 up @0; read service | run 7 up @0
                d | publish service run 7 down @0; script t | run 7 down @0
                o | publish service run 7 down @0; read service | run 7 down @0
                x | publish service run 7 exit @0; script t | run 7 exit @0
                t | script t | run 7 up @0
                k | script k | run 7 up @0
                p | publish service run 7 up @0 paused; script p | run 7 up @0 paused
                c | publish service run 7 up @0; script c | run 7 up @0
                h | script h | run 7 up @0
                a | script a | run 7 up @0
                i | script i | run 7 up @0
                q | script q | run 7 up @0
                1 | script 1 | run 7 up @0
                2 | script 2 | run 7 up @0
                e | read service | run 7 up @0
                """)
        void a_command_means(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.running();

            String done = runsv.read(letter);

            assertThat(done).isEqualTo(actions);
            assertThat(runsv.service()).isEqualTo(status);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                t | signal service TERM; publish service run 7 up @0 term; read service | run 7 up @0 term
                k | signal service KILL; read service | run 7 up @0
                p | signal service STOP; read service | run 7 up @0 paused
                c | signal service CONT; read service | run 7 up @0
                h | signal service HUP; read service | run 7 up @0
                a | signal service ALRM; read service | run 7 up @0
                i | signal service INT; read service | run 7 up @0
                q | signal service QUIT; read service | run 7 up @0
                1 | signal service USR1; read service | run 7 up @0
                2 | signal service USR2; read service | run 7 up @0
                """)
        void after_a_script_without_a_veto_the_signal_is_sent(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read(letter);

            String done = runsv.scriptEnded(letter);

            assertThat(done).isEqualTo(actions);
            assertThat(runsv.service()).isEqualTo(status);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                t | run 7 up @0
                k | run 7 up @0
                p | run 7 up @0 paused
                c | run 7 up @0
                h | run 7 up @0
                a | run 7 up @0
                i | run 7 up @0
                q | run 7 up @0
                1 | run 7 up @0
                2 | run 7 up @0
                """)
        void a_script_with_a_veto_leaves_nothing_to_do(char letter, String status) {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read(letter);

            String done = runsv.scriptVetoed(letter);

            assertThat(done).isEqualTo("read service");
            assertThat(runsv.service()).isEqualTo(status);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                d | d | run 7 down @0 term
                x | x | run 7 exit @0 term
                """)
        void to_stop_consults_control_t_then_tells_the_letters_own(char letter, char own, String status) {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read(letter);

            String afterFirst = runsv.scriptEnded('t');
            String afterSecond = runsv.scriptEnded(own);

            assertThat(afterFirst)
                    .isEqualTo(
                            "signal service TERM; publish service " + status + "; signal service CONT; script " + own);
            assertThat(afterSecond).isEqualTo("read service");
            assertThat(runsv.service()).isEqualTo(status);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                d | d | run 7 down @0
                x | x | run 7 exit @0
                """)
        void a_veto_of_control_t_leaves_only_the_wake_up(char letter, char own, String status) {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read(letter);

            String afterFirst = runsv.scriptVetoed('t');
            String afterSecond = runsv.scriptVetoed(own);

            assertThat(afterFirst).isEqualTo("signal service CONT; script " + own);
            assertThat(afterSecond).isEqualTo("read service");
            assertThat(runsv.service()).isEqualTo(status);
        }

        @Test
        void t_wakes_what_is_not_wanted_up_and_tells_control_d() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('o');
            runsv.read('t');

            String actions = runsv.scriptEnded('t');

            assertThat(actions)
                    .isEqualTo(
                            "signal service TERM; publish service run 7 down @0 term; signal service CONT; script d");
        }

        @Test
        void t_on_a_paused_service_does_not_wake_it() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('p');
            runsv.scriptEnded('p');
            runsv.read('t');

            String actions = runsv.scriptEnded('t');

            assertThat(actions).isEqualTo("signal service TERM; publish service run 7 up @0 paused term; read service");
        }

        @Test
        void the_wake_up_of_a_stop_does_not_clear_the_paused_flag() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('p');
            runsv.scriptEnded('p');

            runsv.downCommand();

            assertThat(runsv.service()).isEqualTo("run 7 down @0 paused term");
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void c_clears_the_paused_flag_whatever_its_script_says(boolean vetoed) {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('p');
            runsv.scriptVetoed('p');

            String read = runsv.read('c');
            runsv.tell(new RunsvEvent.ScriptEnded('c', vetoed));

            assertThat(read).isEqualTo("publish service run 7 up @0; script c");
            assertThat(runsv.service()).isEqualTo("run 7 up @0");
        }

        @Test
        void an_end_keeps_the_paused_flag_and_drops_the_one_for_term() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('p');
            runsv.scriptEnded('p');
            runsv.downCommand();

            String actions = runsv.ended(TERMINATED, false);

            assertThat(actions).isEqualTo("publish service down 0 down @5000 paused");
        }

        @Test
        void kill_changes_nothing_but_sends_the_signal_and_the_service_comes_back() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('k');
            runsv.scriptEnded('k');

            String actions = runsv.ended(KILLED, false);

            assertThat(actions).isEqualTo("publish service down 0 up @5000; script u");
        }

        @Test
        void kill_after_exit_waits_for_the_end_and_for_finish() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.exitCommand();
            runsv.read('k');

            String killed = runsv.scriptEnded('k');
            String ended = runsv.ended(KILLED, true);

            assertThat(killed).isEqualTo("signal service KILL; read service");
            assertThat(ended).isEqualTo("publish service finish 0 exit @0; finish -1 9");
        }

        @Test
        void after_a_vetoed_kill_a_stop_reaches_the_same_process() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('k');
            runsv.scriptVetoed('k');
            runsv.read('d');

            String actions = runsv.scriptEnded('t');

            assertThat(actions).startsWith("signal service TERM; publish service run 7 down @0 term");
        }

        @Test
        void an_end_without_a_finish_leads_to_the_next_start() {
            RunsvPuppet runsv = RunsvPuppet.running();

            String actions = runsv.ended(EXIT_3, false);

            assertThat(actions).isEqualTo("publish service down 0 up @5000; script u");
        }

        @Test
        void an_end_that_was_asked_for_leads_to_rest() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.downCommand();

            String actions = runsv.ended(TERMINATED, false);

            assertThat(actions).isEqualTo("publish service down 0 down @5000");
        }

        @Test
        void wanted_up_again_before_the_end_it_is_started_again() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.downCommand();
            runsv.read('u');

            String actions = runsv.ended(TERMINATED, false);

            assertThat(actions).isEqualTo("publish service down 0 up @5000; script u");
        }

        @Test
        void u_read_after_a_request_to_terminate_takes_it_back() {
            RunsvPuppet runsv = RunsvPuppet.terminating();
            runsv.scriptEnded('t');
            runsv.scriptEnded('x');
            runsv.read('u');

            String actions = runsv.ended(TERMINATED, false);

            assertThat(actions).isEqualTo("publish service down 0 up @5000; script u");
        }

        @Test
        void once_lets_the_running_process_be_the_last() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('o');

            String actions = runsv.ended(EXIT_0, false);

            assertThat(actions).isEqualTo("publish service down 0 down @5000");
        }

        @Test
        void a_request_to_terminate_overtakes_the_commands_not_read() {
            RunsvPuppet runsv = RunsvPuppet.running();

            String actions = runsv.terminate();

            assertThat(actions).isEqualTo("publish service run 7 exit @0; script t");
        }

        @Test
        void a_second_request_to_terminate_sends_term_again() {
            RunsvPuppet runsv = RunsvPuppet.terminating();
            runsv.scriptEnded('t');
            runsv.scriptEnded('x');

            String second = runsv.terminate();
            String again = runsv.scriptEnded('t');

            assertThat(second).isEqualTo("publish service run 7 exit @0 term; script t");
            assertThat(again).startsWith("signal service TERM");
        }

        @Test
        void the_end_of_the_last_process_ends_supervision() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.exitCommand();

            String actions = runsv.ended(TERMINATED, false);

            assertThat(actions).isEqualTo("publish service down 0 exit @5000; exit");
        }
    }

    @Nested
    class Finishing {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish service finish 8 up @0; read service | finish 8 up @0
                d | publish service finish 8 down @0; read service | finish 8 down @0
                o | publish service finish 8 down @0; read service | finish 8 down @0
                x | publish service finish 8 exit @0; read service | finish 8 exit @0
                t | read service | finish 8 up @0
                k | read service | finish 8 up @0
                p | publish service finish 8 up @0 paused; read service | finish 8 up @0 paused
                c | publish service finish 8 up @0; read service | finish 8 up @0
                h | read service | finish 8 up @0
                a | read service | finish 8 up @0
                i | read service | finish 8 up @0
                q | read service | finish 8 up @0
                1 | read service | finish 8 up @0
                2 | read service | finish 8 up @0
                e | read service | finish 8 up @0
                """)
        void a_command_means(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.finishing();

            String done = runsv.read(letter);

            assertThat(done).isEqualTo(actions);
            assertThat(runsv.service()).isEqualTo(status);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                0x0000 | 0 0
                0x0300 | 3 0
                0xff00 | 255 0
                0x000f | -1 15
                0x0009 | -1 9
                0x0086 | -1 134
                0x6f00 | 111 0
                """)
        void finish_is_told_how_run_ended(int waitStatus, String arguments) {
            RunsvPuppet runsv = RunsvPuppet.running();

            String actions = runsv.ended(new ExitStatus(waitStatus), true);

            assertThat(actions).isEqualTo("publish service finish 0 up @0; finish " + arguments);
        }

        @Test
        void finish_runs_too_when_the_service_was_stopped() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.downCommand();

            String ended = runsv.ended(TERMINATED, true);
            String finished = runsv.ended(EXIT_0, true);

            assertThat(ended).isEqualTo("publish service finish 0 down @0; finish -1 15");
            assertThat(finished).isEqualTo("publish service down 0 down @5000");
        }

        @Test
        void the_time_stamp_stays_that_of_run() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.ended(EXIT_3, true);

            String actions = runsv.at(5_010).started(Role.SERVICE, 8);

            assertThat(actions).isEqualTo("publish service finish 8 up @0");
        }

        @Test
        void its_end_leads_to_the_next_start_even_if_finish_is_still_there() {
            RunsvPuppet runsv = RunsvPuppet.finishing();

            String actions = runsv.ended(EXIT_0, true);

            assertThat(actions).isEqualTo("publish service down 0 up @6000; script u");
        }

        @Test
        void a_kill_meanwhile_does_not_make_it_run_twice() {
            RunsvPuppet runsv = RunsvPuppet.finishing();
            runsv.read('k');

            String actions = runsv.ended(EXIT_0, true);

            assertThat(actions).isEqualTo("publish service down 0 up @6000; script u");
        }

        @Test
        void a_request_to_terminate_lets_it_finish_without_a_signal() {
            RunsvPuppet runsv = RunsvPuppet.finishing();

            String asked = runsv.terminate();
            String ended = runsv.ended(EXIT_0, true);

            assertThat(asked).isEqualTo("publish service finish 8 exit @0");
            assertThat(ended).isEqualTo("publish service down 0 exit @6000; exit");
        }

        @Test
        void once_asked_for_meanwhile_starts_nothing() {
            RunsvPuppet runsv = RunsvPuppet.finishing();
            runsv.read('o');

            String actions = runsv.ended(EXIT_0, true);

            assertThat(actions).isEqualTo("publish service down 0 down @6000");
        }

        @Test
        void a_start_of_finish_clears_the_paused_flag() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('p');
            runsv.scriptEnded('p');
            runsv.ended(KILLED, true);

            String actions = runsv.started(Role.SERVICE, 8);

            assertThat(actions).isEqualTo("publish service finish 8 up @0");
        }

        @Test
        void a_run_that_cannot_be_executed_is_finished_with_111() {
            RunsvPuppet runsv = RunsvPuppet.starting();

            String actions = runsv.ended(ExitStatus.ofCode(111), true);

            assertThat(actions).isEqualTo("publish service finish 0 up @1600; finish 111 0");
        }

        @Test
        void a_finish_that_cannot_be_executed_has_ended() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.ended(EXIT_3, true);

            String actions = runsv.ended(ExitStatus.ofCode(111), true);

            assertThat(actions).isEqualTo("publish service down 0 up @5000; script u");
        }

        @Test
        void a_finish_that_was_refused_is_tried_again_with_the_same_arguments() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.ended(EXIT_3, true);

            String refused = runsv.refused(Role.SERVICE);
            String meanwhile = runsv.read('x');
            String elapsed = runsv.at(10_000).throttleElapsed(Role.SERVICE);

            assertThat(refused).isEqualTo("pause service refused");
            assertThat(meanwhile).isEqualTo("publish service finish 0 exit @0; read service");
            assertThat(elapsed).isEqualTo("finish 3 0");
        }
    }

    @Nested
    class Throttled {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish service down 0 up @500; read service | down 0 up @500 | script u
                d | publish service down 0 down @500; read service | down 0 down @500 | ''
                o | publish service down 0 down @500; read service | down 0 down @500 | script u
                x | publish service down 0 exit @500; exit | down 0 exit @500 | ''
                t | read service | down 0 up @500 | script u
                k | read service | down 0 up @500 | script u
                p | publish service down 0 up @500 paused; read service | down 0 up @500 paused | script u
                c | publish service down 0 up @500; read service | down 0 up @500 | script u
                h | read service | down 0 up @500 | script u
                a | read service | down 0 up @500 | script u
                i | read service | down 0 up @500 | script u
                q | read service | down 0 up @500 | script u
                1 | read service | down 0 up @500 | script u
                2 | read service | down 0 up @500 | script u
                e | read service | down 0 up @500 | script u
                """)
        void a_command_means_at_once_and_after_the_pause(
                char letter, String actions, String status, String afterwards) {
            RunsvPuppet runsv = RunsvPuppet.throttled();

            String done = runsv.read(letter);
            String shown = runsv.service();
            String elapsed = runsv.at(1_500).throttleElapsed(Role.SERVICE);

            assertThat(done).isEqualTo(actions);
            assertThat(shown).isEqualTo(status);
            assertThat(elapsed).isEqualTo(afterwards);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                0 | publish service down 0 up @0; pause service short run
                999 | publish service down 0 up @999; pause service short run
                1000 | publish service down 0 up @1000; script u
                1001 | publish service down 0 up @1001; script u
                """)
        void a_run_of_less_than_a_second_is_followed_by_a_pause(long end, String actions) {
            RunsvPuppet runsv = RunsvPuppet.running().at(end);

            String done = runsv.ended(EXIT_3, false);

            assertThat(done).isEqualTo(actions);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                999 | publish service down 0 up @999; pause service short run
                1000 | publish service down 0 up @1000; script u
                """)
        void the_time_of_finish_counts_as_run(long end, String actions) {
            RunsvPuppet runsv = RunsvPuppet.running().at(400);
            runsv.ended(EXIT_3, true);
            runsv.at(500).started(Role.SERVICE, 8);

            String done = runsv.at(end).ended(EXIT_0, true);

            assertThat(done).isEqualTo(actions);
        }

        @Test
        void a_clock_that_was_put_back_counts_as_a_short_run() {
            RunsvPuppet runsv = RunsvPuppet.running().at(-60_000);

            String actions = runsv.ended(EXIT_3, false);

            assertThat(actions).isEqualTo("publish service down 0 up @-60000; pause service short run");
        }

        @Test
        void a_short_run_that_was_to_be_the_last_is_not_waited_for() {
            RunsvPuppet runsv = RunsvPuppet.running().at(100);
            runsv.exitCommand();

            String actions = runsv.at(500).ended(TERMINATED, false);

            assertThat(actions).isEqualTo("publish service down 0 exit @500; pause service short run; exit");
        }

        @Test
        void a_request_to_terminate_exits_without_another_start() {
            RunsvPuppet runsv = RunsvPuppet.throttled();

            String actions = runsv.terminate();

            assertThat(actions).isEqualTo("publish service down 0 exit @500; exit");
        }

        @Test
        void down_takes_back_an_earlier_once() {
            RunsvPuppet runsv = RunsvPuppet.throttled();
            runsv.read('o');
            runsv.read('d');

            String actions = runsv.throttleElapsed(Role.SERVICE);

            assertThat(actions).isEmpty();
        }

        @Test
        void once_then_up_starts_and_keeps_up() {
            RunsvPuppet runsv = RunsvPuppet.throttled();
            runsv.read('o');
            runsv.read('u');
            runsv.at(1_500).throttleElapsed(Role.SERVICE);
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 9);

            String actions = runsv.at(5_000).ended(EXIT_0, false);

            assertThat(actions).isEqualTo("publish service down 0 up @5000; script u");
        }

        @Test
        void a_program_that_cannot_be_run_is_paused_for_as_a_short_run() {
            RunsvPuppet runsv = RunsvPuppet.starting();

            String actions = runsv.ended(ExitStatus.ofCode(111), false);

            assertThat(actions).isEqualTo("publish service down 0 up @1600; pause service short run");
        }

        @Test
        void a_refused_start_is_tried_again_after_a_pause_during_which_commands_are_read() {
            RunsvPuppet runsv = RunsvPuppet.starting();

            String refused = runsv.refused(Role.SERVICE);
            String meanwhile = runsv.read('h');
            String elapsed = runsv.at(6_600).throttleElapsed(Role.SERVICE);

            assertThat(refused).isEqualTo("pause service refused");
            assertThat(meanwhile).isEqualTo("read service");
            assertThat(elapsed).isEqualTo("script u");
        }

        @Test
        void a_once_that_was_refused_is_not_forgotten() {
            RunsvPuppet runsv = RunsvPuppet.down();
            runsv.read('o');
            runsv.scriptEnded('u');
            runsv.refused(Role.SERVICE);

            String actions = runsv.at(10_000).throttleElapsed(Role.SERVICE);

            assertThat(actions).isEqualTo("script u");
        }

        @Test
        void exit_during_the_pause_after_a_refusal_exits_at_once() {
            RunsvPuppet runsv = RunsvPuppet.starting();
            runsv.refused(Role.SERVICE);

            String actions = runsv.read('x');

            assertThat(actions).isEqualTo("publish service down 0 exit @500; exit");
        }
    }

    @Nested
    class Starting {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish service run 9 up @1700; read service | run 9 up @1700
                d | publish service run 9 down @1700; script t | run 9 down @1700
                o | publish service run 9 down @1700; read service | run 9 down @1700
                x | publish service run 9 exit @1700; script t | run 9 exit @1700
                t | script t | run 9 up @1700
                k | script k | run 9 up @1700
                p | publish service run 9 up @1700 paused; script p | run 9 up @1700 paused
                c | publish service run 9 up @1700; script c | run 9 up @1700
                h | script h | run 9 up @1700
                a | script a | run 9 up @1700
                i | script i | run 9 up @1700
                q | script q | run 9 up @1700
                1 | script 1 | run 9 up @1700
                2 | script 2 | run 9 up @1700
                e | read service | run 9 up @1700
                """)
        void a_command_waits_for_the_answer(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.starting();

            String read = runsv.read(letter);
            String started = runsv.at(1_700).started(Role.SERVICE, 9);

            assertThat(read).isEmpty();
            assertThat(started).isEqualTo("publish service run 9 up @1700; " + actions);
            assertThat(runsv.service()).isEqualTo(status);
        }

        @Test
        void a_down_that_waited_for_a_program_that_cannot_be_run_prevents_the_next_start() {
            RunsvPuppet runsv = RunsvPuppet.starting();
            runsv.read('d');

            String failed = runsv.ended(ExitStatus.ofCode(111), false);
            String elapsed = runsv.at(2_600).throttleElapsed(Role.SERVICE);

            assertThat(failed)
                    .isEqualTo("publish service down 0 up @1600; pause service short run; "
                            + "publish service down 0 down @1600; read service");
            assertThat(elapsed).isEmpty();
        }

        @Test
        void an_exit_that_waited_for_a_refused_start_exits() {
            RunsvPuppet runsv = RunsvPuppet.starting();
            runsv.read('x');

            String actions = runsv.refused(Role.SERVICE);

            assertThat(actions).isEqualTo("pause service refused; publish service down 0 exit @500; exit");
        }

        @Test
        void a_command_is_obeyed_before_a_request_to_terminate() {
            RunsvPuppet runsv = RunsvPuppet.starting();
            runsv.terminate();
            runsv.read('u');

            String actions = runsv.started(Role.SERVICE, 9);

            assertThat(actions)
                    .isEqualTo("publish service run 9 up @1600; publish service run 9 up @1600; "
                            + "publish service run 9 exit @1600; script t");
        }

        @Test
        void a_request_to_terminate_reaches_the_new_process() {
            RunsvPuppet runsv = RunsvPuppet.starting();

            String asked = runsv.terminate();
            String started = runsv.started(Role.SERVICE, 9);

            assertThat(asked).isEmpty();
            assertThat(started).isEqualTo("publish service run 9 up @1600; publish service run 9 exit @1600; script t");
        }

        @Test
        void two_requests_to_terminate_are_one() {
            RunsvPuppet runsv = RunsvPuppet.starting();
            runsv.terminate();
            runsv.terminate();
            runsv.started(Role.SERVICE, 9);
            runsv.scriptEnded('t');

            String actions = runsv.scriptEnded('x');

            assertThat(actions).isEmpty();
        }

        @Test
        void the_end_of_an_old_pause_does_not_start_a_second_process() {
            RunsvPuppet runsv = RunsvPuppet.starting();

            String actions = runsv.throttleElapsed(Role.SERVICE);

            assertThat(actions).isEmpty();
        }

        @Test
        void a_command_during_control_u_is_obeyed_after_the_start() {
            RunsvPuppet runsv = RunsvPuppet.throttled().at(1_500);
            runsv.throttleElapsed(Role.SERVICE);

            String read = runsv.read('d');
            String scriptEnded = runsv.scriptEnded('u');
            String started = runsv.started(Role.SERVICE, 9);

            assertThat(read).isEmpty();
            assertThat(scriptEnded).isEqualTo("run service");
            assertThat(started).isEqualTo("publish service run 9 up @1500; publish service run 9 down @1500; script t");
        }

        @Test
        void a_start_of_finish_makes_commands_wait_too() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.ended(EXIT_3, true);

            String read = runsv.read('d');
            String started = runsv.started(Role.SERVICE, 8);

            assertThat(read).isEmpty();
            assertThat(started)
                    .isEqualTo("publish service finish 8 up @0; publish service finish 8 down @0; read service");
        }
    }

    @Nested
    class ScriptRunning {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish service run 7 up @0 term; read service | run 7 up @0 term
                d | publish service run 7 down @0 term; script t | run 7 down @0 term
                o | publish service run 7 down @0 term; read service | run 7 down @0 term
                x | publish service run 7 exit @0 term; script t | run 7 exit @0 term
                t | script t | run 7 exit @0 term
                k | script k | run 7 exit @0 term
                p | publish service run 7 exit @0 paused term; script p | run 7 exit @0 paused term
                c | publish service run 7 exit @0 term; script c | run 7 exit @0 term
                h | script h | run 7 exit @0 term
                a | script a | run 7 exit @0 term
                i | script i | run 7 exit @0 term
                q | script q | run 7 exit @0 term
                1 | script 1 | run 7 exit @0 term
                2 | script 2 | run 7 exit @0 term
                e | read service | run 7 exit @0 term
                """)
        void a_command_waits_for_the_last_script(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.terminating();

            String read = runsv.read(letter);
            String afterFirst = runsv.scriptEnded('t');
            String afterLast = runsv.scriptEnded('x');

            assertThat(read).isEmpty();
            assertThat(afterFirst)
                    .isEqualTo(
                            "signal service TERM; publish service run 7 exit @0 term; signal service CONT; script x");
            assertThat(afterLast).isEqualTo(actions);
            assertThat(runsv.service()).isEqualTo(status);
        }

        @Test
        void no_command_is_read_meanwhile() {
            RunsvPuppet runsv = RunsvPuppet.running();

            String first = runsv.read('h');
            String ended = runsv.scriptVetoed('h');
            String second = runsv.read('1');

            assertThat(first).isEqualTo("script h");
            assertThat(ended).isEqualTo("read service");
            assertThat(second).isEqualTo("script 1");
        }

        @Test
        void a_request_to_terminate_waits_for_it() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('h');

            String asked = runsv.terminate();
            String ended = runsv.scriptEnded('h');

            assertThat(asked).isEmpty();
            assertThat(ended).isEqualTo("signal service HUP; publish service run 7 exit @0; script t");
        }

        @Test
        void a_request_to_terminate_waits_for_both_scripts_of_a_stop() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('d');
            runsv.terminate();

            String afterFirst = runsv.scriptEnded('t');
            String afterSecond = runsv.scriptEnded('d');

            assertThat(afterFirst).endsWith("script d");
            assertThat(afterSecond).isEqualTo("publish service run 7 exit @0 term; script t");
        }

        @Test
        void an_end_meanwhile_is_seen_when_it_is_over() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('h');

            String ended = runsv.ended(EXIT_3, false);
            String shown = runsv.service();
            String over = runsv.at(6_000).scriptEnded('h');

            assertThat(ended).isEmpty();
            assertThat(shown).isEqualTo("run 7 up @0");
            assertThat(over).isEqualTo("signal service HUP; publish service down 0 up @6000; script u");
        }

        @Test
        void an_end_meanwhile_is_seen_before_the_command_that_came_meanwhile() {
            RunsvPuppet runsv = RunsvPuppet.terminating();
            runsv.read('u');
            runsv.ended(EXIT_3, false);
            runsv.scriptVetoed('t');

            String actions = runsv.scriptEnded('x');

            assertThat(actions)
                    .isEqualTo("publish service down 0 exit @5000; publish service down 0 up @5000; script u");
        }

        @Test
        void an_end_during_a_stop_is_seen_after_the_second_script() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('d');
            runsv.ended(EXIT_3, true);

            String afterFirst = runsv.scriptVetoed('t');
            String afterSecond = runsv.scriptEnded('d');

            assertThat(afterFirst).isEqualTo("signal service CONT; script d");
            assertThat(afterSecond).isEqualTo("publish service finish 0 down @0; finish 3 0");
        }

        @Test
        void an_end_that_was_seen_late_counts_from_when_it_was_seen() {
            RunsvPuppet runsv = RunsvPuppet.running().at(200);
            runsv.read('h');
            runsv.at(500).ended(EXIT_3, false);

            String actions = runsv.at(1_100).scriptVetoed('h');

            assertThat(actions).isEqualTo("publish service down 0 up @1100; script u");
        }

        @Test
        void an_end_is_acted_on_once() {
            RunsvPuppet runsv = RunsvPuppet.running();
            runsv.read('h');
            runsv.ended(EXIT_3, false);
            runsv.scriptVetoed('h');

            String actions = runsv.scriptEnded('u');

            assertThat(actions).isEqualTo("run service");
            assertThat(runsv.state().service().unseen()).isEmpty();
        }
    }

    @Nested
    class WithLogger {

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish log run 5 up @0; read log | run 5 up @0
                d | publish log run 5 down @0; signal log TERM; publish log run 5 down @0 term; signal log CONT; read log | run 5 down @0 term
                o | publish log run 5 down @0; read log | run 5 down @0
                x | read log | run 5 up @0
                t | signal log TERM; publish log run 5 up @0 term; read log | run 5 up @0 term
                k | signal log KILL; read log | run 5 up @0
                p | publish log run 5 up @0 paused; signal log STOP; read log | run 5 up @0 paused
                c | publish log run 5 up @0; signal log CONT; read log | run 5 up @0
                h | signal log HUP; read log | run 5 up @0
                a | signal log ALRM; read log | run 5 up @0
                i | signal log INT; read log | run 5 up @0
                q | signal log QUIT; read log | run 5 up @0
                1 | signal log USR1; read log | run 5 up @0
                2 | signal log USR2; read log | run 5 up @0
                e | read log | run 5 up @0
                """)
        void a_command_to_a_running_logger_means(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();

            String done = runsv.readOnLog(letter);

            assertThat(done).isEqualTo(actions);
            assertThat(runsv.log()).isEqualTo(status);
            assertThat(runsv.service()).isEqualTo("run 7 up @0");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish log down 0 up @0; run log | down 0 up @0
                d | publish log down 0 down @0; read log | down 0 down @0
                o | publish log down 0 down @0; run log | down 0 down @0
                x | read log | down 0 down @0
                t | read log | down 0 down @0
                k | read log | down 0 down @0
                p | publish log down 0 down @0 paused; read log | down 0 down @0 paused
                c | publish log down 0 down @0; read log | down 0 down @0
                h | read log | down 0 down @0
                a | read log | down 0 down @0
                i | read log | down 0 down @0
                q | read log | down 0 down @0
                1 | read log | down 0 down @0
                2 | read log | down 0 down @0
                e | read log | down 0 down @0
                """)
        void a_command_to_a_logger_that_is_down_means(char letter, String actions, String status) {
            RunsvPuppet runsv = RunsvPuppet.downWithLog();

            String done = runsv.readOnLog(letter);

            assertThat(done).isEqualTo(actions);
            assertThat(runsv.log()).isEqualTo(status);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                u | publish log run 6 up @6100; read log
                d | publish log run 6 down @6100; signal log TERM; publish log run 6 down @6100 term; signal log CONT; read log
                o | publish log run 6 down @6100; read log
                x | read log
                t | signal log TERM; publish log run 6 up @6100 term; read log
                k | signal log KILL; read log
                """)
        void a_command_to_a_starting_logger_waits_for_the_answer(char letter, String actions) {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();
            runsv.logEnded();

            String read = runsv.readOnLog(letter);
            String started = runsv.at(6_100).started(Role.LOG, 6);

            assertThat(read).isEmpty();
            assertThat(started).isEqualTo("publish log run 6 up @6100; " + actions);
        }

        @Test
        void a_logger_that_ends_is_started_again_without_finish_or_script() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();

            String actions = runsv.tell(new RunsvEvent.ProcessEnded(Role.LOG, EXIT_3, true));

            assertThat(actions).isEqualTo("publish log down 0 up @5000; run log");
        }

        @Test
        void a_logger_is_started_again_while_a_script_of_the_service_runs() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();
            runsv.read('h');

            String actions = runsv.logEnded();

            assertThat(actions).isEqualTo("publish log down 0 up @5000; run log");
        }

        @Test
        void a_pause_of_the_logger_does_not_hold_up_the_service() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog().at(900);
            runsv.logEnded();

            String ended = runsv.at(1_200).ended(EXIT_3, false);
            String elapsed = runsv.at(1_900).throttleElapsed(Role.LOG);

            assertThat(ended).isEqualTo("publish service down 0 up @1200; script u");
            assertThat(elapsed).isEqualTo("run log");
        }

        @Test
        void a_refused_logger_does_not_hold_up_the_service() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP), RunsvPuppet.wanted(Want.UP));
            runsv.begin();

            String refused = runsv.refused(Role.LOG);
            String elapsed = runsv.at(5_000).throttleElapsed(Role.LOG);

            assertThat(refused).isEqualTo("pause log refused; script u; read log");
            assertThat(elapsed).isEqualTo("run log");
        }

        @Test
        void a_logger_that_cannot_be_run_is_tried_again_after_a_pause() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.DOWN), RunsvPuppet.wanted(Want.UP));
            runsv.begin();

            String failed = runsv.logEnded();
            String elapsed = runsv.at(1_000).throttleElapsed(Role.LOG);

            assertThat(failed).isEqualTo("publish log down 0 up @0; pause log short run; read log");
            assertThat(elapsed).isEqualTo("run log");
        }

        @Test
        void the_service_waits_for_a_logger_that_is_being_started() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();
            runsv.logEnded();

            String ended = runsv.ended(EXIT_3, false);
            String started = runsv.started(Role.LOG, 6);

            assertThat(ended).isEqualTo("publish service down 0 up @5000");
            assertThat(started).isEqualTo("publish log run 6 up @5000; script u");
        }

        @Test
        void finish_waits_for_a_logger_that_is_being_started() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();
            runsv.logEnded();

            String ended = runsv.ended(EXIT_3, true);
            String started = runsv.started(Role.LOG, 6);

            assertThat(ended).isEqualTo("publish service finish 0 up @0");
            assertThat(started).isEqualTo("publish log run 6 up @5000; finish 3 0");
        }

        @Test
        void exit_closes_the_pipe_and_waits_for_the_logger() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();
            runsv.exitCommand();

            String serviceEnded = runsv.ended(TERMINATED, false);
            String logEnded = runsv.at(6_000).logEnded();

            assertThat(serviceEnded)
                    .isEqualTo("publish service down 0 exit @5000; publish log run 5 exit @0; close pipe");
            assertThat(logEnded).isEqualTo("publish log down 0 exit @6000; exit");
        }

        @Test
        void exit_waits_for_finish_before_it_closes_the_pipe() {
            RunsvPuppet runsv = RunsvPuppet.runningWithLog();
            runsv.exitCommand();

            String ended = runsv.ended(TERMINATED, true);
            String finished = runsv.ended(EXIT_0, true);

            assertThat(ended).isEqualTo("publish service finish 0 exit @0; finish -1 15");
            assertThat(finished).contains("close pipe");
        }

        @Test
        void exit_without_a_running_logger_exits_at_once() {
            RunsvPuppet runsv = RunsvPuppet.downWithLog();

            String actions = runsv.read('x');

            assertThat(actions).isEqualTo("publish service down 0 exit @0; exit");
        }

        @Test
        void exit_closes_the_pipe_only_after_the_start_of_the_logger() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.DOWN), RunsvPuppet.wanted(Want.UP));
            runsv.begin();

            String asked = runsv.terminate();
            String started = runsv.started(Role.LOG, 5);

            assertThat(asked).isEqualTo("publish service down 0 exit @0");
            assertThat(started).isEqualTo("publish log run 5 up @0; publish log run 5 exit @0; close pipe; read log");
        }

        @Test
        void exit_does_not_wait_for_a_logger_that_was_refused() {
            RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.DOWN), RunsvPuppet.wanted(Want.UP));
            runsv.begin();
            runsv.terminate();

            String actions = runsv.refused(Role.LOG);

            assertThat(actions).isEqualTo("pause log refused; exit");
        }

        @Test
        void a_second_exit_while_the_logger_drains_changes_nothing() {
            RunsvPuppet runsv = RunsvPuppet.draining();

            String read = runsv.read('x');
            String asked = runsv.terminate();

            assertThat(read).isEqualTo("publish service down 0 exit @5000; read service");
            assertThat(asked).isEqualTo("publish service down 0 exit @5000");
        }

        @Test
        void a_draining_logger_that_is_stopped_is_woken_too() {
            RunsvPuppet runsv = RunsvPuppet.draining();

            String actions = runsv.readOnLog('t');

            assertThat(actions).isEqualTo("signal log TERM; publish log run 5 exit @0 term; signal log CONT; read log");
        }

        @Test
        void a_drained_logger_is_not_started_again_even_if_it_is_wanted_up() {
            RunsvPuppet runsv = RunsvPuppet.draining();
            runsv.readOnLog('u');

            String actions = runsv.logEnded();

            assertThat(actions).isEqualTo("publish log down 0 up @5000; exit");
        }

        @Test
        void wanted_up_while_the_logger_drains_the_service_starts_with_a_new_pipe() {
            RunsvPuppet runsv = RunsvPuppet.draining();

            String read = runsv.read('u');
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 9);
            String oldLoggerEnded = runsv.at(6_000).logEnded();

            assertThat(read).isEqualTo("publish service down 0 up @5000; open pipe; publish log run 5 up @0; script u");
            assertThat(oldLoggerEnded).isEqualTo("publish log down 0 up @6000; run log");
        }

        @Test
        void wanted_once_while_the_logger_drains_the_service_starts_with_a_new_pipe() {
            RunsvPuppet runsv = RunsvPuppet.draining();

            String actions = runsv.read('o');

            assertThat(actions)
                    .isEqualTo("publish service down 0 down @5000; open pipe; publish log run 5 up @0; script u");
        }

        @Test
        void wanted_down_while_the_logger_drains_runsv_stays_and_can_be_called_up_or_ended() {
            RunsvPuppet runsv = RunsvPuppet.draining();
            runsv.read('d');

            String logEnded = runsv.at(6_000).logEnded();
            String up = runsv.read('u');

            assertThat(logEnded).isEqualTo("publish log down 0 exit @6000");
            assertThat(up)
                    .isEqualTo("publish service down 0 up @5000; open pipe; publish log down 0 up @6000; "
                            + "run log; read service");
        }

        @Test
        void wanted_down_while_the_logger_drains_a_later_exit_exits() {
            RunsvPuppet runsv = RunsvPuppet.draining();
            runsv.read('d');
            runsv.logEnded();

            String actions = runsv.read('x');

            assertThat(actions).isEqualTo("publish service down 0 exit @5000; exit");
        }

        @Test
        void exit_after_a_new_pipe_closes_that_one_too() {
            RunsvPuppet runsv = RunsvPuppet.draining();
            runsv.read('u');
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 9);
            runsv.exitCommand();

            String actions = runsv.at(7_000).ended(TERMINATED, false);

            assertThat(actions).isEqualTo("publish service down 0 exit @7000; publish log run 5 exit @0; close pipe");
        }

        @Test
        void the_end_of_a_loggers_pause_starts_nothing_while_it_drains() {
            RunsvPuppet runsv = RunsvPuppet.draining();

            String actions = runsv.throttleElapsed(Role.LOG);

            assertThat(actions).isEmpty();
        }
    }

    @Nested
    class Exited {

        @Test
        void every_later_event_is_ignored() {
            RunsvPuppet runsv = RunsvPuppet.throttled();
            runsv.read('x');
            RunsvState end = runsv.state();

            runsv.read('u');
            runsv.terminate();
            runsv.throttleElapsed(Role.SERVICE);
            runsv.started(Role.SERVICE, 9);
            runsv.refused(Role.SERVICE);
            runsv.ended(EXIT_0, true);
            runsv.scriptEnded('u');
            runsv.readOnLog('u');
            String last = runsv.begin();

            assertThat(last).isEmpty();
            assertThat(runsv.state()).isEqualTo(end);
        }
    }

    @Nested
    class AnyState {

        @ParameterizedTest
        @ValueSource(chars = {'e', 'X', 'z', 'D', 'U', '\n', ' ', '0', '3', '\0', '\u00ff'})
        void a_byte_that_is_no_command_means_nothing(char letter) {
            RunsvPuppet running = RunsvPuppet.running();
            RunsvState before = running.state();

            String whenRunning = running.read(letter);
            String whenDown = RunsvPuppet.down().read(letter);
            String whenFinishing = RunsvPuppet.finishing().read(letter);
            String whenThrottled = RunsvPuppet.throttled().read(letter);
            String onLog = RunsvPuppet.runningWithLog().readOnLog(letter);

            assertThat(running.state()).isEqualTo(before);
            assertThat(whenRunning).isEqualTo("read service");
            assertThat(whenDown).isEqualTo("read service");
            assertThat(whenFinishing).isEqualTo("read service");
            assertThat(whenThrottled).isEqualTo("read service");
            assertThat(onLog).isEqualTo("read log");
        }

        @Test
        void a_decision_does_not_change_the_state_that_it_was_made_from() {
            RunsvState before = RunsvPuppet.running().state();

            RunsvRule.Decision first =
                    RunsvRule.decide(before, new RunsvEvent.CommandRead(Role.SERVICE, 'd'), InWords.START);
            RunsvRule.Decision second =
                    RunsvRule.decide(before, new RunsvEvent.CommandRead(Role.SERVICE, 'd'), InWords.START);

            assertThat(second).isEqualTo(first);
        }
    }
}
