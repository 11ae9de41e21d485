package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.Supervisor;
import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.ExitReason.FailedToStartChild;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** The acceptance cases on reconfiguration, reports and names. */
final class ReconfigurationTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @Test
    @SuppressWarnings("NullAway")
    void case_099_reconfigure_ordered() {
        try (Bed bed = new Bed(KIT)) {
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
        try (Bed bed = new Bed(KIT)) {
            bed.holdClock();
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
        try (Bed bed = new Bed(KIT)) {
            List<ChildSpec> three = List.of(bed.worker("a"), bed.worker("b"), bed.worker("c"));
            bed.start(SupervisorSpec.of(from).withChildren(three));

            reconfigure(bed, SupervisorSpec.of(to).withChildren(three));
            bed.crash("b");

            await().until(() -> bed.log("init").size() == 3 + restarted.size());
            assertThat(bed.states()).containsExactly("a running", "b running", "c running");
            assertThat(bed.log("init").subList(3, 3 + restarted.size())).isEqualTo(restarted);
            bed.ignoreReports();
        }
    }

    private static void reconfigure(Bed bed, SupervisorSpec spec) {
        assertThat(answer(bed.sup().reconfigure(spec))).isEqualTo(SupervisorResult.Ok.INSTANCE);
    }

    @Test
    void a_child_that_has_become_another_kind_is_stopped_as_what_it_is() {
        try (Bed bed = new Bed(KIT, Kind.SERVICE)) {
            ChildSpec actor = bed.actorWorker("a");
            ChildSpec service = bed.worker("a");
            bed.start(spec(actor));

            reconfigure(bed, spec(service));
            assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(answer(bed.sup().restartChild("a"))).isInstanceOf(SupervisorResult.Started.class);
            assertThat(bed.live("a").known().kind().name()).isEqualTo("service");
            bed.script("a").stopTakes = Duration.ofMillis(200);
            reconfigure(bed, spec(actor));
            assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(bed.log("init", "stop", "end"))
                    .containsExactly("init a", "stop a", "end a", "init a", "stop a", "end a");
            assertThat(bed.reports()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_child_that_has_become_another_kind_is_killed_as_what_it_is(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.script("a").neverStops = true;
            bed.holdClock();
            bed.start(spec(bed.worker("a")));
            ChildSpec other = kind == Kind.SERVICE ? bed.actorWorker("a") : ChildSpec.service("a", () -> "", any -> {});
            LiveChild child = bed.live("a");

            reconfigure(bed, spec(other.withShutdown(Shutdown.timeout(Duration.ofSeconds(1)))));
            CompletionStage<?> terminated = bed.sup().terminateChild("a");
            await().until(() -> bed.log("stop").contains("stop a"));
            bed.advance(Duration.ofSeconds(2));
            bed.sup().actor().tell(SupervisorMessage.Due.WAKE);

            assertThat(answer(terminated)).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(child.stack()).as("where a thread of it stands").isEmpty();
            assertThat(bed.reports()).containsExactly("shutdown_error a killed");
        }
    }

    @Test
    void a_stop_message_is_for_those_that_were_started_with_it() {
        Behavior<Object> deaf = Behaviors.receiveMessage(message -> Behaviors.same());
        ChildSpec plain = ChildSpec.actor("a", deaf);
        try (Bed bed = new Bed(KIT).start(spec(plain))) {
            reconfigure(bed, spec(plain.withStopMessage("stop")));

            assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(bed.reports()).isEmpty();
        }
    }

    @Test
    void case_100_reconfigure_dynamic() {
        try (Bed bed = new Bed(KIT)) {
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
        try (Bed bed = new Bed(KIT)) {
            SupervisorSpec spec = SupervisorSpec.restForOne().withIntensity(5, Duration.ofHours(1));
            ChildSpec b = bed.worker("b").withRestartDelay(RestartDelay.fixed(Duration.ofMillis(300)));
            bed.start(spec.withChildren(List.of(bed.worker("a"), b, bed.worker("c"))));
            bed.exitAndSettle("b", Bed.boom());
            assertThat(bed.states()).containsExactly("a running", "b restarting", "c stopped");

            assertThat(answer(bed.sup()
                            .reconfigure(spec.withChildren(
                                    List.of(bed.worker("a"), b.withRestart(RestartType.TEMPORARY), bed.worker("c"))))))
                    .isEqualTo(SupervisorResult.Ok.INSTANCE);

            await().untilAsserted(() -> assertThat(bed.states()).containsExactly("a running", "c running"));
            assertThat(bed.log("init")).containsExactly("init a", "init b", "init c", "init c");
            bed.ignoreReports();
        }
    }

    private static SupervisorSpec auto(AutoShutdown auto, ChildSpec... children) {
        return SupervisorSpec.oneForOne().withAutoShutdown(auto).withChildren(List.of(children));
    }

    private static ChildSpec child(Bed bed, String id, boolean significant) {
        return bed.worker(id).withRestart(RestartType.TRANSIENT).withSignificant(significant);
    }

    /** Where something must be significant, both are. */
    private static SupervisorSpec two(Bed bed, AutoShutdown auto) {
        boolean significant = auto != AutoShutdown.NEVER;
        return auto(auto, child(bed, "a", significant), child(bed, "b", significant));
    }

    @ParameterizedTest
    @EnumSource(names = {"ANY_SIGNIFICANT", "ALL_SIGNIFICANT"})
    void case_101_auto_shutdown_becomes_never(AutoShutdown before) {
        try (Bed bed = new Bed(KIT)) {
            bed.start(two(bed, before));

            reconfigure(bed, two(bed, AutoShutdown.NEVER));
            bed.exitAndSettle("a", ExitReason.normal());
            bed.exitAndSettle("b", ExitReason.normal());

            assertThat(bed.states()).containsExactly("a stopped", "b stopped");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NEVER", "ALL_SIGNIFICANT"})
    void case_101_auto_shutdown_becomes_any(AutoShutdown before) {
        try (Bed bed = new Bed(KIT)) {
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
        try (Bed bed = new Bed(KIT)) {
            bed.start(two(bed, before));

            reconfigure(bed, two(bed, AutoShutdown.ALL_SIGNIFICANT));
            bed.exitAndSettle("a", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            bed.exit("b", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_significant_child_that_is_kept_does_not_end_a_supervisor_that_never_ends() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(two(bed, AutoShutdown.ANY_SIGNIFICANT));
            assertThat(answer(bed.sup().reconfigure(auto(AutoShutdown.NEVER, child(bed, "a", true)))))
                    .isInstanceOf(SupervisorResult.InvalidSpec.class);
            reconfigure(bed, auto(AutoShutdown.NEVER));

            bed.exitAndSettle("a", ExitReason.normal());

            assertThat(bed.states()).containsExactly("a stopped", "b running");
            assertThat(answer(bed.sup().startChild(child(bed, "c", true))))
                    .isInstanceOf(SupervisorResult.InvalidSpec.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ANY_SIGNIFICANT", "ALL_SIGNIFICANT"})
    void case_101_what_had_ended_before_ends_nothing_at_the_change(AutoShutdown to) {
        try (Bed bed = new Bed(KIT)) {
            bed.start(two(bed, AutoShutdown.NEVER));
            bed.exitAndSettle("a", ExitReason.normal());
            bed.exitAndSettle("b", ExitReason.normal());

            reconfigure(bed, two(bed, to));
            assertThat(bed.states()).containsExactly("a stopped", "b stopped");
            answer(bed.sup().restartChild("a"));
            bed.exit("a", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_child_becomes_significant() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(auto(AutoShutdown.ANY_SIGNIFICANT, child(bed, "a", false), child(bed, "b", false)));
            reconfigure(bed, auto(AutoShutdown.ANY_SIGNIFICANT, child(bed, "a", true), child(bed, "b", false)));

            bed.exitAndSettle("b", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a running", "b stopped");
            bed.exit("a", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_child_is_significant_no_longer() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(two(bed, AutoShutdown.ANY_SIGNIFICANT));
            reconfigure(bed, auto(AutoShutdown.ANY_SIGNIFICANT, child(bed, "a", false), child(bed, "b", true)));

            bed.exitAndSettle("a", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            bed.exit("b", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
        }
    }

    @Test
    void case_101_a_child_that_is_significant_no_longer_holds_nobody_up() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(two(bed, AutoShutdown.ALL_SIGNIFICANT));
            reconfigure(bed, auto(AutoShutdown.ALL_SIGNIFICANT, child(bed, "a", true), child(bed, "b", false)));

            bed.exit("a", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("stop")).containsExactly("stop b");
        }
    }

    @Test
    void case_102_report_contents() {
        try (Bed bed = new Bed(KIT)) {
            ChildSpec a = bed.worker("a").withShutdown(Shutdown.timeout(Duration.ofMillis(100)));
            bed.start(spec(a));
            ChildHandle first = bed.handle("a");
            bed.script("a").neverStops = true;
            ChildHandle second = bed.crashAndAwaitRestart("a");
            bed.stop();

            assertThat(bed.events)
                    .usingRecursiveFieldByFieldElementComparator()
                    .startsWith(
                            new SupervisorEvent.ChildStarted("/", offender(a, first), StartCause.START_UP),
                            new SupervisorEvent.SupervisorStarted("/"));
            SupervisorEvent.ChildTerminated crash = (SupervisorEvent.ChildTerminated) bed.events.get(2);
            assertThat(crash.child().handle()).contains(first);
            assertThat(crash.child().spec().shutdown()).isEqualTo(a.shutdown());
            assertThat(crash).hasToString("ChildTerminated[supervisor=/, child=a#1, reason=" + crash.reason() + "]");
            SupervisorEvent.RestartScheduled restart = (SupervisorEvent.RestartScheduled) bed.events.get(3);
            assertThat(restart.child().handle()).contains(first);
            assertThat(restart.child().restarting()).isTrue();
            assertThat(((SupervisorEvent.ChildStarted) bed.events.get(4)).cause())
                    .isEqualTo(StartCause.RESTART);
            assertThat(bed.events.get(5))
                    .hasToString("ShutdownError[supervisor=/, child=" + second + ", reason=killed]");
            assertThat(new Offender(a, Optional.empty(), false, 3)).hasToString("a (3 children)");
            bed.ignoreReports();
        }
    }

    /** Of whom the reports were that a start failed, or that the supervisor gave up. */
    private static List<String> blamed(Bed bed) {
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
        try (Bed bed = new Bed(KIT)) {
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
        try (Bed bed = new Bed(KIT)) {
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
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a")).withIntensity(0, Duration.ofHours(1)));

            bed.crash("a");

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(blamed(bed)).containsExactly("GaveUp a#1");
        }
    }

    @Test
    void case_102_a_failed_start_up_is_reported_of_none() {
        try (Bed bed = new Bed(KIT)) {
            bed.script("b").failsToStart("never");

            bed.startFails(spec(bed.worker("a"), bed.worker("b")));

            assertThat(blamed(bed)).containsExactly("StartError none");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ONE_FOR_ALL", "REST_FOR_ONE"})
    void case_102_a_failed_restart_of_a_group_is_reported_of_none(Strategy strategy) {
        try (Bed bed = new Bed(KIT)) {
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
        try (Bed bed = new Bed(KIT)) {
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

    private static Offender offender(ChildSpec spec, ChildHandle handle) {
        return new Offender(spec, Optional.of(handle), false, 1);
    }

    @Test
    void case_103_no_info_level_noise() {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent event) {
                event.prepareForDeferredProcessing();
                super.append(event);
            }
        };
        SupervisionTree tree =
                SupervisionTree.start(spec(), SupervisionTree.Options.defaults().withSystem(KIT.system()));
        Behavior<Object> crashing = Behaviors.receiveMessage(message -> {
            throw new IllegalStateException("seen once");
        });
        try {
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            lines.start();
            logger.addAppender(lines);
            Object started = answer(tree.root().startChild(ChildSpec.actor("a", crashing)));
            ((SupervisorResult.Started) started).child().<Object>ref().tell("crash");

            await().until(() -> !lines.list.isEmpty());
            await().until(() -> lines.list.size() >= 2);
            assertThat(lines.list.get(0).getFormattedMessage()).contains("child_terminated", "a#1", "seen once");
            assertThat(lines.list.get(0).getLevel()).isEqualTo(Level.ERROR);
            assertThat(lines.list.get(0).getMDCPropertyMap())
                    .containsEntry("supervisor", "/")
                    .containsEntry("child", "a");
            assertThat(lines.list.get(1).getFormattedMessage()).contains("started", "a#2");
            assertThat(lines.list).hasSize(2);
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
            logger.setAdditive(true);
            tree.close();
        }
    }

    @Test
    void case_104_names_come_back() {
        List<String> seen = new CopyOnWriteArrayList<>();
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.supervisor("sub", spec(echo("worker", seen)))),
                SupervisionTree.Options.defaults().withSystem(KIT.system()).withLogging(false));
        ActorRef<String> worker = tree.ref(String.class, "sub", "worker");
        worker.tell("one");
        await().until(() -> seen.contains("1 one"));
        SupervisorRef before = Bed.get(tree.supervisor("sub")).orElseThrow();

        worker.tell("die");
        await().untilAsserted(() -> {
            worker.tell("two");
            assertThat(seen).contains("2 two");
        });
        worker.tell("finish");
        await().untilAsserted(() -> {
            worker.tell("three");
            assertThat(seen).contains("3 three");
        });
        answer(before.terminateChild("worker"));
        answer(before.restartChild("worker"));
        await().untilAsserted(() -> {
            worker.tell("four");
            assertThat(seen).contains("4 four");
        });
        answer(before.stop(ExitReason.failed("killed")));
        await().untilAsserted(() -> {
            worker.tell("five");
            assertThat(seen).contains("1 five");
        });
        await().untilAsserted(() ->
                assertThat(Bed.get(tree.supervisor("sub"))).isPresent().get().isNotEqualTo(before));

        tree.close();
        TestProbe<Object> probe = KIT.createTestProbe();
        probe.expectTerminated(worker);
        assertThat(answer(tree.root().child("sub"))).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
    }

    /** All it has is stubborn or slow: services that need a moment to stop, and an actor that never does. */
    private static ChildSpec stubborn(Bed bed) {
        bed.script("s").stopTakes = Duration.ofMillis(200);
        bed.script("deep").stopTakes = Duration.ofMillis(200);
        bed.script("w").neverStops = true;
        return ChildSpec.supervisor(
                "sub",
                spec(
                        bed.worker("s"),
                        ChildSpec.supervisor("below", spec(bed.worker("deep"))),
                        bed.actorWorker("w").withShutdown(Shutdown.infinity())));
    }

    @Test
    void case_104_nothing_is_left_of_a_supervisor_that_was_killed_for_not_stopping_in_time() {
        try (Bed bed = new Bed(KIT, Kind.SERVICE)) {
            bed.holdClock();
            bed.start(spec(stubborn(bed).withShutdown(Shutdown.timeout(Duration.ofSeconds(1)))));
            SupervisorRef sub = bed.handle("sub").supervisor().orElseThrow();
            ChildHandle worker = bed.context("w").handle();
            CompletionStage<?> terminated = bed.sup().terminateChild("sub");
            await().until(() -> bed.log("stop").contains("stop w"));
            bed.advance(Duration.ofSeconds(2));
            bed.sup().actor().tell(SupervisorMessage.Due.WAKE);

            assertThat(answer(terminated)).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(bed.log("end")).containsExactlyInAnyOrder("end s", "end deep");
            assertThat(worker.hasEnded()).isTrue();
            assertThat(Bed.get(sub.whenEnded())).isEqualTo(TreeEnd.Killed.INSTANCE);
            assertThat(bed.reports()).containsExactly("shutdown_error sub killed");
            assertThat(answer(bed.sup().restartChild("sub"))).isInstanceOf(SupervisorResult.Started.class);
            bed.script("w").neverStops = false;
        }
    }

    @Test
    void case_104_a_supervisor_that_was_killed_does_not_overlap_with_its_next_incarnation() {
        try (Bed bed = new Bed(KIT, Kind.SERVICE)) {
            bed.holdClock();
            bed.start(SupervisorSpec.oneForAll()
                    .withChildren(List.of(bed.worker("a"), stubborn(bed).withShutdown(Shutdown.brutalKill()))));

            bed.crash("a");

            await().until(() -> bed.log("init").size() == 8);
            List<String> log = bed.log("init", "stop", "end");
            assertThat(log.subList(0, 6)).containsExactly("init a", "init s", "init deep", "init w", "stop a", "end a");
            assertThat(log.subList(6, 10)).containsExactlyInAnyOrder("stop s", "stop deep", "end s", "end deep");
            assertThat(log.subList(10, 14)).containsExactly("init a", "init s", "init deep", "init w");
            assertThat(bed.reports()).hasSize(1).first().asString().startsWith("child_terminated a");
        }
    }

    @Test
    void case_104_names_come_back_after_a_kill() {
        List<String> seen = new CopyOnWriteArrayList<>();
        SupervisorSpec group = SupervisorSpec.oneForAll()
                .withChild(echo("first", seen))
                .withChild(
                        ChildSpec.supervisor("sub", spec(echo("worker", seen))).withShutdown(Shutdown.brutalKill()));
        try (SupervisionTree tree = SupervisionTree.start(
                group,
                SupervisionTree.Options.defaults().withSystem(KIT.system()).withLogging(false))) {
            ActorRef<String> worker = tree.ref(String.class, "sub", "worker");
            SupervisorRef before = Bed.get(tree.supervisor("sub")).orElseThrow();

            tree.ref(String.class, "first").tell("die");

            assertThat(Bed.get(before.whenEnded())).isEqualTo(TreeEnd.Killed.INSTANCE);
            await().until(() -> Bed.get(tree.supervisor("sub")).isPresent());
            worker.tell("after");
            await().until(() -> seen.contains("1 after"));
        }
    }

    private static ChildSpec echo(String id, List<String> seen) {
        return ChildSpec.actor(
                id,
                child -> Behaviors.receive(String.class)
                        .onMessageEquals("die", () -> {
                            throw new IllegalStateException("die");
                        })
                        .onMessageEquals("finish", Behaviors::stopped)
                        .onMessage(String.class, text -> {
                            seen.add(child.incarnation() + " " + text);
                            return Behaviors.same();
                        })
                        .build());
    }

    @Test
    void case_105_failing_application() {
        NoClassDefFoundError missing = new NoClassDefFoundError("com/example/Gone");
        try (SupervisionTree other = SupervisionTree.start(
                spec(ChildSpec.actor("fine", Behaviors.empty())),
                SupervisionTree.Options.defaults().withLogging(false))) {
            SupervisorSpec failing = spec(ChildSpec.actor("good", Behaviors.empty()), ChildSpec.actor("bad", child -> {
                throw missing;
            }));

            assertThatThrownBy(() -> SupervisionTree.start(
                            failing, SupervisionTree.Options.defaults().withLogging(false)))
                    .isInstanceOfSatisfying(
                            SupervisionTree.StartFailedException.class,
                            failed -> assertThat(failed.reason())
                                    .isEqualTo(ExitReason.shutdown(
                                            new FailedToStartChild("bad", ExitReason.crash(missing)))))
                    .hasCause(missing);
            assertThat(Bed.get(other.root().count()).active()).isEqualTo(1);
        }
    }
}
