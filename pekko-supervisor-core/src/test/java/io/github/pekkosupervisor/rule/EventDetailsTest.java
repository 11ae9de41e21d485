package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.BROKEN;
import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildEnd;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildStopped;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ChildTerminated;
import io.github.pekkosupervisor.protocol.SupervisorEvent.GaveUp;
import io.github.pekkosupervisor.protocol.SupervisorEvent.RestartScheduled;
import io.github.pekkosupervisor.protocol.SupervisorEvent.ShutdownError;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartError;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What events say beside that something has happened: how long, why, because of whom, how often. */
final class EventDetailsTest {

    private static Duration seconds(long number) {
        return Duration.ofSeconds(number);
    }

    private static <E> List<E> told(RuleBed bed, Class<E> type) {
        return bed.events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static <E> E last(RuleBed bed, Class<E> type) {
        List<E> all = told(bed, type);
        assertThat(all).isNotEmpty();
        return all.get(all.size() - 1);
    }

    private static ChildSpec waiting(String id) {
        return child(id).withRestartDelay(RestartDelay.fixed(seconds(2)));
    }

    // ---- how long

    @Nested
    class Ran {

        @Test
        void it_is_counted_from_when_the_incarnation_was_made() {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child("a"))).begin();
            bed.at(seconds(3)).starts("a");

            bed.at(seconds(5)).ends("a", BROKEN);

            assertThat(last(bed, ChildTerminated.class).ran()).isEqualTo(seconds(5));
        }

        @Test
        void an_end_that_has_to_wait_is_as_old_as_it_is() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a"), child("b")));
            bed.at(seconds(1)).ends("a", BROKEN);
            bed.at(seconds(2)).ends("b", BROKEN);

            bed.at(seconds(9)).starts("a");

