package io.github.pekkosupervisor;

import static io.github.pekkosupervisor.Bed.answer;
import static io.github.pekkosupervisor.StartUpTest.simple;
import static io.github.pekkosupervisor.StartUpTest.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkosupervisor.ExitReason.FailedToStartChild;
import io.github.pekkosupervisor.SupervisorEvent.Offender;
import io.github.pekkosupervisor.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.SupervisorSpec.AutoShutdown;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
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
                    .isEqualTo(Supervisor.Ok.INSTANCE);
            assertThat(answer(sup.reconfigure(changed.withChild(ChildSpec.closeable("b", null)))))
                    .isInstanceOf(Supervisor.InvalidSpec.class);
            assertThat(bed.states()).containsExactly("a running");
            assertThat(answer(sup.reconfigure(
                            changed.withChildren(List.of(bed.worker("a"), bed.worker("b"), bed.worker("c"))))))
                    .isEqualTo(Supervisor.Ok.INSTANCE);
            assertThat(bed.states()).containsExactly("a running", "b stopped", "c stopped");
            assertThat(answer(sup.restartChild("b"))).isInstanceOf(Supervisor.Started.class);
            assertThat(answer(sup.restartChild("c"))).isInstanceOf(Supervisor.Started.class);

            Shutdown infinity = Shutdown.infinity();
            assertThat(answer(sup.reconfigure(changed.withChildren(
                            List.of(bed.worker("d"), bed.worker("c").withShutdown(infinity), bed.worker("a"))))))
                    .isEqualTo(Supervisor.Ok.INSTANCE);
            assertThat(bed.states()).containsExactly("d stopped", "c running", "a running", "b running");
            assertThat(((Supervisor.FoundSpec) answer(sup.childSpec("c")))
                            .spec()
                            .shutdown())
                    .isEqualTo(infinity);
            assertThat(bed.handle("a")).isEqualTo(a);

            assertThat(answer(sup.reconfigure(SupervisorSpec.ignore()))).isEqualTo(Supervisor.Ok.INSTANCE);
            assertThat(answer(sup.reconfigure(null))).isInstanceOf(Supervisor.BadInit.class);
            assertThat(answer(sup.reconfigure(changed.withIntensity(-1, Duration.ZERO))))
                    .isInstanceOfSatisfying(
                            Supervisor.InvalidSpec.class,
                            refused -> assertThat(refused.problems()).hasSize(2));
            assertThat(bed.states()).containsExactly("d stopped", "c running", "a running", "b running");
        }
    }

    @Test
    void case_100_reconfigure_dynamic() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(simple(bed.template()));
            ChildHandle a = bed.startFromTemplate("a");
            SupervisorSpec other = simple(bed.template().withShutdown(Shutdown.infinity()));

            assertThat(answer(bed.sup().reconfigure(other))).isEqualTo(Supervisor.Ok.INSTANCE);
            assertThat(((Supervisor.FoundSpec) answer(bed.sup().childSpec(a)))
                            .spec()
                            .shutdown())
                    .isEqualTo(Shutdown.infinity());
            assertThat(answer(bed.sup().reconfigure(other.withChild(bed.template()))))
                    .isInstanceOf(Supervisor.InvalidSpec.class);
            assertThat(answer(bed.sup().reconfigure(other.withChildren(List.of()))))
                    .isInstanceOf(Supervisor.InvalidSpec.class);
            assertThat(answer(bed.sup().reconfigure(spec()))).isInstanceOf(Supervisor.InvalidSpec.class);
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
                    .isEqualTo(Supervisor.Ok.INSTANCE);

            await().untilAsserted(() -> assertThat(bed.states()).containsExactly("a running", "c running"));
            assertThat(bed.log("init")).containsExactly("init a", "init b", "init c", "init c");
            bed.ignoreReports();
        }
    }

    private static SupervisorSpec auto(Bed bed, AutoShutdown auto, boolean significant) {
        return SupervisorSpec.oneForOne()
                .withAutoShutdown(auto)
                .withChild(bed.worker("a").withRestart(RestartType.TRANSIENT).withSignificant(significant))
                .withChild(bed.worker("b").withRestart(RestartType.TRANSIENT).withSignificant(significant));
    }

    @Test
    void case_101_reconfigure_auto_shutdown() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(auto(bed, AutoShutdown.NEVER, false));
            assertThat(answer(bed.sup().reconfigure(auto(bed, AutoShutdown.NEVER, true))))
                    .isInstanceOf(Supervisor.InvalidSpec.class);
            assertThat(answer(bed.sup().reconfigure(auto(bed, AutoShutdown.ANY_SIGNIFICANT, true))))
                    .isEqualTo(Supervisor.Ok.INSTANCE);
            assertThat(answer(bed.sup().reconfigure(SupervisorSpec.oneForOne().withAutoShutdown(AutoShutdown.NEVER))))
                    .isEqualTo(Supervisor.Ok.INSTANCE);

            // kept, and still significant, but nothing is triggered now
            bed.exitAndSettle("a", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            assertThat(answer(bed.sup()
                            .startChild(bed.worker("c")
                                    .withRestart(RestartType.TRANSIENT)
                                    .withSignificant(true))))
                    .isInstanceOf(Supervisor.InvalidSpec.class);
            assertThat(answer(bed.sup().reconfigure(auto(bed, AutoShutdown.ALL_SIGNIFICANT, true))))
                    .isEqualTo(Supervisor.Ok.INSTANCE);
            answer(bed.sup().restartChild("a"));
            bed.exitAndSettle("a", ExitReason.normal());
            assertThat(bed.states()).containsExactly("a stopped", "b running");
            bed.exit("b", ExitReason.normal());

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
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
            assertThat(((SupervisorEvent.ChildStarted) bed.events.get(3)).cause())
                    .isEqualTo(StartCause.RESTART);
            assertThat(bed.events.get(4))
                    .hasToString("ShutdownError[supervisor=/, child=" + second + ", reason=killed]");
            assertThat(new Offender(a, Optional.empty(), false, 3)).hasToString("a (3 children)");
            bed.ignoreReports();
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
            ((Supervisor.Started) started).child().<Object>ref().tell("crash");

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
        assertThat(answer(tree.root().child("sub"))).isEqualTo(Supervisor.SupervisorGone.INSTANCE);
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
