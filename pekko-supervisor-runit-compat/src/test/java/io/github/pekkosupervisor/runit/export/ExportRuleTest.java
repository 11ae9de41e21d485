package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.StartGate.Cause;
import io.github.pekkosupervisor.runit.export.ExportRule.Decision;
import io.github.pekkosupervisor.runit.export.ShownChild.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What follows from a letter: the table of the specification, and of {@code docs/export.md}, row by row. */
final class ExportRuleTest {

    private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

    /** A child that things happen to, and what was asked of its supervisor. */
    private static final class Story {
        final ShownKind kind;
        final List<String> calls = new ArrayList<>();
        ShownChild child = ShownChild.downSince(NOON);
        boolean ignored;

        Story(ShownKind kind) {
            this.kind = kind;
        }

        static Story of(String phase) {
            return of(phase, ShownKind.OTHER);
        }

        static Story of(String phase, ShownKind kind) {
            Story story = new Story(kind);
            return switch (phase) {
                case "down" -> story;
                case "waits" -> story.after(new ExportEvent.Waiting(Optional.of(NOON)));
                case "comes" -> story.after(new ExportEvent.Asked(Cause.CALL));
                case "restarting" -> story.after(new ExportEvent.Restarting(Optional.of(NOON)));
                case "starts" -> story.after(new ExportEvent.Starting(NOON, 0));
                case "runs" -> story.after(new ExportEvent.Started(NOON, 0, false));
                case "stops" -> story.after(new ExportEvent.Started(NOON, 0, false), new ExportEvent.Stopping(false));
                case "renewed" -> story.after(new ExportEvent.Started(NOON, 0, false), new ExportEvent.Stopping(true));
                default -> throw new IllegalArgumentException(phase);
            };
        }

        Story after(ExportEvent... events) {
            for (ExportEvent event : events) {
                Decision decision = ExportRule.decide(kind, child, event);
                child = decision.child();
                decision.calls().forEach(call -> calls.add(call.name()));
                ignored |= decision.ignored();
            }
            return this;
        }

        Story letters(String letters) {
            letters.chars().forEach(letter -> after(new ExportEvent.Letter((char) letter)));
            return this;
        }

        Story is(String phase) {
            return switch (phase) {
                case "stopping" -> after(new ExportEvent.Stopping(true));
                case "waiting" -> after(new ExportEvent.Waiting(Optional.of(NOON)));
                case "starting" -> after(new ExportEvent.Starting(NOON, 0));
                case "running" -> runs();
                default -> throw new IllegalArgumentException(phase);
            };
        }

        Story answered(Call call) {
            return after(new ExportEvent.Answered(call, true));
        }

        Story down() {
            return after(new ExportEvent.Down(Optional.of(NOON), false));
        }

        Story runs() {
            return after(new ExportEvent.Started(NOON, 0, false));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // letter, phase,      what is called
        "d,        runs,       TERMINATE",
        "d,        starts,     TERMINATE",
        "d,        restarting, TERMINATE",
        "d,        waits,      TERMINATE",
        "d,        stops,      TERMINATE",
        "d,        comes,      TERMINATE",
        "d,        down,       ''",
        "u,        down,       RESTART",
        "u,        restarting, NOW",
        "u,        waits,      RESTART",
        "u,        runs,       ''",
        "u,        starts,     ''",
        "u,        renewed,    ''",
        "u,        stops,      RESTART",
        "o,        down,       ONCE",
        "o,        runs,       ONCE",
        "o,        starts,     ONCE",
        "o,        restarting, ONCE",
        "o,        waits,      ONCE",
        "t,        runs,       RENEW",
        "t,        starts,     RENEW",
        "t,        down,       ''",
        "t,        restarting, ''",
        "t,        waits,      ''",
        "t,        stops,      ''",
        "k,        runs,       KILL",
        "k,        starts,     KILL",
        "k,        stops,      KILL",
        "k,        renewed,    KILL",
        "k,        down,       ''",
        "k,        restarting, ''",
        "k,        waits,      ''",
        "x,        runs,       TERMINATE",
        "x,        restarting, TERMINATE",
        "x,        waits,      TERMINATE",
        "x,        down,       ''",
        "h,        runs,       HUP",
        "a,        runs,       ALRM",
        "i,        runs,       INT",
        "q,        runs,       QUIT",
        "1,        runs,       USR1",
        "2,        runs,       USR2",
        "h,        stops,      HUP",
        "h,        down,       ''",
        "z,        runs,       ''",
        "'\0',     runs,       ''",
        "O,        runs,       ''"
    })
    void a_letter_leads_to_this_call(String letter, String phase, String call) {
        Story story = Story.of(phase).letters(letter);

        assertThat(String.join(" ", story.calls)).isEqualTo(call);
        assertThat(story.ignored).isFalse();
    }

