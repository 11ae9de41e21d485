package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
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
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.ExitReason.FailedToStartChild;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** The acceptance cases on reconfiguration, reports and names. */
final class ReconfigurationTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
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
            assertThat(bed.live("a").known().kind().name()).isEqualTo("Java service");
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
    void case_103_no_info_level_noise() {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>() {
            @Override
            protected void append(ILoggingEvent event) {
                event.prepareForDeferredProcessing();
                super.append(event);
            }
        };
        lines.list = new CopyOnWriteArrayList<>();
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
