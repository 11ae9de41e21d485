package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OTP's cases on stopping, decided without actors. */
final class StoppingCasesTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final ExitReason TERM = ExitReason.shutdown("T");
    private static final ExitReason OTHER = ExitReason.failed("other");

    private static Duration time(PlayedSupervisor bed, Runnable action) {
        Duration before = bed.time();
        action.run();
        return bed.time().minus(before);
    }

    @Test
    void case_034_dynamic_timeout() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("b").neverStops = true;
            bed.start(simple(bed.template().withRestart(RestartType.TEMPORARY)));
            bed.startFromTemplate("a");
            bed.startFromTemplate("b");

            Duration took = time(bed, bed::stop);

            assertThat(took).isBetween(Duration.ofMillis(990), Duration.ofSeconds(10));
            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).containsExactly("shutdown_error template killed");
        }
    }

    @Test
    void case_036_dynamic_brutal_kill() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template().withShutdown(Shutdown.brutalKill())));
            IntStream.range(0, 10).forEach(i -> bed.startFromTemplate("c" + i));

            bed.stop();

            assertThat(bed.log("stop", "end")).isEmpty();
            assertThat(bed.reports()).isEmpty();
        }
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(
                        RestartType.PERMANENT,
                        List.of(
                                "shutdown_error template normal",
                                "shutdown_error template x2 shutdown(T)",
                                "shutdown_error template failed(other)")),
                Arguments.of(RestartType.TRANSIENT, List.of("shutdown_error template failed(other)")),
                Arguments.of(RestartType.TEMPORARY, List.of("shutdown_error template failed(other)")));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void case_038_dynamic_children_refusing_to_say_shutdown(RestartType restart, List<String> errors) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").stopSays = ExitReason.normal();
            bed.script("b").stopSays = ExitReason.shutdown();
            bed.script("c").stopSays = TERM;
            bed.script("d").stopSays = TERM;
            bed.script("e").stopSays = OTHER;
            bed.start(simple(bed.template().withRestart(restart)));
            List.of("a", "b", "c", "d", "e").forEach(bed::startFromTemplate);

            bed.stop();

            assertThat(bed.reports()).containsExactlyInAnyOrderElementsOf(errors);
        }
    }

    /** Each has its own id here, and the judgement is Elixir's, which minds no kind of shutdown. */
    @Test
    void a_dynamic_supervisor_reports_by_id_which_children_have_ended_badly() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("normal").stopSays = ExitReason.normal();
            bed.script("bad").stopSays = OTHER;
            bed.script("worse").stopSays = OTHER;
            bed.script("deliberate").stopSays = TERM;
            bed.start(SupervisorSpec.dynamic());
            List.of("good", "normal", "bad", "worse", "bad", "deliberate").forEach(id -> bed.start(bed.worker(id)));

            bed.stop();

            assertThat(bed.reports())
                    .containsExactlyInAnyOrder(
                            "shutdown_error normal normal",
                            "shutdown_error bad x2 failed(other)",
                            "shutdown_error worse failed(other)");
        }
    }

    @Test
    void a_dynamic_supervisor_judges_a_single_stop_the_same() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("deliberate").stopSays = TERM;
            bed.script("normal").stopSays = ExitReason.normal();
            bed.start(SupervisorSpec.dynamic());
            ChildHandle deliberate = bed.start(bed.worker("deliberate"));
            ChildHandle normal = bed.start(bed.worker("normal"));

            PlayedSupervisor.get(bed.sup().terminateChild(deliberate));
            PlayedSupervisor.get(bed.sup().terminateChild(normal));

            assertThat(bed.reports()).containsExactly("shutdown_error normal normal");
        }
    }

    @Test
    void case_039_reverse_order() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            List<String> ids = List.of("m", "c", "z", "a", "k");
            ids.forEach(id -> bed.script(id).stopTakes = Duration.ofMillis(20));
            bed.start(spec(ids.stream().map(bed::worker).toArray(ChildSpec[]::new)));

            bed.stop();

            assertThat(bed.log("stop", "end"))
                    .containsExactly(
                            "stop k", "end k", "stop a", "end a", "stop z", "end z", "stop c", "end c", "stop m",
                            "end m");
        }
    }

    @Test
    void case_041_sequential_against_parallel() {
        Duration parallel;
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template().withShutdown(Shutdown.timeout(Duration.ofMillis(800)))));
            bed.script("a").stopTakes = Duration.ofMillis(400);
            bed.script("b").stopTakes = Duration.ofMillis(400);
            bed.script("c").neverStops = true;
            List.of("a", "b", "c").forEach(bed::startFromTemplate);

            parallel = time(bed, bed::stop);

            assertThat(bed.reports()).containsExactly("shutdown_error template killed");
        }
        Duration sequential;
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            List<String> ids = List.of("a", "b", "c", "d", "e");
            ids.forEach(id -> bed.script(id).stopTakes = Duration.ofMillis(100));
            bed.start(spec(ids.stream().map(bed::worker).toArray(ChildSpec[]::new)));

            sequential = time(bed, bed::stop);
        }

        assertThat(parallel).isBetween(Duration.ofMillis(790), Duration.ofMillis(1600));
        assertThat(sequential).isBetween(Duration.ofMillis(490), Duration.ofMillis(2000));
    }

    @Test
    void case_042_child_that_hides_its_end() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").neverStops = true;
            bed.start(spec(bed.worker("a").withShutdown(Shutdown.timeout(SHORT))));

            Object answer = PlayedSupervisor.answer(bed.sup().terminateChild("a"));

            assertThat(answer).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.states()).containsExactly("a stopped");
            assertThat(bed.reports()).containsExactly("shutdown_error a killed");
        }
    }

    /** Restarts that fail slowly go on for ever. */
    private static SupervisorSpec loop(Strategy strategy, ChildSpec... children) {
        return SupervisorSpec.of(strategy)
                .withIntensity(8, Duration.ofSeconds(10))
                .withChildren(List.of(children));
    }

    private static void crashIntoLoop(PlayedSupervisor bed, String id) {
        bed.failsSlowly(id);
        bed.exit(id, OTHER);
    }

    /** The answers of 43 and 44 about a child that is restarting, in a supervisor that goes on trying meanwhile. */
    private static void administerRestarting(PlayedSupervisor bed, String id) {
        int starts = bed.script(id).starts.get();
        assertThat(PlayedSupervisor.answer(bed.sup().startChild(bed.worker(id))))
                .isEqualTo(SupervisorResult.AlreadyPresent.INSTANCE);
        assertThat(PlayedSupervisor.answer(bed.sup().restartChild(id))).isEqualTo(SupervisorResult.Restarting.INSTANCE);
        assertThat(PlayedSupervisor.answer(bed.sup().deleteChild(id))).isEqualTo(SupervisorResult.Restarting.INSTANCE);
        bed.until(() -> bed.script(id).starts.get() > starts + 10);
        assertThat(PlayedSupervisor.answer(bed.sup().restartChild(id))).isEqualTo(SupervisorResult.Restarting.INSTANCE);
    }

    @Test
    void case_043_stop_during_a_restart_loop_one_for_one() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(loop(Strategy.ONE_FOR_ONE, bed.worker("a")));
            crashIntoLoop(bed, "a");

            administerRestarting(bed, "a");
            assertThat(bed.states()).containsExactly("a restarting");
            assertThat(bed.counts()).containsExactly(1, 0, 0, 1);
            assertThat(PlayedSupervisor.answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.states()).containsExactly("a stopped");
            bed.script("a").startsAgain();
            assertThat(PlayedSupervisor.answer(bed.sup().restartChild("a")))
                    .isInstanceOf(SupervisorResult.Started.class);
            crashIntoLoop(bed, "a");

            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());
            bed.ignoreReports();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REST_FOR_ONE", "ONE_FOR_ALL"})
    void case_044_stop_during_a_restart_loop_of_a_group(Strategy strategy) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(loop(strategy, bed.worker("a"), bed.worker("b"), bed.worker("c")));
            crashIntoLoop(bed, "b");

            administerRestarting(bed, "b");
            assertThat(bed.states()).containsExactly("a running", "b restarting", "c stopped");
            assertThat(bed.counts()).containsExactly(3, 1, 0, 3);
            assertThat(PlayedSupervisor.answer(bed.sup().terminateChild("b"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.states()).containsExactly("a running", "b stopped", "c stopped");
            bed.script("b").startsAgain();
            assertThat(PlayedSupervisor.answer(bed.sup().restartChild("b")))
                    .isInstanceOf(SupervisorResult.Started.class);
            assertThat(bed.states()).containsExactly("a running", "b running", "c stopped");
            crashIntoLoop(bed, "b");

            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.script("c").starts.get()).isEqualTo(1);
            bed.ignoreReports();
        }
    }

    @Test
    void case_045_stop_during_a_restart_loop_dynamic() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(loop(Strategy.SIMPLE_ONE_FOR_ONE, bed.template()));
            ChildHandle old = bed.startFromTemplate("a");
            crashIntoLoop(bed, "a");

            assertThat(PlayedSupervisor.answer(bed.sup().restartChild("a")))
                    .isEqualTo(SupervisorResult.SimpleOneForOne.INSTANCE);
            assertThat(PlayedSupervisor.answer(bed.sup().deleteChild("a")))
                    .isEqualTo(SupervisorResult.SimpleOneForOne.INSTANCE);
            assertThat(bed.states()).containsExactly("template restarting");
            assertThat(bed.counts()).containsExactly(1, 0, 0, 1);
            assertThat(PlayedSupervisor.answer(bed.sup().child(old)))
                    .isEqualTo(
                            new SupervisorResult.ChildInfo("template", ChildState.RESTARTING, Optional.of(old), false));
            assertThat(PlayedSupervisor.answer(bed.sup().terminateChild(old))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.states()).isEmpty();
            bed.startFromTemplate("b");
            crashIntoLoop(bed, "b");

            assertThat(bed.stop()).isEqualTo(ExitReason.shutdown());
            bed.ignoreReports();
        }
    }

    @Test
    void case_046_stop_with_a_reason() {
        for (ExitReason reason : List.of(ExitReason.normal(), ExitReason.failed("custom"))) {
            try (PlayedSupervisor bed = new PlayedSupervisor()) {
                bed.start(spec(bed.worker("a")));

                ExitReason ended = PlayedSupervisor.get(
                                reason == ExitReason.normal()
                                        ? bed.sup().stop()
                                        : bed.sup().stop(reason))
                        .reason();

                assertThat(ended).isEqualTo(reason);
                assertThat(bed.log("stop")).containsExactly("stop a");
            }
        }
    }

    static Stream<Arguments> endsDuringStop() {
        return Stream.of(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE)
                .flatMap(strategy -> Stream.of(
                        Arguments.of(
                                strategy,
                                RestartType.PERMANENT,
                                List.of("x4 failed(other)", "x3 shutdown(T)", "x1 normal")),
                        Arguments.of(strategy, RestartType.TRANSIENT, List.of("x4 failed(other)")),
                        Arguments.of(strategy, RestartType.TEMPORARY, List.of("x4 failed(other)"))));
    }

    @ParameterizedTest
    @MethodSource("endsDuringStop")
    void case_037_children_ending_on_their_own_during_a_stop(
            Strategy strategy, RestartType restart, List<String> errors) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("slow").neverStops = true;
            bed.start(SupervisorSpec.of(strategy)
                    .withChildren(List.of(
                            bed.worker("first"),
                            bed.worker("x1").withRestart(restart),
                            bed.worker("x2").withRestart(restart),
                            bed.worker("x3").withRestart(restart),
                            bed.worker("x4").withRestart(restart),
                            bed.worker("slow").withShutdown(Shutdown.infinity()))));
            bed.toldToStop();
            bed.exit("x1", ExitReason.normal());
            bed.exit("x2", ExitReason.shutdown());
            bed.exit("x3", TERM);
            bed.exit("x4", OTHER);
            bed.exit("slow", ExitReason.shutdown());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());

            assertThat(bed.log("init")).hasSize(6);
            assertThat(bed.log("stop")).containsExactly("stop slow", "stop first");
            assertThat(ends(bed))
                    .containsExactly(
                            "slow shutdown",
                            "x4 failed(other)",
                            "x3 shutdown(T)",
                            "x2 shutdown",
                            "x1 normal",
                            "first shutdown");
            assertThat(bed.reports())
                    .containsExactlyElementsOf(errors.stream()
                            .map(error -> "shutdown_error " + error)
                            .toList());
        }
    }

    /** What the supervisor saw children end with that it stopped, well or badly. */
    private static List<String> ends(PlayedSupervisor bed) {
        List<String> ends = new ArrayList<>();
        for (SupervisorEvent event : bed.events) {
            if (event instanceof SupervisorEvent.ChildStopped stopped) {
                ends.add(stopped.child().id() + " " + stopped.reason());
            } else if (event instanceof SupervisorEvent.ShutdownError error) {
                ends.add(error.child().id() + " " + error.reason());
            }
        }
        return ends;
    }
}