    @Test
    void a_oneshot_is_done_until_it_is_started_again_or_goes_down_otherwise() {
        ExportEvent done = new ExportEvent.Down(Optional.of(NOON), false, true);

        assertThat(Story.of("starts").after(done).child.done()).isTrue();
        assertThat(Story.of("starts").after(done).child.phase()).isEqualTo(Phase.DOWN);
        assertThat(Story.of("starts")
                        .after(done, new ExportEvent.Starting(NOON, 0))
                        .child
                        .done())
                .isFalse();
        assertThat(Story.of("starts").after(done).down().child.done()).isFalse();
    }

    @Test
    void it_hangs_until_it_works_again_or_has_ended() {
        ExportEvent hangs = new ExportEvent.Hung(true);

        assertThat(Story.of("runs").after(hangs).child.hung()).isTrue();
        assertThat(Story.of("runs")
                        .after(hangs, new ExportEvent.Hung(false))
                        .child
                        .hung())
                .isFalse();
        assertThat(Story.of("runs").after(hangs).down().child.hung()).isFalse();
        assertThat(Story.of("runs")
                        .after(hangs, new ExportEvent.Starting(NOON, 0))
                        .child
                        .hung())
                .isFalse();
        assertThat(Story.of("down").after(hangs).child.hung()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        // kind,          letter, what is called, whether it is said to be ignored
        "PROCESS,         p,      PAUSE,     false",
        "PROCESS,         c,      CONTINUE,  false",
        "PROCESS,         h,      HUP,       false",
        "OTHER,           p,      '',        true",
        "OTHER,           c,      '',        false",
        "SUPERVISOR,      h,      '',        true",
        "SUPERVISOR,      p,      '',        true",
        "SUPERVISOR,      k,      KILL,      false",
        "SUPERVISOR,      d,      TERMINATE, false",
        "TOP,             t,      RENEW,     false",
        "TOP,             d,      '',        true",
        "TOP,             x,      '',        true",
        "TOP,             k,      '',        true",
        "TOP,             h,      '',        true",
        "TOP,             u,      '',        false",
        "TOP,             o,      '',        false",
        "TOP_THAT_STOPS,  d,      STOP_TREE, false",
        "TOP_THAT_STOPS,  x,      STOP_TREE, false",
        "TOP_THAT_STOPS,  k,      '',        true"
    })
    void what_it_means_depends_on_the_kind(ShownKind kind, String letter, String call, boolean ignored) {
        Story story = Story.of("runs", kind).letters(letter);

        assertThat(String.join(" ", story.calls)).isEqualTo(call);
        assertThat(story.ignored).isEqualTo(ignored);
    }

    @Nested
    class OneCallAtATime {

        @Test
        void a_restart_of_sv_is_one_renewal() {
            Story story = Story.of("runs").letters("tcu");
            assertThat(story.calls).containsExactly("RENEW");

            story.after(new ExportEvent.Stopping(true), new ExportEvent.Restarting(Optional.of(NOON)))
                    .runs()
                    .answered(Call.RENEW);

            assertThat(story.calls).containsExactly("RENEW");
            assertThat(story.child.call()).isNull();
        }

