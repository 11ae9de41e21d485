package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.PlayedSupervisor.answer;
import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OTP's cases on reconfiguration and on what is reported of whom, decided without actors. */
final class ReconfigurationCasesTest {

    @Test
    @SuppressWarnings("NullAway")
    void case_099_reconfigure_ordered() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")));
            SupervisorRef sup = bed.sup();
            ChildHandle a = bed.handle("a");
            SupervisorSpec changed = SupervisorSpec.restForOne().withIntensity(7, Duration.ofHours(1));

            assertThat(answer(sup.reconfigure(changed.withChild(bed.worker("a")))))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(answer(sup.reconfigure(changed.withChild(ChildSpec.closeable("b", null)))))
                    .isInstanceOf(SupervisorResult.InvalidSpec.class);
            assertThat(bed.states()).containsExactly("a running");
            assertThat(answer(sup.reconfigure(
                            changed.withChildren(List.of(bed.worker("a"), bed.worker("b"), bed.worker("c"))))))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.states()).containsExactly("a running", "b stopped", "c stopped");
            assertThat(answer(sup.restartChild("b"))).isInstanceOf(SupervisorResult.Started.class);
            assertThat(answer(sup.restartChild("c"))).isInstanceOf(SupervisorResult.Started.class);

            Shutdown infinity = Shutdown.infinity();
            assertThat(answer(sup.reconfigure(changed.withChildren(
                            List.of(bed.worker("d"), bed.worker("c").withShutdown(infinity), bed.worker("a"))))))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.states()).containsExactly("d stopped", "c running", "a running", "b running");
            assertThat(((SupervisorResult.FoundSpec) answer(sup.childSpec("c")))
                            .spec()
                            .shutdown())
                    .isEqualTo(infinity);
            assertThat(bed.handle("a")).isEqualTo(a);

            assertThat(answer(sup.reconfigure(SupervisorSpec.ignore()))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(answer(sup.reconfigure(null))).isInstanceOf(SupervisorResult.BadInit.class);
            assertThat(answer(sup.reconfigure(changed.withIntensity(-1, Duration.ZERO))))
                    .isInstanceOfSatisfying(
                            SupervisorResult.InvalidSpec.class,
                            refused -> assertThat(refused.problems()).hasSize(2));
            assertThat(bed.states()).containsExactly("d stopped", "c running", "a running", "b running");
        }
    }

    @Test
    void case_099_a_changed_intensity_and_period_count_at_the_next_death() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            SupervisorSpec spec = spec(bed.worker("a"));
            bed.start(spec.withIntensity(1, Duration.ofHours(1)));
            bed.crashAndAwaitRestart("a");

            reconfigure(bed, spec.withIntensity(2, Duration.ofSeconds(10)));
            bed.crashAndAwaitRestart("a");
            bed.advance(Duration.ofSeconds(11));
            bed.crashAndAwaitRestart("a");
            bed.crashAndAwaitRestart("a");
            // what has been counted stays so, and is one too many for the next
            reconfigure(bed, spec.withIntensity(1, Duration.ofSeconds(10)));
            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.reports()).hasSize(6).last().isEqualTo("shutdown a reached_max_restart_intensity");
        }
    }

    static Stream<Arguments> changesOfStrategy() {
        return Stream.of(
                Arguments.of(Strategy.ONE_FOR_ONE, Strategy.ONE_FOR_ALL, List.of("init a", "init b", "init c")),
                Arguments.of(Strategy.ONE_FOR_ONE, Strategy.REST_FOR_ONE, List.of("init b", "init c")),
                Arguments.of(Strategy.ONE_FOR_ALL, Strategy.ONE_FOR_ONE, List.of("init b")),
                Arguments.of(Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE, List.of("init b", "init c")),
                Arguments.of(Strategy.REST_FOR_ONE, Strategy.ONE_FOR_ONE, List.of("init b")),
                Arguments.of(Strategy.REST_FOR_ONE, Strategy.ONE_FOR_ALL, List.of("init a", "init b", "init c")));
    }

    @ParameterizedTest
    @MethodSource("changesOfStrategy")
    void case_099_a_changed_strategy_counts_at_the_next_death(Strategy from, Strategy to, List<String> restarted) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            List<ChildSpec> three = List.of(bed.worker("a"), bed.worker("b"), bed.worker("c"));
            bed.start(SupervisorSpec.of(from).withChildren(three));

            reconfigure(bed, SupervisorSpec.of(to).withChildren(three));
            bed.crash("b");

            bed.until(() -> bed.log("init").size() == 3 + restarted.size());
            assertThat(bed.states()).containsExactly("a running", "b running", "c running");
            assertThat(bed.log("init").subList(3, 3 + restarted.size())).isEqualTo(restarted);
            bed.ignoreReports();
        }
    }

    private static void reconfigure(PlayedSupervisor bed, SupervisorSpec spec) {
        assertThat(answer(bed.sup().reconfigure(spec))).isEqualTo(SupervisorResult.Ok.INSTANCE);
    }

    @Test
    void case_100_reconfigure_dynamic() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()));
            ChildHandle a = bed.startFromTemplate("a");
            SupervisorSpec other = simple(bed.template().withShutdown(Shutdown.infinity()));

            assertThat(answer(bed.sup().reconfigure(other))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(((SupervisorResult.FoundSpec) answer(bed.sup().childSpec(a)))
                            .spec()
                            .shutdown())
                    .isEqualTo(Shutdown.infinity());
            assertThat(answer(bed.sup().reconfigure(other.withChild(bed.template()))))
                    .isInstanceOf(SupervisorResult.InvalidSpec.class);
            assertThat(answer(bed.sup().reconfigure(other.withChildren(List.of()))))
                    .isInstanceOf(SupervisorResult.InvalidSpec.class);
            assertThat(answer(bed.sup().reconfigure(spec()))).isInstanceOf(SupervisorResult.InvalidSpec.class);
        }
    }

    @Test
    void a_restarting_child_that_becomes_temporary_is_forgotten_and_the_rest_starts() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            SupervisorSpec spec = SupervisorSpec.restForOne().withIntensity(5, Duration.ofHours(1));
            ChildSpec b = bed.worker("b").withRestartDelay(RestartDelay.fixed(Duration.ofMillis(300)));
            bed.start(spec.withChildren(List.of(bed.worker("a"), b, bed.worker("c"))));
            bed.exit("b", PlayedSupervisor.boom());
            assertThat(bed.states()).containsExactly("a running", "b restarting", "c stopped");

            assertThat(answer(bed.sup()
                            .reconfigure(spec.withChildren(
                                    List.of(bed.worker("a"), b.withRestart(RestartType.TEMPORARY), bed.worker("c"))))))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);

            bed.until(() -> bed.states().equals(List.of("a running", "c running")));
            assertThat(bed.log("init")).containsExactly("init a", "init b", "init c", "init c");
            bed.ignoreReports();
        }
    }

    private static SupervisorSpec auto(AutoShutdown auto, ChildSpec... children) {
        return SupervisorSpec.oneForOne().withAutoShutdown(auto).withChildren(List.of(children));
    }

    private static ChildSpec child(PlayedSupervisor bed, String id, boolean significant) {
        return bed.worker(id).withRestart(RestartType.TRANSIENT).withSignificant(significant);
    }

    /** Where something must be significant, both are. */
    private static SupervisorSpec two(PlayedSupervisor bed, AutoShutdown auto) {
        boolean significant = auto != AutoShutdown.NEVER;
        return auto(auto, child(bed, "a", significant), child(bed, "b", significant));
    }

    @ParameterizedTest
    @EnumSource(names = {"ANY_SIGNIFICANT", "ALL_SIGNIFICANT"})
    void case_101_auto_shutdown_becomes_never(AutoShutdown before) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(two(bed, before));

            reconfigure(bed, two(bed, AutoShutdown.NEVER));
            bed.exit("a", ExitReason.normal());
            bed.exit("b", ExitReason.normal());

            assertThat(bed.states()).containsExactly("a stopped", "b stopped");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NEVER", "ALL_SIGNIFICANT"})
    void case_101_auto_shutdown_becomes_any(AutoShutdown before) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(two(bed, before));

            reconfigure(bed, two(bed, AutoShutdown.ANY_SIGNIFICANT));
            assertThat(bed.states()).containsExactly("a running", "b running");
            bed.exit("a", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("stop")).containsExactly("stop b");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NEVER", "ANY_SIGNIFICANT"})
    void case_101_auto_shutdown_becomes_all(AutoShutdown before) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(two(bed, before));

            reconfigure(bed, two(bed, AutoShutdown.ALL_SIGNIFICANT));
            bed.exit("a", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            bed.exit("b", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_significant_child_that_is_kept_does_not_end_a_supervisor_that_never_ends() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(two(bed, AutoShutdown.ANY_SIGNIFICANT));
            assertThat(answer(bed.sup().reconfigure(auto(AutoShutdown.NEVER, child(bed, "a", true)))))
                    .isInstanceOf(SupervisorResult.InvalidSpec.class);
            reconfigure(bed, auto(AutoShutdown.NEVER));

            bed.exit("a", ExitReason.normal());

            assertThat(bed.states()).containsExactly("a stopped", "b running");
            assertThat(answer(bed.sup().startChild(child(bed, "c", true))))
                    .isInstanceOf(SupervisorResult.InvalidSpec.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ANY_SIGNIFICANT", "ALL_SIGNIFICANT"})
    void case_101_what_had_ended_before_ends_nothing_at_the_change(AutoShutdown to) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(two(bed, AutoShutdown.NEVER));
            bed.exit("a", ExitReason.normal());
            bed.exit("b", ExitReason.normal());

            reconfigure(bed, two(bed, to));
            assertThat(bed.states()).containsExactly("a stopped", "b stopped");
            answer(bed.sup().restartChild("a"));
            bed.exit("a", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_child_becomes_significant() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(auto(AutoShutdown.ANY_SIGNIFICANT, child(bed, "a", false), child(bed, "b", false)));
            reconfigure(bed, auto(AutoShutdown.ANY_SIGNIFICANT, child(bed, "a", true), child(bed, "b", false)));

            bed.exit("b", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a running", "b stopped");
            bed.exit("a", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_child_is_significant_no_longer() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(two(bed, AutoShutdown.ANY_SIGNIFICANT));
            reconfigure(bed, auto(AutoShutdown.ANY_SIGNIFICANT, child(bed, "a", false), child(bed, "b", true)));

            bed.exit("a", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            bed.exit("b", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_child_that_is_significant_no_longer_holds_nobody_up() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(two(bed, AutoShutdown.ALL_SIGNIFICANT));
            reconfigure(bed, auto(AutoShutdown.ALL_SIGNIFICANT, child(bed, "a", true), child(bed, "b", false)));

            bed.exit("a", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("stop")).containsExactly("stop b");
        }
    }

    /** Of whom the reports were that a start failed, or that the supervisor gave up. */
    private static List<String> blamed(PlayedSupervisor bed) {
        bed.ignoreReports();
        return bed.events.stream()
                .filter(event -> event instanceof SupervisorEvent.StartError || event instanceof SupervisorEvent.GaveUp)
                .map(event -> {
                    Offender child = ((SupervisorEvent.OfChild) event).child();
                    String handle = child.handle().map(ChildHandle::toString).orElse("none");
                    return event.getClass().getSimpleName() + " " + handle + (child.restarting() ? " restarting" : "");
                })
                .toList();
    }

    @Test
    void case_102_a_failed_restart_is_reported_of_the_dead_one_and_a_retry_as_restarting() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")).withIntensity(3, Duration.ofHours(1)));
            bed.script("a").failsToStart("never");

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(blamed(bed))
                    .containsExactly(
                            "StartError a#1",
                            "StartError a#1 restarting",
                            "StartError a#1 restarting",
                            "GaveUp a#1 restarting");
        }
    }

    @Test
    void case_102_so_it_is_with_dynamic_children() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(simple(bed.template()));
            bed.startFromTemplate("a");
            bed.script("a").failsToStart("never");

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(blamed(bed))
                    .containsExactly(
                            "StartError template#1",
                            "StartError template#1 restarting",
                            "GaveUp template#1 restarting");
        }
    }

    @Test
    void case_102_giving_up_at_the_first_death_is_reported_of_one_that_was_not_restarting() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(spec(bed.worker("a")).withIntensity(0, Duration.ofHours(1)));

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(blamed(bed)).containsExactly("GaveUp a#1");
        }
    }

    @Test
    void case_102_a_failed_start_up_is_reported_of_none() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("b").failsToStart("never");

            bed.startFails(spec(bed.worker("a"), bed.worker("b")));

            assertThat(blamed(bed)).containsExactly("StartError none");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ONE_FOR_ALL", "REST_FOR_ONE"})
    void case_102_a_failed_restart_of_a_group_is_reported_of_none(Strategy strategy) {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.start(SupervisorSpec.of(strategy)
                    .withIntensity(1, Duration.ofHours(1))
                    .withChildren(List.of(bed.worker("a"), bed.worker("b"))));
            bed.script("b").failsToStart("never");

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(blamed(bed)).containsExactly("StartError none", "GaveUp none restarting");
        }
    }

    @Test
    void case_102_a_bad_end_of_dynamic_children_is_reported_by_number() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            bed.script("a").stopSays = ExitReason.failed("bad");
            bed.script("b").stopSays = ExitReason.failed("bad");
            bed.start(simple(bed.template()));
            List.of("a", "b", "c").forEach(bed::startFromTemplate);

            bed.stop();

            assertThat(bed.reports()).containsExactly("shutdown_error template x2 failed(bad)");
            assertThat(bed.events)
                    .filteredOn(SupervisorEvent.ShutdownError.class::isInstance)
                    .singleElement()
                    .satisfies(event -> {
                        Offender children = ((SupervisorEvent.ShutdownError) event).child();
                        assertThat(children.handle()).isEmpty();
                        assertThat(children).hasToString("template (2 children)");
                    });
        }
    }

    @Test
    void case_102_report_contents() {
        try (PlayedSupervisor bed = new PlayedSupervisor()) {
            ChildSpec a = bed.worker("a").withShutdown(Shutdown.timeout(Duration.ofMillis(100)));
            bed.start(spec(a));
            ChildHandle first = bed.handle("a");
            bed.script("a").neverStops = true;
            ChildHandle second = bed.crashAndAwaitRestart("a");
            bed.stop();

            assertThat(bed.events)
                    .usingRecursiveFieldByFieldElementComparator()
                    .startsWith(
                            new SupervisorEvent.ChildStarted(
                                    "/", offender(a, first), StartCause.START_UP, OptionalLong.empty()),
                            new SupervisorEvent.SupervisorStarted(
                                    "/",
                                    new TreeSnapshot.Supervision(
                                            SupervisorSpec.Strategy.ONE_FOR_ONE,
                                            0,
                                            OptionalInt.of(2),
                                            Duration.ofHours(1))));
            SupervisorEvent.ChildTerminated crash = (SupervisorEvent.ChildTerminated) bed.events.get(2);
            assertThat(crash.child().handle()).contains(first);
            assertThat(crash.child().spec().shutdown()).isEqualTo(a.shutdown());
            SupervisorEvent.RestartScheduled restart = (SupervisorEvent.RestartScheduled) bed.events.get(3);
            assertThat(crash)
                    .hasToString("ChildTerminated[supervisor=/, child=a#1, reason=" + crash.reason()
                            + ", ran=PT0S, restart=Optional[" + restart + "]]");
            assertThat(restart.child().handle()).contains(first);
            assertThat(restart.child().restarting()).isTrue();
            assertThat(((SupervisorEvent.ChildStarted) bed.events.get(4)).cause())
                    .isEqualTo(StartCause.RESTART);
            assertThat(bed.events.get(5))
                    .hasToString("ShutdownError[supervisor=/, child=" + second
                            + ", reason=killed, ran=PT0.1S, cause=SupervisorEnds[end=closed]]");
            assertThat(new Offender(a, Optional.empty(), false, 3)).hasToString("a (3 children)");
            bed.ignoreReports();
        }
    }

    private static Offender offender(ChildSpec spec, ChildHandle handle) {
        return new Offender(spec, Optional.of(handle), false, 1);
    }
}
