package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.actor.Bed.get;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
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
import io.github.pekkosupervisor.protocol.TreeEvent;
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
import java.util.concurrent.CopyOnWriteArrayList;
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

    private final List<SupervisorEvent> events = new CopyOnWriteArrayList<>();
    private final SupervisionTree.Options options = SupervisionTree.Options.defaults()
            .withSystem(KIT.system())
            .withLogging(false)
            .withListener(TreeEvent.only(SupervisorEvent.class, events::add));
    private SupervisionTree tree = SupervisionTree.start(spec(), options);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @AfterEach
    void close() {
        tree.close();
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

    private SupervisorRef start(SupervisorSpec spec) {
        tree.close();
        events.clear();
        tree = SupervisionTree.start(spec, options);
        return tree.root();
    }

    private ChildInfo info(String id) {
        return (ChildInfo) answer(tree.root().child(id));
    }

    private ChildHandle handle(String id) {
        return info(id).handle().orElseThrow();
    }

    private <E extends SupervisorEvent> List<E> told(Class<E> type) {
        // a call that is answered later has been told of later
        get(tree.root().count());
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** Waits for it, since a listener may hear of it a little later. */
    private <E extends SupervisorEvent> List<E> awaitTold(Class<E> type, int number) {
        await().atMost(Bed.LONG).until(() -> told(type).size() >= number);
        return told(type);
    }

    // ---- renewals

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_renewal_is_one_stop_and_one_start_and_no_restart(Kind kind) {
        start(spec(kind.child("a"), kind.child("b")).withIntensity(0, Duration.ofMinutes(1)));
        ChildHandle before = handle("a");
        ChildHandle other = handle("b");

        Object answer = answer(tree.root().renewChild("a"));

        ChildHandle after = handle("a");
        assertThat(answer)
                .isInstanceOfSatisfying(
                        SupervisorResult.Started.class,
                        started -> assertThat(started.child()).isEqualTo(after));
        assertThat(before.hasEnded()).isTrue();
        assertThat(after.incarnation()).isEqualTo(3);
        assertThat(after.first()).isEqualTo(before.first()).isEqualTo(1);
        assertThat(handle("b")).isEqualTo(other);
        assertThat(awaitTold(SupervisorEvent.ChildStarted.class, kind == Kind.SUPERVISOR ? 6 : 3))
                .filteredOn(started -> started.cause() == StartCause.RENEWAL)
                .singleElement()
                .satisfies(started -> assertThat(started.child().handle()).contains(after));
        assertThat(told(SupervisorEvent.ChildStopped.class))
                .filteredOn(stopped -> stopped.cause() == StopCause.Renewal.INSTANCE)
                .singleElement()
                .satisfies(stopped -> assertThat(stopped.child().handle()).contains(before));
        assertThat(told(SupervisorEvent.ChildTerminated.class)).isEmpty();
        assertThat(told(SupervisorEvent.RestartScheduled.class)).isEmpty();
        assertThat(node("a").restarts()).isZero();
    }

    private Node node(String id) {
        return get(tree.snapshot()).top().children().stream()
                .filter(child -> child.path().equals("/" + id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_group_of_mixed_kinds_is_renewed_in_order() {
        start(SupervisorSpec.restForOne()
                .withChildren(List.of(
                        Kind.ACTOR.child("a"),
                        Kind.PROCESS.child("p"),
                        Kind.SERVICE.child("s"),
                        Kind.SUPERVISOR.child("u"))));
        ChildHandle first = handle("a");
        long pid = handle("p").process().orElseThrow().pid();
        events.clear();

        get(tree.root().renewChild("p"));

        assertThat(handle("a")).isEqualTo(first);
        assertThat(new ProcessView(pid).exists()).isFalse();
        awaitTold(SupervisorEvent.ChildStarted.class, 4);
        assertThat(events.stream()
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
        start(spec(kind.child("a"), kind.child("t").withRestart(RestartType.TEMPORARY)));
        ChildHandle a = handle("a");
        ChildHandle t = handle("t");

        assertThat(answer(tree.root().renewAll())).isEqualTo(SupervisorResult.Ok.INSTANCE);

        assertThat(handle("a").incarnation()).isGreaterThan(a.incarnation());
        assertThat(handle("t").incarnation()).isGreaterThan(t.incarnation());
        assertThat(answer(tree.root().renewChild("t"))).isInstanceOf(SupervisorResult.Started.class);
    }

    @Test
    void a_renewal_below_is_asked_of_the_supervisor_there() {
        start(spec(Kind.SUPERVISOR.child("u")));
        SupervisorRef below = get(tree.supervisor("u")).orElseThrow();
        ChildHandle before = ((ChildInfo) answer(below.child("inner"))).handle().orElseThrow();

        get(below.renewChild(before));

        ChildHandle after = ((ChildInfo) answer(below.child("inner"))).handle().orElseThrow();
        assertThat(after.incarnation()).isGreaterThan(before.incarnation());
        assertThat(answer(below.renewChild(before))).isEqualTo(SupervisorResult.NotRunning.INSTANCE);
    }

    @Test
    void what_follows_the_tree_sees_a_renewal_of_children_that_would_be_forgotten() {
        start(spec(
                Kind.ACTOR.child("t").withRestart(RestartType.TEMPORARY),
                ChildSpec.supervisor("d", SupervisorSpec.dynamic())));
        SupervisorRef dynamic = get(tree.supervisor("d")).orElseThrow();
        ChildHandle x = ((SupervisorResult.Started) get(dynamic.startChild(Kind.ACTOR.child("x")))).child();
        TreeFold fold = new TreeFold();
        TreeSubscription subscription = tree.subscribe(fold);
        await().atMost(Bed.LONG).until(() -> !fold.present().top().children().isEmpty());

        get(tree.root().renewChild("t"));
        get(dynamic.renewChild(x));

        await().atMost(Bed.LONG)
                .untilAsserted(() -> assertThat(places(fold.present()))
                        .isEqualTo(places(get(tree.snapshot())))
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
        start(spec(kind.child("a")).withIntensity(1, Duration.ofMinutes(1)));
        ChildHandle before = handle("a");

        assertThat(answer(tree.root().killChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

        await().atMost(Bed.LONG)
                .until(() ->
                        info("a").state() == ChildState.RUNNING && !handle("a").equals(before));
        assertThat(awaitTold(SupervisorEvent.ChildTerminated.class, 1))
                .singleElement()
                .satisfies(end -> assertThat(end.reason()).isEqualTo(ExitReason.killed()));
        get(tree.root().killChild(handle("a")));
        assertThat(get(tree.whenEnded()).toString()).contains("gave up").contains("killed");
    }

    @Test
    void an_actor_that_ignores_its_stop_is_killed_while_it_is_waited_for() {
        start(spec(
                ChildSpec.actor("a", Behaviors.ignore()).withStopMessage("stop").withShutdown(Shutdown.infinity())));
        var stopped = tree.root().terminateChild("a");
        assertThat(answer(tree.root().killChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

        assertThat(answer(stopped)).isEqualTo(SupervisorResult.Ok.INSTANCE);
        assertThat(awaitTold(SupervisorEvent.ShutdownError.class, 1))
                .singleElement()
                .satisfies(end -> assertThat(end.reason()).isEqualTo(ExitReason.killed()));
    }

    @Test
    void a_process_that_is_deaf_is_killed_with_its_group() {
        ProcessSpec deaf = ProcessSpec.of(sh("trap '' TERM; echo ready; sleep " + A_DAY + "; sleep " + A_DAY))
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("^ready$"));
        start(spec(ChildSpec.process("a", deaf).withShutdown(Shutdown.infinity())));
        ProcessView before = new ProcessView(handle("a").process().orElseThrow().pid());

        get(tree.root().killChild("a"));

        await().atMost(Bed.LONG).until(() -> !before.exists());
        await().atMost(Bed.LONG).until(() -> info("a").state() == ChildState.RUNNING);
        get(tree.root().killChild("a"));
    }

    @Test
    void a_service_whose_thread_does_not_end_is_abandoned_and_restarted() {
        CountDownLatch end = new CountDownLatch(1);
        start(spec(ChildSpec.service("a", () -> "", any -> Bed.awaitLatch(end))));
        ChildHandle before = handle("a");

        get(tree.root().killChild("a"));

        await().atMost(Bed.LONG)
                .until(() ->
                        info("a").state() == ChildState.RUNNING && !handle("a").equals(before));
        assertThat(awaitTold(SupervisorEvent.ChildTerminated.class, 1))
                .singleElement()
                .satisfies(told -> assertThat(told.reason()).isEqualTo(ExitReason.Abandoned.INSTANCE));
        end.countDown();
        awaitTold(SupervisorEvent.AbandonedChildEnded.class, 1);
    }

    // ---- once, and now

    @ParameterizedTest
    @EnumSource(Kind.class)
    void one_that_runs_once_stays_down(Kind kind) {
        start(spec(kind.child("a")).withIntensity(0, Duration.ofMinutes(1)));
        assertThat(answer(tree.root().startOnce("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
        get(tree.root().killChild("a"));
        await().atMost(Bed.LONG).until(() -> info("a").state() == ChildState.STOPPED);

        assertThat(answer(tree.root().startOnce("a"))).isInstanceOf(SupervisorResult.Started.class);
        get(tree.root().killChild("a"));
        await().atMost(Bed.LONG).until(() -> info("a").state() == ChildState.STOPPED);

        assertThat(node("a").state()).hasToString("FINISHED");
        assertThat(tree.whenEnded().toCompletableFuture()).isNotDone();
        assertThat(told(SupervisorEvent.ChildStarted.class))
                .extracting(SupervisorEvent.ChildStarted::cause)
                .contains(StartCause.ONCE);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_wait_is_ended_by_a_call(Kind kind) {
        start(spec(kind.child("a").withRestartDelay(RestartDelay.fixed(Duration.ofHours(1))))
                .withUnlimitedRestarts());
        get(tree.root().killChild("a"));
        await().atMost(Bed.LONG).until(() -> info("a").state() == ChildState.RESTARTING);

        assertThat(answer(tree.root().startNow("a"))).isInstanceOf(SupervisorResult.Started.class);
        assertThat(info("a").state()).isEqualTo(ChildState.RUNNING);
        assertThat(node("a").restarts()).isEqualTo(1);
    }
}