        @Test
        void the_last_wish_counts() {
            Story story = Story.of("runs").letters("dudududu");
            assertThat(story.calls).containsExactly("TERMINATE");

            story.down().answered(Call.TERMINATE);
            assertThat(story.calls).containsExactly("TERMINATE", "RESTART");

            story.runs().answered(Call.RESTART);
            assertThat(story.calls).hasSize(2);
        }

        @Test
        void a_second_renewal_is_dropped_during_one() {
            assertThat(Story.of("runs").letters("tttt").answered(Call.RENEW).calls)
                    .containsExactly("RENEW");
        }

        /** Who writes it waits for a start that is later than his letter. */
        @ParameterizedTest
        @CsvSource({
            // before,              between, after,   what is called
            "stopping,              t,       running, RENEW",
            "stopping waiting,      t,       running, RENEW",
            "stopping starting,     t,       running, RENEW RENEW",
            "stopping starting,     tttt,    running, RENEW RENEW",
            "stopping starting,     tcu,     running, RENEW RENEW",
            "stopping starting,     td,      running, RENEW RENEW",
            "stopping starting,     t,       waiting, RENEW RESTART",
            "stopping running,      t,       running, RENEW RENEW",
        })
        void a_t_that_comes_after_the_start_of_a_renewal_is_obeyed_once_after_it(
                String before, String letters, String after, String calls) {
            Story story = Story.of("runs").letters("tcu");
            List.of(before.split(" ", -1)).forEach(story::is);

            story.letters(letters);
            assertThat(story.calls).containsExactly("RENEW");
            story.is(after).answered(Call.RENEW);

            assertThat(String.join(" ", story.calls)).isEqualTo(calls);
            story.is("stopping").letters("t");
            assertThat(String.join(" ", story.calls)).as("no more").isEqualTo(calls);
        }

        /** It is the old one that starts, as long as it has not been stopped. */
        @Test
        void a_renewal_of_one_that_starts_has_not_started_it() {
            assertThat(Story.of("starts").letters("t").runs().letters("t").answered(Call.RENEW).calls)
                    .containsExactly("RENEW");
        }

        @Test
        void a_t_after_a_start_is_remembered() {
            Story story = Story.of("down").letters("ut").runs().answered(Call.RESTART);

            assertThat(story.calls).containsExactly("RESTART", "RENEW");
        }

        @Test
        void a_kill_does_not_wait_and_is_pending_once() {
            Story story = Story.of("runs").letters("dkkk1");

            assertThat(story.calls).containsExactly("TERMINATE", "KILL", "USR1");
            assertThat(story.answered(Call.KILL).letters("k1").calls).endsWith("KILL");
        }
    }

    @Nested
    class Held {

        private boolean isStartedWithItsGroup(Story story) {
            return ExportRule.mayStart(story.child, Cause.GROUP, false);
        }

        @ParameterizedTest
        @ValueSource(strings = {"d", "x"})
        void what_a_command_has_put_down_is_not_started_with_its_group(String letter) {
            Story story = Story.of("runs").letters(letter).down();

            assertThat(isStartedWithItsGroup(story)).isFalse();
            assertThat(ExportRule.mayStart(story.child, Cause.CALL, false)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"u", "o"})
        void until_a_command_starts_it(String letter) {
            Story story = Story.of("runs")
                    .letters("d")
                    .down()
                    .answered(Call.TERMINATE)
                    .letters(letter);

            assertThat(isStartedWithItsGroup(story)).isTrue();
        }

        @Test
        void or_a_call_does() {
            Story story = Story.of("runs").letters("d").down().after(new ExportEvent.Asked(Cause.CALL));

            assertThat(isStartedWithItsGroup(story)).isTrue();
        }