            assertThat(last(bed, ChildTerminated.class).child().id()).isEqualTo("b");
            assertThat(last(bed, ChildTerminated.class).ran()).isEqualTo(seconds(2));
        }

        /** The first incarnation was there before the supervisor; the next is its own. */
        @Test
        void of_a_process_that_was_taken_over_it_is_counted_from_its_own_start() {
            RuleBed bed = new RuleBed(
                    spec(SupervisorSpec.oneForOne(), child("a")),
                    (id, number) -> new FakeHandle(id, number, number == 1 ? Duration.ofDays(3) : Duration.ZERO));
            bed.begin().at(seconds(1)).starts("a");
            assertThat(last(bed, SupervisorEvent.ChildStarted.class).cause())
                    .isEqualTo(SupervisorEvent.StartCause.ADOPTED);

            bed.at(seconds(2)).ends("a", BROKEN);
            assertThat(last(bed, ChildTerminated.class).ran())
                    .isEqualTo(Duration.ofDays(3).plusSeconds(2));
            bed.starts("a");
            bed.at(seconds(9)).ends("a", BROKEN);

            assertThat(last(bed, ChildTerminated.class).ran()).isEqualTo(seconds(7));
        }

        static Stream<Arguments> ends() {
            return Stream.of(
                    Arguments.of(RestartType.PERMANENT, BROKEN, ChildTerminated.class),
                    Arguments.of(RestartType.TRANSIENT, ExitReason.normal(), SupervisorEvent.ChildFinished.class),
                    Arguments.of(RestartType.TEMPORARY, BROKEN, ChildTerminated.class));
        }

        @ParameterizedTest
        @MethodSource("ends")
        void each_end_says_it(RestartType type, ExitReason reason, Class<? extends ChildEnd> event) {
            RuleBed bed = RuleBed.up(spec(
                    SupervisorSpec.oneForOne(), child("a").withRestart(type).withSignificant(false)));

            bed.at(seconds(7)).ends("a", reason);

            assertThat(last(bed, event).ran()).isEqualTo(seconds(7));
        }

        @Test
        void a_child_that_had_to_be_abandoned_has_run_till_then() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")));
            bed.at(seconds(1)).call(new Request.TerminateChild("a"));
            bed.wakeAt(seconds(6));

            bed.wakeAt(seconds(7));

            assertThat(last(bed, ShutdownError.class).ran()).isEqualTo(seconds(7));
        }
    }

    // ---- too late

    @Nested
    class Late {

        @ParameterizedTest
        @CsvSource({"a, timeout", "waits, timeout(the tide)"})
        void a_start_that_takes_too_long_has_failed_for_what_it_waits_for(String id, String reason) {
            RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), child(id).withStartTimeout(seconds(3)))).begin();
            bed.wakeAt(seconds(3));

            bed.at(seconds(4)).ends(id, ExitReason.shutdown());

            assertThat(last(bed, StartError.class).reason()).hasToString(reason);
        }
    }

    // ---- what follows

    @Nested
    class Restarts {

        @Test
        void an_end_names_the_restart_that_is_told_next() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")));

            bed.ends("a", BROKEN).starts("a").ends("a", BROKEN);

            RestartScheduled second = last(bed, RestartScheduled.class);
            assertThat(last(bed, ChildTerminated.class).restart()).containsSame(second);
            assertThat(second.recent()).isEqualTo(1);
            assertThat(second.delay()).isZero();
            assertThat(second.again()).isFalse();
            assertThat(second.child()).hasToString("a#2");
        }

        @Test
        void the_one_with_a_wait_too() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), waiting("a")));

            bed.ends("a", BROKEN);

            assertThat(last(bed, ChildTerminated.class).restart())
                    .containsSame(last(bed, RestartScheduled.class))
                    .hasValueSatisfying(next -> assertThat(next.delay()).isEqualTo(seconds(2)));
        }

        @Test
        void none_where_it_stays_down() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a").withRestart(RestartType.TEMPORARY)));

            bed.ends("a", BROKEN);

            assertThat(last(bed, ChildTerminated.class).restart()).isEmpty();
        }

        @Test
        void none_where_the_supervisor_gives_up() {
            RuleBed bed =
                    RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")).withIntensity(0, seconds(1)));

            bed.ends("a", BROKEN);

            assertThat(last(bed, ChildTerminated.class).restart()).isEmpty();
            assertThat(told(bed, RestartScheduled.class)).isEmpty();
        }

        @Test
        void a_start_that_failed_says_which_and_how_long_it_took() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")));
            bed.at(seconds(1)).ends("a", BROKEN);

            bed.at(seconds(4)).ends("a", BROKEN);

            StartError error = last(bed, StartError.class);
            assertThat(error.child()).as("OTP's offender").hasToString("a#1");
            assertThat(error.attempt()).hasToString("a#2");
            assertThat(error.took()).isEqualTo(seconds(3));
            assertThat(error.restart()).as("decided on later").isEmpty();
        }

        @Test
        void a_retry_is_told_as_one() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")));

            bed.ends("a", BROKEN).ends("a", BROKEN).due();

            assertThat(told(bed, RestartScheduled.class))
                    .extracting(RestartScheduled::again)
                    .containsExactly(false, true);
        }

        @Test
        void a_start_that_failed_names_the_next_attempt_if_that_waits() {
            RuleBed bed = RuleBed.up(spec(SupervisorSpec.oneForOne(), waiting("a")));
            bed.ends("a", BROKEN).due();

            bed.ends("a", BROKEN);

            assertThat(last(bed, StartError.class).restart())
                    .containsSame(last(bed, RestartScheduled.class))
                    .hasValueSatisfying(next -> assertThat(next.again()).isTrue());
        }
    }

    // ---- because of whom

    private static final ChildSpec[] THREE = {child("a"), child("b"), child("c")};

    private static Arguments stopped(String name, SupervisorSpec spec, Consumer<RuleBed> what, String expected) {
        return Arguments.of(name, spec, what, expected);
    }

    static Stream<Arguments> causes() {
        Consumer<RuleBed> bEnds = bed -> bed.ends("b", BROKEN).ends("c");
        SupervisorSpec auto = spec(
                        SupervisorSpec.oneForOne(),
                        child("c"),
                        child("b").withRestart(RestartType.TRANSIENT).withSignificant(true))
                .withAutoShutdown(AutoShutdown.ANY_SIGNIFICANT);
        return Stream.of(
                stopped(
                        "a call",
                        spec(SupervisorSpec.oneForOne(), THREE),
                        bed -> bed.call(new Request.TerminateChild("c")).ends("c"),
                        "c#3 INSTANCE"),
                stopped("one for all", spec(SupervisorSpec.oneForAll(), THREE), bEnds, "c#3 Sibling b#2"),
                stopped("rest for one", spec(SupervisorSpec.restForOne(), THREE), bEnds, "c#3 Sibling b#2"),
                stopped(
                        "one for all that waits",
                        spec(SupervisorSpec.oneForAll(), child("a"), waiting("b"), child("c")),
                        bEnds,
                        "c#3 Sibling b#2"),
                stopped(
                        "the end of the tree",
                        spec(SupervisorSpec.oneForOne(), THREE),
                        bed -> bed.tell(new RuleEvent.Stop(ExitReason.shutdown()))
                                .ends("c"),
                        "c#3 closed"),
                stopped(
                        "the end of a dynamic supervisor",
                        SupervisorSpec.simpleOneForOne(child("c")),
                        bed -> bed.obedient()
                                .call(new Request.StartFromTemplate(List.of()))
                                .tell(new RuleEvent.Stop(ExitReason.shutdown())),
                        "c#1 closed"),
                stopped(
                        "giving up",
                        spec(SupervisorSpec.oneForOne(), THREE).withIntensity(0, seconds(10)),
                        bEnds,
                        "c#3 gave up: supervisor / allows 0 restarts in 10 s, and child b ended with"
                                + " failed(broken)"),
                stopped(
                        "an automatic shutdown",
                        auto,
                        bed -> bed.ends("b", ExitReason.normal()).ends("c"),
                        "c#1 automatic shutdown of supervisor /: child b ended with normal"),
                stopped(
                        "escalation",
                        spec(
                                SupervisorSpec.oneForOne(),
                                child("c"),
                                child("b").withOnAbandon(ChildSpec.OnAbandon.ESCALATE)),
                        bed -> bed.call(new Request.TerminateChild("b"))
                                .wakeAt(seconds(5))
                                .wakeAt(seconds(10))
                                .ends("c"),
                        "c#1 failed: failed(child \"b\" was abandoned)"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("causes")
    void who_is_stopped_is_told_with_who_or_what_had_it_stopped(
            String name, SupervisorSpec spec, Consumer<RuleBed> what, String expected) {
        RuleBed bed = RuleBed.up(spec);

        what.accept(bed);

        ChildStopped stopped = last(bed, ChildStopped.class);
        assertThat(stopped.child() + " " + text(stopped.cause())).isEqualTo(expected);
    }

    private static String text(StopCause cause) {
        if (cause instanceof StopCause.Sibling sibling) {
            return "Sibling " + sibling.child();
        }
        return cause instanceof StopCause.SupervisorEnds ends ? ends.end().toString() : cause.toString();
    }

    // ---- what has used up the limit

    @Nested
    class GiveUps {

        private static List<String> counted(RuleBed bed) {
            return last(bed, GaveUp.class).counted().stream()
                    .map(one -> one.child() + "#" + one.incarnation() + " " + one.reason() + " ran "
                            + one.ran().toSeconds() + " " + one.ago().toSeconds() + " ago")
                    .toList();
        }

        @Test
        void each_counted_restart_is_named_the_oldest_first() {
            RuleBed bed = RuleBed.up(
                    spec(SupervisorSpec.oneForOne(), child("a"), child("b")).withIntensity(2, seconds(10)));
            bed.at(seconds(1)).ends("a", BROKEN).at(seconds(2)).starts("a");
            bed.at(seconds(4)).ends("b", new ExitReason.ExitCode(3)).starts("b");

            bed.at(seconds(9)).ends("a", ExitReason.killed());

            assertThat(counted(bed)).containsExactly("a#1 failed(broken) ran 1 8 ago", "b#2 exit code 3 ran 4 5 ago");
            GaveUp gaveUp = last(bed, GaveUp.class);
            assertThat(gaveUp.child()).as("the last straw").hasToString("a#3");
            assertThat(gaveUp.limit()).isEqualTo(2);
            assertThat(gaveUp.period()).isEqualTo(seconds(10));
            assertThat(gaveUp.earlier()).isZero();
        }

        @Test
        void those_before_the_period_are_not() {
            RuleBed bed =
                    RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")).withIntensity(1, seconds(10)));
            bed.at(seconds(1)).ends("a", BROKEN).starts("a");
            bed.at(seconds(12)).ends("a", BROKEN).starts("a");

            bed.at(seconds(13)).ends("a", BROKEN);

            assertThat(counted(bed)).containsExactly("a#2 failed(broken) ran 11 1 ago");
        }

        @Test
        void a_restart_that_failed_counts_with_its_own_number() {
            RuleBed bed =
                    RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")).withIntensity(2, seconds(10)));
            bed.ends("a", BROKEN)
                    .at(seconds(1))
                    .ends("a", ExitReason.failed("no start"))
                    .due();

            bed.at(seconds(2)).ends("a", ExitReason.failed("no start")).due();

            assertThat(counted(bed))
                    .containsExactly("a#1 failed(broken) ran 0 2 ago", "a#2 failed(no start) ran 1 1 ago");
        }

        @Test
        void of_many_the_last_twenty_are_named_and_the_others_counted() {
            RuleBed bed =
                    RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")).withIntensity(30, seconds(100)));
            IntStream.range(0, 30)
                    .forEach(i -> bed.at(seconds(i)).ends("a", BROKEN).starts("a"));

            bed.at(seconds(30)).ends("a", BROKEN);

            assertThat(counted(bed)).hasSize(20).startsWith("a#11 failed(broken) ran 1 20 ago");
            assertThat(last(bed, GaveUp.class).earlier()).isEqualTo(10);
        }

        @Test
        void a_child_that_was_abandoned_is_no_matter_of_how_many() {
            RuleBed bed = RuleBed.up(spec(
                    SupervisorSpec.oneForOne(), child("a"), child("b").withOnAbandon(ChildSpec.OnAbandon.ESCALATE)));
            bed.ends("a", BROKEN).starts("a");

            bed.call(new Request.TerminateChild("b")).wakeAt(seconds(5)).wakeAt(seconds(10));

            assertThat(last(bed, GaveUp.class).reason()).isEqualTo(ExitReason.Abandoned.INSTANCE);
            assertThat(counted(bed)).isEmpty();
        }

        static Stream<Arguments> reasons() {
            return Stream.of(
                    Arguments.of(
                            ExitReason.crash(new IllegalStateException("boom")),
                            "crash(java.lang.IllegalStateException: boom)"),
                    Arguments.of(
                            ExitReason.crash(new IllegalStateException()), "crash(java.lang.IllegalStateException)"),
                    Arguments.of(
                            ExitReason.crash(new Unspeakable()),
                            "crash(" + Unspeakable.class.getName()
                                    + ": a message that cannot be shown, for java.lang.StackOverflowError)"),
                    Arguments.of(new ExitReason.Signalled("SEGV"), "signal SEGV"),
                    Arguments.of(new ExitReason.Hung("x".repeat(1_000)), "hung: " + "x".repeat(193) + "…"),
                    Arguments.of(ExitReason.failed("x".repeat(1_000)), "failed(" + "x".repeat(192) + "…"),
                    Arguments.of(
                            ExitReason.crash(new IllegalStateException("x".repeat(1_000))),
                            "crash(java.lang.IllegalStateException: " + "x".repeat(160) + "…"));
        }

        @ParameterizedTest
        @MethodSource("reasons")
        void a_reason_is_text_of_bounded_length(ExitReason reason, String text) {
            RuleBed bed =
                    RuleBed.up(spec(SupervisorSpec.oneForOne(), child("a")).withIntensity(1, seconds(10)));
            bed.ends("a", reason).starts("a");

            bed.ends("a", BROKEN);

            assertThat(last(bed, GaveUp.class).counted().get(0).reason()).isEqualTo(text);
        }
    }

    private static final class Unspeakable extends RuntimeException {
        @Override
        public String getLocalizedMessage() {
            throw new StackOverflowError();
        }
    }
}
