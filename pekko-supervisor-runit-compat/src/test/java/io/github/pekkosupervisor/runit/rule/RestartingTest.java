package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.rule.RestartPolicy.GiveUp;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Asked;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** When {@code run} is started again, where {@code service.conf} says so; {@link InWords} tells how to read it. */
class RestartingTest {

    private static final ExitStatus FAILS = ExitStatus.ofCode(3);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final RestartDelay GROWING =
            new RestartDelay(Duration.ofMillis(200), Duration.ofSeconds(10), 2, 0, Duration.ofSeconds(30));

    private static RestartPolicy policy(RestartType type, Optional<RestartDelay> delay, Optional<GiveUp> giveUp) {
        Set<Integer> normal = type == RestartType.PERMANENT ? Set.of() : Set.of(0);
        return new RestartPolicy(type, normal, Set.of(Signal.USR1), Set.of(77), delay, giveUp);
    }

    private static RestartPolicy of(RestartType type) {
        return policy(type, Optional.empty(), Optional.empty());
    }

    private static RestartPolicy delayed() {
        return policy(RestartType.PERMANENT, Optional.of(GROWING), Optional.empty());
    }

    private static RestartPolicy limited(Optional<Duration> coolDown) {
        return policy(RestartType.PERMANENT, Optional.empty(), Optional.of(new GiveUp(3, MINUTE, coolDown)));
    }

    private static RunsvPuppet running(RestartPolicy policy) {
        return RunsvPuppet.running().restarted(policy);
    }

    private static ExitStatus status(String end) {
        return end.matches("[0-9]+")
                ? ExitStatus.ofCode(Integer.parseInt(end))
                : ExitStatus.ofSignal(Signal.valueOf(end).number());
    }

    // ---- after which ends

    /** Each type, each kind of end: whether {@code run} is started again, or down. */
    @ParameterizedTest
    @CsvSource({
        "PERMANENT, 0, up",
        "PERMANENT, 3, up",
        "PERMANENT, USR1, up",
        "PERMANENT, KILL, up",
        "PERMANENT, 77, down",
        "TRANSIENT, 0, down",
        "TRANSIENT, 3, up",
        "TRANSIENT, USR1, down",
        "TRANSIENT, KILL, up",
        "TRANSIENT, 77, down",
        "TEMPORARY, 0, down",
        "TEMPORARY, 3, down",
        "TEMPORARY, USR1, down",
        "TEMPORARY, KILL, down",
        "TEMPORARY, 77, down",
    })
    void an_end_by_itself_is_followed_by_a_start_or_not(RestartType type, String end, String want) {
        RunsvPuppet runsv = running(of(type));

        assertThat(runsv.ended(status(end), false))
                .isEqualTo("publish service down 0 " + want + " @5000" + (want.equals("up") ? "; script u" : ""));
    }

    @Test
    void a_code_that_is_ignored_before_it_is_ready_is_a_failure_when_it_is() {
        RunsvPuppet runsv = running(of(RestartType.PERMANENT));
        runsv.tell(RunsvEvent.SignGiven.INSTANCE);

        assertThat(runsv.ended(status("77"), false)).endsWith("; script u");
    }

    /** As {@code sv restart} ends it. */
    @ParameterizedTest
    @MethodSource("types")
    void what_was_sent_term_is_started_again_whatever_is_said(RestartType type) {
        RunsvPuppet runsv = running(of(type));
        runsv.read('t');
        runsv.scriptEnded('t');

        assertThat(runsv.ended(status("0"), false)).isEqualTo("publish service down 0 up @5000; script u");
    }

    static List<RestartType> types() {
        return List.of(RestartType.values());
    }

    @Test
    void what_its_script_t_has_ended_is_started_again() {
        RunsvPuppet runsv = running(of(RestartType.TEMPORARY));
        runsv.read('t');
        runsv.scriptVetoed('t');

        assertThat(runsv.ended(status("0"), false)).endsWith("; script u");
    }

    @Test
    void what_the_very_signal_has_ended_that_somebody_sent_is_started_again() {
        RunsvPuppet runsv = running(of(RestartType.TEMPORARY));
        runsv.read('i');
        runsv.scriptEnded('i');

        assertThat(runsv.ended(status("INT"), false)).endsWith("; script u");
    }

    @Test
    void one_that_was_stopped_as_hung_has_failed_whatever_it_says() {
        RunsvPuppet runsv = running(of(RestartType.TRANSIENT));
        runsv.hung();
        runsv.scriptEnded('t');

        assertThat(runsv.ended(status("0"), false)).endsWith("; script u");
    }