        @Test
        void or_its_supervisor_ends() {
            Story story = Story.of("runs")
                    .letters("d")
                    .down()
                    .answered(Call.TERMINATE)
                    .after(new ExportEvent.SupervisorEnded(NOON, true));

            assertThat(isStartedWithItsGroup(story)).isTrue();
            assertThat(ExportRule.mayStart(story.child, Cause.START_UP, false)).isTrue();
        }

        @ParameterizedTest
        @ValueSource(strings = {"d", "x"})
        void what_is_put_down_while_there_is_no_supervisor_is_not_started_with_the_next(String letter) {
            Story story = Story.of("runs")
                    .after(new ExportEvent.SupervisorEnded(NOON, true))
                    .letters(letter)
                    .after(new ExportEvent.Asked(Cause.START_UP));

            assertThat(story.calls).isEmpty();
            assertThat(ExportRule.mayStart(story.child, Cause.START_UP, false)).isFalse();
        }

        @Test
        void not_even_if_that_one_does_not_get_up_and_another_is_made() {
            Story story = Story.of("runs")
                    .after(new ExportEvent.SupervisorEnded(NOON, true))
                    .letters("d")
                    .after(new ExportEvent.SupervisorEnded(NOON, false), new ExportEvent.Asked(Cause.START_UP));

            assertThat(ExportRule.mayStart(story.child, Cause.START_UP, false)).isFalse();
        }

        @Test
        void nor_what_a_supervisor_was_asked_to_stop_that_has_ended_instead() {
            Story story = Story.of("runs")
                    .letters("d")
                    .after(new ExportEvent.SupervisorEnded(NOON, true))
                    .after(new ExportEvent.Answered(Call.TERMINATE, false));

            assertThat(ExportRule.mayStart(story.child, Cause.START_UP, false)).isFalse();
        }

        /** The start that a renewal makes was asked for by a call, and the command that came meanwhile is the later. */
        @ParameterizedTest
        @CsvSource({"td, RENEW TERMINATE", "tx, RENEW TERMINATE"})
        void what_is_asked_for_during_a_call_holds_after_it(String letters, String calls) {
            Story story = Story.of("runs")
                    .letters(letters)
                    .after(
                            new ExportEvent.Stopping(true),
                            new ExportEvent.Waiting(Optional.of(NOON)),
                            new ExportEvent.Asked(Cause.CALL))
                    .runs()
                    .answered(Call.RENEW)
                    .after(new ExportEvent.Stopping(false))
                    .down()
                    .answered(Call.TERMINATE);

            assertThat(String.join(" ", story.calls)).isEqualTo(calls);
            assertThat(isStartedWithItsGroup(story)).isFalse();
        }

        @Test
        void what_is_asked_for_while_it_comes_up_holds_too() {
            Story story = Story.of("down")
                    .letters("ud")
                    .after(new ExportEvent.Asked(Cause.CALL))
                    .runs()
                    .answered(Call.RESTART)
                    .after(new ExportEvent.Stopping(false))
                    .down()
                    .answered(Call.TERMINATE);

            assertThat(story.calls).containsExactly("RESTART", "TERMINATE");
            assertThat(isStartedWithItsGroup(story)).isFalse();
        }

        @Test
        void a_call_that_comes_before_the_stop_is_carried_out_does_not_end_it() {
            Story story = Story.of("runs").letters("d").after(new ExportEvent.Asked(Cause.CALL));

            assertThat(isStartedWithItsGroup(story)).isFalse();
        }

        @Test
        void but_not_by_being_asked_for_with_its_group() {
            Story story = Story.of("runs").letters("d").down().after(new ExportEvent.Asked(Cause.GROUP));

            assertThat(isStartedWithItsGroup(story)).isFalse();
        }

