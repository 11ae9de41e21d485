package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.actor.Bed.get;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StartCause;
import io.github.pekkosupervisor.protocol.SupervisorEvent.StopCause;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildInfo;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.ProcessView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The calls of an operator on running trees, for children of each kind. */
final class OperatorCallsTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    private final ListenedTree listened = new ListenedTree(KIT);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @AfterEach
    void close() {
        listened.close();
    }

    enum Kind {
        ACTOR,
        SERVICE,
        RUNNABLE,
        PROCESS,
        SUPERVISOR;

        ChildSpec child(String id) {
            return switch (this) {
                case ACTOR -> ChildSpec.actor(id, Behaviors.empty());
                case SERVICE -> ChildSpec.service(id, () -> "", any -> {});
                case RUNNABLE -> ChildSpec.runnable(id, child -> new CountDownLatch(1).await());
                case PROCESS -> ChildSpec.process(id, ProcessSpec.of("sleep", A_DAY));
                case SUPERVISOR -> ChildSpec.supervisor(id, spec(ChildSpec.actor("inner", Behaviors.empty())));
            };
        }
    }

    // ---- renewals

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_renewal_is_one_stop_and_one_start_and_no_restart(Kind kind) {
        listened.start(spec(kind.child("a"), kind.child("b")).withIntensity(0, Duration.ofMinutes(1)));
        ChildHandle before = listened.handle("a");
        ChildHandle other = listened.handle("b");

        Object answer = answer(listened.tree().root().renewChild("a"));

        ChildHandle after = listened.handle("a");
        assertThat(answer)
                .isInstanceOfSatisfying(
                        SupervisorResult.Started.class,
                        started -> assertThat(started.child()).isEqualTo(after));
        assertThat(before.hasEnded()).isTrue();
        assertThat(after.incarnation()).isEqualTo(3);
        assertThat(after.first()).isEqualTo(before.first()).isEqualTo(1);
        assertThat(listened.handle("b")).isEqualTo(other);
        assertThat(listened.awaitTold(SupervisorEvent.ChildStarted.class, kind == Kind.SUPERVISOR ? 6 : 3))
                .filteredOn(started -> started.cause() == StartCause.RENEWAL)
                .singleElement()
                .satisfies(started -> assertThat(started.child().handle()).contains(after));
        assertThat(listened.told(SupervisorEvent.ChildStopped.class))
                .filteredOn(stopped -> stopped.cause() == StopCause.Renewal.INSTANCE)
                .singleElement()
                .satisfies(stopped -> assertThat(stopped.child().handle()).contains(before));
        assertThat(listened.told(SupervisorEvent.ChildTerminated.class)).isEmpty();
        assertThat(listened.told(SupervisorEvent.RestartScheduled.class)).isEmpty();
        assertThat(node("a").restarts()).isZero();
    }

    private Node node(String id) {
        return get(listened.tree().snapshot()).top().children().stream()
                .filter(child -> child.path().equals("/" + id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_group_of_mixed_kinds_is_renewed_in_order() {
        listened.start(SupervisorSpec.restForOne()
                .withChildren(List.of(
                        Kind.ACTOR.child("a"),
                        Kind.PROCESS.child("p"),
                        Kind.SERVICE.child("s"),
                        Kind.SUPERVISOR.child("u"))));
        ChildHandle first = listened.handle("a");
        long pid = listened.handle("p").process().orElseThrow().pid();
        listened.events().clear();

        get(listened.tree().root().renewChild("p"));

        assertThat(listened.handle("a")).isEqualTo(first);
        assertThat(new ProcessView(pid).exists()).isFalse();
        listened.awaitTold(SupervisorEvent.ChildStarted.class, 4);
        assertThat(listened.events().stream()
                        .filter(event -> event.supervisor().equals("/"))
                        .map(event -> event instanceof SupervisorEvent.ChildStopped stopped
                                ? "stop " + stopped.child().id()
                                : event instanceof SupervisorEvent.ChildStarted started
                                        ? "start " + started.child().id()
                                        : event.toString()))
                .containsExactly("stop u", "stop s", "stop p", "start p", "start s", "start u");
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void all_are_renewed_the_temporary_one_too(Kind kind) {
        listened.start(spec(kind.child("a"), kind.child("t").withRestart(RestartType.TEMPORARY)));
        ChildHandle a = listened.handle("a");
        ChildHandle t = listened.handle("t");

        assertThat(answer(listened.tree().root().renewAll())).isEqualTo(SupervisorResult.Ok.INSTANCE);

        assertThat(listened.handle("a").incarnation()).isGreaterThan(a.incarnation());
        assertThat(listened.handle("t").incarnation()).isGreaterThan(t.incarnation());
        assertThat(answer(listened.tree().root().renewChild("t"))).isInstanceOf(SupervisorResult.Started.class);
    }

    @Test
    void a_renewal_below_is_asked_of_the_supervisor_there() {
        listened.start(spec(Kind.SUPERVISOR.child("u")));
        SupervisorRef below = get(listened.tree().supervisor("u")).orElseThrow();
        ChildHandle before = ((ChildInfo) answer(below.child("inner"))).handle().orElseThrow();

        get(below.renewChild(before));

        ChildHandle after = ((ChildInfo) answer(below.child("inner"))).handle().orElseThrow();
        assertThat(after.incarnation()).isGreaterThan(before.incarnation());
        assertThat(answer(below.renewChild(before))).isEqualTo(SupervisorResult.NotRunning.INSTANCE);
    }

    @Test
    void what_follows_the_tree_sees_a_renewal_of_children_that_would_be_forgotten() {
        listened.start(spec(
                Kind.ACTOR.child("t").withRestart(RestartType.TEMPORARY),
                ChildSpec.supervisor("d", SupervisorSpec.dynamic())));
        SupervisorRef dynamic = get(listened.tree().supervisor("d")).orElseThrow();
        ChildHandle x = ((SupervisorResult.Started) get(dynamic.startChild(Kind.ACTOR.child("x")))).child();
        TreeFold fold = new TreeFold();
        TreeSubscription subscription = listened.tree().subscribe(fold);
        await().atMost(Bed.LONG).until(() -> !fold.present().top().children().isEmpty());

        get(listened.tree().root().renewChild("t"));
        get(dynamic.renewChild(x));

        await().atMost(Bed.LONG)
                .untilAsserted(() -> assertThat(places(fold.present()))
                        .isEqualTo(places(get(listened.tree().snapshot())))
                        .containsExactly("/t RUNNING 3", "/d RUNNING 2", "/d/x RUNNING 2"));
        subscription.close();
    }

    private static List<String> places(TreeSnapshot snapshot) {
        return snapshot.top().children().stream()
                .flatMap(child -> Stream.concat(Stream.of(child), child.children().stream()))
                .map(node -> node.path() + " " + node.state() + " "
                        + node.incarnation().orElseThrow())
                .toList();
    }

    // ---- kills

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_kill_is_an_end_by_itself_and_counts(Kind kind) {
        listened.start(spec(kind.child("a")).withIntensity(1, Duration.ofMinutes(1)));
        ChildHandle before = listened.handle("a");

        assertThat(answer(listened.tree().root().killChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

        await().atMost(Bed.LONG)
                .until(() -> listened.info("a").state() == ChildState.RUNNING
                        && !listened.handle("a").equals(before));
        assertThat(listened.awaitTold(SupervisorEvent.ChildTerminated.class, 1))
                .singleElement()
                .satisfies(end -> assertThat(end.reason()).isEqualTo(ExitReason.killed()));
        get(listened.tree().root().killChild(listened.handle("a")));
        assertThat(get(listened.tree().whenEnded()).toString())
                .contains("gave up")
                .contains("killed");
    }

    @Test
    void an_actor_that_ignores_its_stop_is_killed_while_it_is_waited_for() {
        listened.start(spec(
                ChildSpec.actor("a", Behaviors.ignore()).withStopMessage("stop").withShutdown(Shutdown.infinity())));
        var stopped = listened.tree().root().terminateChild("a");
        assertThat(answer(listened.tree().root().killChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

        assertThat(answer(stopped)).isEqualTo(SupervisorResult.Ok.INSTANCE);
        assertThat(listened.awaitTold(SupervisorEvent.ShutdownError.class, 1))
                .singleElement()
                .satisfies(end -> assertThat(end.reason()).isEqualTo(ExitReason.killed()));
    }

    @Test
    void a_process_that_is_deaf_is_killed_with_its_group() {
        ProcessSpec deaf = ProcessSpec.of(sh("trap '' TERM; echo ready; sleep " + A_DAY + "; sleep " + A_DAY))
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("^ready$"));
        listened.start(spec(ChildSpec.process("a", deaf).withShutdown(Shutdown.infinity()))
                .withIntensity(1, Duration.ofHours(1)));
        ChildHandle before = listened.handle("a");
        ProcessView process = new ProcessView(before.process().orElseThrow().pid());

        get(listened.tree().root().killChild("a"));

        await().atMost(Bed.LONG).until(() -> !process.exists());
        // the supervisor is told of that a moment later
        await().atMost(Bed.LONG)
                .until(() -> listened.info("a").state() == ChildState.RUNNING
                        && !listened.handle("a").equals(before));
        get(listened.tree().root().killChild("a"));
        assertThat(get(listened.tree().whenEnded()).toString()).contains("gave up");
    }

    @Test
    void a_service_whose_thread_does_not_end_is_abandoned_and_restarted() {
        CountDownLatch end = new CountDownLatch(1);
        listened.start(spec(ChildSpec.service("a", () -> "", any -> Bed.awaitLatch(end))));
        ChildHandle before = listened.handle("a");

        get(listened.tree().root().killChild("a"));

        await().atMost(Bed.LONG)
                .until(() -> listened.info("a").state() == ChildState.RUNNING
                        && !listened.handle("a").equals(before));
        assertThat(listened.awaitTold(SupervisorEvent.ChildTerminated.class, 1))
                .singleElement()
                .satisfies(told -> assertThat(told.reason()).isEqualTo(ExitReason.Abandoned.INSTANCE));
        end.countDown();
        listened.awaitTold(SupervisorEvent.AbandonedChildEnded.class, 1);
    }

    // ---- once, and now

    @ParameterizedTest
    @EnumSource(Kind.class)
    void one_that_runs_once_stays_down(Kind kind) {
        listened.start(spec(kind.child("a")).withIntensity(0, Duration.ofMinutes(1)));
        assertThat(answer(listened.tree().root().startOnce("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
        get(listened.tree().root().killChild("a"));
        await().atMost(Bed.LONG).until(() -> listened.info("a").state() == ChildState.STOPPED);

        assertThat(answer(listened.tree().root().startOnce("a"))).isInstanceOf(SupervisorResult.Started.class);
        get(listened.tree().root().killChild("a"));
        await().atMost(Bed.LONG).until(() -> listened.info("a").state() == ChildState.STOPPED);

        assertThat(node("a").state()).hasToString("FINISHED");
        assertThat(listened.tree().whenEnded().toCompletableFuture()).isNotDone();
        assertThat(listened.awaitTold(SupervisorEvent.ChildStarted.class, kind == Kind.SUPERVISOR ? 4 : 2))
                .extracting(SupervisorEvent.ChildStarted::cause)
                .contains(StartCause.ONCE);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_wait_is_ended_by_a_call(Kind kind) {
        listened.start(spec(kind.child("a").withRestartDelay(RestartDelay.fixed(Duration.ofHours(1))))
                .withUnlimitedRestarts());
        get(listened.tree().root().killChild("a"));
        await().atMost(Bed.LONG).until(() -> listened.info("a").state() == ChildState.RESTARTING);

        assertThat(answer(listened.tree().root().startNow("a"))).isInstanceOf(SupervisorResult.Started.class);
        assertThat(listened.info("a").state()).isEqualTo(ChildState.RUNNING);
        assertThat(node("a").restarts()).isEqualTo(1);
    }
}