    @Test
    void one_that_is_wanted_down_stays_down() {
        RunsvPuppet runsv = running(of(RestartType.PERMANENT));
        runsv.downCommand();

        assertThat(runsv.ended(FAILS, false)).isEqualTo("publish service down 0 down @5000");
    }

    @Test
    void finish_is_run_first() {
        RunsvPuppet runsv = running(of(RestartType.TRANSIENT));

        assertThat(runsv.ended(status("0"), true)).isEqualTo("publish service finish 0 down @0; finish 0 0");
        runsv.started(Role.SERVICE, 8);
        assertThat(runsv.at(6_000).ended(FAILS, true)).isEqualTo("publish service down 0 down @6000");
    }

    // ---- how long it waits

    /** Ends at once again and again; what the pause was each time. */
    private static List<String> pauses(RunsvPuppet runsv, int times) {
        List<String> pauses = new ArrayList<>();
        long now = 10_000;
        for (int i = 0; i < times; i++) {
            String said = runsv.at(now).ended(FAILS, false);
            pauses.add(said.replaceFirst("publish [^;]*(; )?", ""));
            now += 60_000;
            runsv.at(now).throttleElapsed(Role.SERVICE);
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 20 + i);
        }
        return pauses;
    }

    @Test
    void waits_grow_up_to_the_longest() {
        assertThat(pauses(running(delayed()), 8))
                .containsExactlyElementsOf(IntStream.of(200, 400, 800, 1600, 3200, 6400, 10_000, 10_000)
                        .mapToObj(millis -> "pause service delay " + millis)
                        .toList());
    }

    @Test
    void who_has_held_out_waits_the_first_wait_again() {
        RunsvPuppet runsv = running(delayed());
        pauses(runsv, 5);

        assertThat(runsv.at(10_000 + 5 * 60_000 + 30_000).ended(FAILS, false)).endsWith("pause service delay 200");
    }

    @Test
    void an_end_that_was_asked_for_waits_as_with_runit_and_begins_the_row_anew() {
        RunsvPuppet runsv = running(delayed());
        pauses(runsv, 5);
        runsv.read('t');
        runsv.scriptEnded('t');

        assertThat(runsv.at(400_000).ended(ExitStatus.ofSignal(15), false)).endsWith("; script u");
        runsv.scriptEnded('u');
        runsv.started(Role.SERVICE, 9);
        assertThat(runsv.at(401_000).ended(FAILS, false)).endsWith("pause service delay 200");
    }

    @Test
    void up_for_one_that_is_wanted_up_does_not_end_the_wait_and_once_does() {
        RunsvPuppet runsv = running(delayed());
        pauses(runsv, 5);
        runsv.at(400_000).ended(FAILS, false);

        assertThat(runsv.at(402_000).read('u')).doesNotContain("script u");
        assertThat(runsv.at(402_100).read('o')).contains("script u");
    }

    @Test
    void down_and_up_end_the_wait_but_for_runits_second() {
        RunsvPuppet runsv = running(delayed());
        pauses(runsv, 5);
        runsv.at(400_000).ended(FAILS, false);
        runsv.at(400_100).read('d');

        assertThat(runsv.at(400_200).read('u'))
                .contains("pause service short run")
                .doesNotContain("script u");
        assertThat(runsv.at(401_200).throttleElapsed(Role.SERVICE)).isEqualTo("script u");
    }

    @Test
    void jitter_is_a_share_of_the_wait_and_depends_on_the_moment() {
        RestartDelay random =
                new RestartDelay(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 0.5, Duration.ofSeconds(9));
        RestartPolicy policy = policy(RestartType.PERMANENT, Optional.of(random), Optional.empty());
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            Instant now = InWords.START.plusNanos(i * 1009L);
            Restarting failed = Restarting.beginning(policy)
                    .ended(FAILS, Duration.ZERO, false, false, now)
                    .next();
            waits.add(failed.pause(now).orElseThrow().length().toMillis());
        }

        assertThat(waits).allMatch(wait -> wait >= 500 && wait <= 1500);
        assertThat(waits).anyMatch(wait -> wait < 600).anyMatch(wait -> wait > 1400);
        assertThat(policy.longestPause()).isGreaterThanOrEqualTo(Duration.ofMillis(1500));
    }

    // ---- when it is enough

    @Test
    void with_the_third_failure_within_the_time_it_is_left_down_until_somebody_wants_it_up() {
        RunsvPuppet runsv = running(limited(Optional.empty()));
        fail(runsv, 10_000, 20_000);

        assertThat(runsv.at(30_000).ended(FAILS, false)).isEqualTo("publish service down 0 down @30000");
        assertThat(runsv.state().restarting().orElseThrow().gaveUp()).isTrue();
        assertThat(runsv.state().restarting().orElseThrow().gaveUpInWords(false))
                .contains("run has failed 3 times within 1 min: it is left down; see why, and start it by sv up");

        assertThat(runsv.at(40_000).read('u')).contains("script u");
        assertThat(runsv.state().restarting().orElseThrow().gaveUp()).isFalse();
        runsv.scriptEnded('u');
        runsv.started(Role.SERVICE, 9);
        assertThat(runsv.at(50_000).ended(FAILS, false)).endsWith("; script u");
    }

    private static void fail(RunsvPuppet runsv, long... times) {
        for (long time : times) {
            assertThat(runsv.at(time).ended(FAILS, false)).endsWith("; script u");
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 8);
        }
    }

    @Test
    void failures_that_are_longer_ago_do_not_count() {
        RunsvPuppet runsv = running(limited(Optional.empty()));

        fail(runsv, 10_000, 20_000, 70_001, 80_001);

        assertThat(runsv.at(90_000).ended(FAILS, false)).startsWith("publish service down 0 down");
    }

    @Test
    void it_cools_down_and_is_then_tried_again_as_if_nothing_had_been() {
        RunsvPuppet runsv = running(limited(Optional.of(Duration.ofMinutes(5))));
        fail(runsv, 10_000, 20_000);

        assertThat(runsv.at(30_000).ended(FAILS, false))
                .isEqualTo("publish service down 0 up @30000; pause service cool down 300000");
        assertThat(runsv.state().restarting().orElseThrow().gaveUpInWords(true).orElseThrow())
                .contains("it is tried again after 5 min");
        assertThat(runsv.at(40_000).read('u')).doesNotContain("script u");

        assertThat(runsv.at(330_000).throttleElapsed(Role.SERVICE)).isEqualTo("script u");
        runsv.scriptEnded('u');
        runsv.started(Role.SERVICE, 9);
        assertThat(runsv.state().restarting().orElseThrow().gaveUp()).isFalse();
        fail(runsv, 340_000, 341_000);
        assertThat(runsv.at(342_000).ended(FAILS, false)).endsWith("pause service cool down 300000");
    }

    @Test
    void an_end_that_was_asked_for_or_is_normal_is_no_failure() {
        RunsvPuppet runsv = running(limited(Optional.empty()));
        for (long i = 0; i < 5; i++) {
            runsv.at(10_000 + i * 4_000).read('t');
            runsv.scriptEnded('t');
            assertThat(runsv.ended(ExitStatus.ofSignal(15), false)).endsWith("; script u");
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 9);
            assertThat(runsv.at(11_500 + i * 4_000).ended(ExitStatus.ofSignal(Signal.USR1.number()), false))
                    .endsWith("; script u");
            runsv.scriptEnded('u');
            runsv.started(Role.SERVICE, 9);
        }
    }

    @Test
    void what_could_not_be_run_has_failed() {
        RunsvPuppet runsv = RunsvPuppet.of(RunsvPuppet.wanted(Want.UP)).restarted(limited(Optional.empty()));
        runsv.begin();
        for (long i = 1; i <= 2; i++) {
            runsv.at(i * 5_000);
            runsv.scriptEnded('u');
            assertThat(runsv.ended(ExitStatus.ofCode(111), false)).contains("pause service short run");
            runsv.at(i * 5_000 + 1_000).throttleElapsed(Role.SERVICE);
        }
        runsv.scriptEnded('u');
        assertThat(runsv.ended(ExitStatus.ofCode(111), false)).contains("publish service down 0 down");
    }

    // ---- for a supervisor after this one

    @Test
    void what_is_recorded_is_what_it_goes_on_from() {
        Random random = new Random(5);
        for (int i = 0; i < 1000; i++) {
            Restarting before = Restarting.beginning(limited(Optional.empty()));
            Instant now = InWords.START;
            for (int ends = random.nextInt(6); ends > 0; ends--) {
                now = now.plusMillis(random.nextInt(40_000));
                before = before.ended(FAILS, Duration.ZERO, false, false, now).next();
            }
            Restarting after = Restarting.left(before.policy(), before.retries(), Asked.NOT, false);

            assertThat(after.retries()).isEqualTo(before.retries());
            assertThat(after.gaveUp()).isEqualTo(before.gaveUp());
            assertThat(after.failures()).hasSameSizeAs(before.failures());
        }
    }
}