        @ParameterizedTest
        @CsvSource({"START_UP, false", "GROUP, false", "RESTART, true", "DELAY_OVER, true", "CALL, true"})
        void a_down_file_keeps_from_starts_that_nobody_asked_for(Cause cause, boolean mayStart) {
            assertThat(ExportRule.mayStart(ShownChild.downSince(NOON), cause, true))
                    .isEqualTo(mayStart);
        }
    }

    /** Those whose group waits for one, and which are down for their supervisor. */
    @Nested
    class Waiting {

        private Story waiting() {
            return Story.of("waits");
        }

        @ParameterizedTest
        @ValueSource(strings = {"d", "x"})
        void one_that_is_put_down_waits_no_more(String letter) {
            Story story = waiting().letters(letter).answered(Call.TERMINATE);

            assertThat(story.child.phase()).isEqualTo(Phase.DOWN);
            assertThat(story.child.closed()).isEqualTo(letter.equals("x"));
            assertThat(story.letters("u").calls).containsExactly("TERMINATE", "RESTART");
        }

        @Test
        void one_that_could_not_be_put_down_goes_on_to_wait() {
            Story story = waiting().letters("d").after(new ExportEvent.Answered(Call.TERMINATE, false));

            assertThat(story.child.phase()).isEqualTo(Phase.WAITING);
        }

        @Test
        void when_its_supervisor_ends_it_is_down() {
            assertThat(waiting().after(new ExportEvent.SupervisorEnded(NOON.plusSeconds(9), true)).child)
                    .isEqualTo(ShownChild.downSince(NOON));
        }
    }

    @Nested
    class Exit {

        @Test
        void it_is_closed_when_it_is_down_and_opened_after_a_while() {
            Story story = Story.of("runs").letters("x");
            assertThat(story.child.exits()).isTrue();

            story.after(new ExportEvent.Stopping(false)).down();
            assertThat(story.child.closed()).isFalse();
            story.answered(Call.TERMINATE);
            assertThat(story.child.closed()).isTrue();
            assertThat(story.child.exits()).isFalse();

            story.after(ExportEvent.Reopened.INSTANCE);
            assertThat(story.child.closed()).isFalse();
        }

        @Test
        void one_that_is_down_is_closed_at_once() {
            assertThat(Story.of("down").letters("x").child.closed()).isTrue();
        }

        @Test
        void it_is_not_closed_if_somebody_has_wanted_it_up_since() {
            Story story = Story.of("runs").letters("xu").down().answered(Call.TERMINATE);

            assertThat(story.child.closed()).isFalse();
            assertThat(story.calls).containsExactly("TERMINATE", "RESTART");
        }

        @Test
        void a_start_opens_it() {
            assertThat(Story.of("down").letters("x").runs().child.closed()).isFalse();
        }
    }

    @Nested
    class Flags {

        /** It may have been sent by a call from Java, too. */
        @Test
        void a_pause_shows_when_it_has_been_sent_whoever_has_sent_it() {
            Story story = Story.of("runs", ShownKind.PROCESS).letters("p").answered(Call.PAUSE);
            assertThat(story.child.paused()).isFalse();

            assertThat(story.after(new ExportEvent.Paused(true)).child.paused()).isTrue();
            assertThat(story.answered(Call.HUP).child.paused()).isTrue();
            assertThat(story.after(new ExportEvent.Paused(false)).child.paused())
                    .isFalse();
        }

        @Test
        void one_that_starts_may_be_paused() {
            Story story = Story.of("starts", ShownKind.PROCESS).after(new ExportEvent.Paused(true));

            assertThat(story.after(new ExportEvent.Started(NOON, 0, false))
                            .child
                            .paused())
                    .isTrue();
        }

        @Test
        void a_new_incarnation_is_not_paused_and_one_that_is_down_neither() {
            Story story = Story.of("runs", ShownKind.PROCESS).after(new ExportEvent.Paused(true));

            assertThat(story.runs().child.paused()).isFalse();
            assertThat(story.down().after(new ExportEvent.Paused(true)).child.paused())
                    .isFalse();
        }

        @Test
        void once_lasts_as_long_as_its_incarnation() {
            Story story = Story.of("down").after(new ExportEvent.Started(NOON, 0, true));
            assertThat(story.child.once()).isTrue();

            assertThat(story.down().child.once()).isFalse();
            assertThat(Story.of("runs")
                            .after(ExportEvent.RunsOnce.INSTANCE)
                            .child
                            .once())
                    .isTrue();
        }

        /** Starts are known to the millisecond, ends to the nanosecond. */
        @Test
        void a_label_does_not_go_back_because_it_is_less_exact() {
            Instant later = NOON.plusNanos(900_000);

            Story story = Story.of("runs")
                    .after(new ExportEvent.Restarting(Optional.of(later)), new ExportEvent.Starting(NOON, 0));
            assertThat(story.child.since()).isEqualTo(later);

            Instant calendarWasSet = NOON.minusSeconds(60);
            assertThat(story.after(new ExportEvent.Started(calendarWasSet, 0, false))
                            .child
                            .phase())
                    .isEqualTo(Phase.RUNNING);
            assertThat(story.after(new ExportEvent.Starting(calendarWasSet, 0))
                            .child
                            .since())
                    .isEqualTo(calendarWasSet);
        }
    }

    /** The call that starts it is answered when it has ended. */
    @Nested
    class Oneshots {

        @ParameterizedTest
        @CsvSource({
            "u, d, RESTART TERMINATE",
            "o, d, ONCE TERMINATE",
            "u, x, RESTART TERMINATE",
            "ut, d, RESTART TERMINATE",
            "u, u, RESTART",
            "ud, d, RESTART TERMINATE"
        })
        void one_that_is_being_started_by_a_command_is_put_down_at_once(String before, String letter, String calls) {
            Story story = Story.of("down", ShownKind.ONESHOT).letters(before + letter);

            assertThat(String.join(" ", story.calls)).isEqualTo(calls);
        }

        @Test
        void the_answer_to_what_was_overtaken_means_nothing() {
            Story story = Story.of("down", ShownKind.ONESHOT)
                    .letters("u")
                    .after(new ExportEvent.Starting(NOON, 0))
                    .letters("x");
            assertThat(story.child.exits()).isTrue();

            story.answered(Call.RESTART).letters("u");
            assertThat(story.calls).containsExactly("RESTART", "TERMINATE");

            story.down().answered(Call.TERMINATE);
            assertThat(story.calls).containsExactly("RESTART", "TERMINATE", "RESTART");
        }

        @Test
        void one_that_goes_on_is_put_down_when_it_has_been_started() {
            Story story = Story.of("down", ShownKind.PROCESS).letters("ud");

            assertThat(story.calls).containsExactly("RESTART");
        }

        @Test
        void it_can_be_paused() {
            Story story = Story.of("starts", ShownKind.ONESHOT).letters("p");

            assertThat(story.calls).containsExactly("PAUSE");
            assertThat(story.ignored).isFalse();
        }
    }

    static Stream<Call> calls() {
        return Stream.of(Call.values());
    }

    @Test
    void kills_and_signals_alone_do_not_wait() {
        assertThat(calls().filter(call -> !call.isUrgent()))
                .containsExactly(Call.TERMINATE, Call.RESTART, Call.ONCE, Call.NOW, Call.RENEW, Call.STOP_TREE);
    }

    /** Whatever is written to a FIFO: wishes are remembered, not collected. */
    @Test
    void what_is_remembered_is_bounded() {
        Story story = Story.of("runs", ShownKind.PROCESS);
        for (int i = 0; i < 64 * 1024; i++) {
            story.letters(String.valueOf((char) (i * 7919 & 0xff)));
        }

        assertThat(story.child.wishes()).hasSizeLessThanOrEqualTo(2);
        assertThat(story.calls).hasSizeLessThanOrEqualTo(Call.values().length);
    }
}
