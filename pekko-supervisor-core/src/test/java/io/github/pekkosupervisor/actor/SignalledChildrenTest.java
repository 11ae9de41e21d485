package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.actor.Bed.get;
import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static io.github.pekkosupervisor.testing.Programs.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ChildSpec.Service;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Signals to children of each kind: to a process, to the reaction of a service, as a message to an actor. */
final class SignalledChildrenTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Object OK = SupervisorResult.Ok.INSTANCE;

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final ListenedTree listened = new ListenedTree(KIT);

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    @AfterEach
    void close() {
        listened.close();
    }

    private Object send(String id, Signal signal) {
        return answer(listened.tree().root().signalChild(id, signal));
    }

    private void awaitLog(String... lines) {
        await().atMost(Bed.LONG).untilAsserted(() -> assertThat(log).containsExactly(lines));
    }

    // ---- processes

    private ProcessSpec printer(Path out) {
        String traps = "for s in HUP ALRM INT QUIT USR1 USR2; do trap \"echo $s >>$1\" $s; done; echo ready;"
                + " while :; do sleep 0.02; done";
        return ProcessSpec.of(sh(traps, out.toString()))
                .withOutput(Stdio.logged())
                .withReady(Readiness.line("^ready$"));
    }

    @Test
    void a_process_gets_each(@TempDir Path scratch) throws IOException {
        Path out = Files.createFile(scratch.resolve("out"));
        listened.start(ChildSpec.process("p", printer(out)));
        List<Signal> signals = List.of(Signal.HUP, Signal.ALRM, Signal.INT, Signal.QUIT, Signal.USR1, Signal.USR2);
        StringBuilder expected = new StringBuilder();

        for (Signal signal : signals) {
            assertThat(send("p", signal)).isEqualTo(OK);
            expected.append(signal).append('\n');
            await().atMost(Bed.LONG).untilAsserted(() -> assertThat(out).hasContent(expected.toString()));
        }
    }

    @Test
    void a_process_is_stopped_and_continued_with_its_group(@TempDir Path scratch) throws IOException {
        Path pid = scratch.resolve("pid");
        String script = "sleep " + A_DAY + " & echo $! >\"$1\"; echo ready; wait";
        listened.start(ChildSpec.process(
                "p",
                ProcessSpec.of(sh(script, pid.toString()))
                        .withOutput(Stdio.logged())
                        .withReady(Readiness.line("^ready$"))));
        ProcessView member =
                new ProcessView(Long.parseLong(Files.readString(pid).strip()));

        send("p", Signal.STOP);
        await().atMost(Bed.LONG).until(member::isStopped);
        send("p", Signal.CONT);
        await().atMost(Bed.LONG).until(() -> !member.isStopped());
        assertThat(member.exists()).isTrue();
    }

    // ---- services

    private ChildSpec service(String id, Service service) {
        return ChildSpec.service(id, () -> service);
    }

    /** It notes its start, its stop and, for HUP and USR1, reactions. */
    private final class Noting implements Service {
        @Override
        public void start(ChildContext child) {
            child.onSignal(Signal.HUP, () -> note("hup"));
            child.onSignal(Signal.USR1, () -> note("usr1"));
            note("start");
        }

        @Override
        public void stop() {
            note("stop");
        }

        private void note(String what) {
            log.add(what + " on " + Thread.currentThread().getName());
        }
    }

    @Test
    void a_service_reacts_on_its_own_thread_in_order() {
        listened.start(service("s", new Noting()));

        assertThat(send("s", Signal.HUP)).isEqualTo(OK);
        assertThat(send("s", Signal.USR1)).isEqualTo(OK);
        awaitLog("start on child s#1", "hup on child s#1", "usr1 on child s#1");
        listened.close();

        awaitLog("start on child s#1", "hup on child s#1", "usr1 on child s#1", "stop on child s#1");
    }

    @Test
    void what_a_reaction_throws_is_the_crash_of_the_child_and_it_is_stopped() {
        CountDownLatch stopped = new CountDownLatch(1);
        IllegalStateException failure = new IllegalStateException("no such file");
        listened.start(service("s", new Service() {
                    @Override
                    public void start(ChildContext child) {
                        child.onSignal(Signal.HUP, () -> {
                            throw failure;
                        });
                    }

                    @Override
                    public void stop() {
                        stopped.countDown();
                    }
                })
                .withRestart(RestartType.TEMPORARY));

        send("s", Signal.HUP);

        await().atMost(Bed.LONG)
                .untilAsserted(() -> assertThat(listened.events())
                        .filteredOn(SupervisorEvent.ChildTerminated.class::isInstance)
                        .singleElement()
                        .satisfies(end -> assertThat(((SupervisorEvent.ChildTerminated) end).reason())
                                .isEqualTo(ExitReason.crash(failure))));
        assertThat(stopped.getCount()).isZero();
    }

    /** One that is in its reaction to HUP until it is let go, or interrupted. */
    private final class Busy implements Service {
        final CountDownLatch busy = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);

        @Override
        public void start(ChildContext child) {
            child.onSignal(Signal.HUP, () -> {
                log.add("hup");
                busy.countDown();
                try {
                    go.await();
                } finally {
                    log.add("done");
                }
            });
            child.onSignal(Signal.USR1, () -> log.add("usr1"));
        }

        @Override
        public void stop() {
            log.add("stop");
        }
    }

    @Test
    void a_signal_that_comes_often_before_its_turn_is_one_and_the_stop_waits() {
        Busy service = new Busy();
        listened.start(service("s", service).withShutdown(Shutdown.infinity()));
        send("s", Signal.HUP);
        Bed.awaitLatch(service.busy);

        for (int i = 0; i < 20; i++) {
            send("s", Signal.USR1);
        }
        var stopped = listened.tree().root().terminateChild("s");
        await().atMost(Bed.LONG)
                .until(() ->
                        get(listened.tree().snapshot()).top().children().get(0).state() == State.STOPPING);
        service.go.countDown();

        get(stopped);
        awaitLog("hup", "done", "stop");
    }

    @Test
    void those_that_have_come_meanwhile_follow() {
        Busy service = new Busy();
        listened.start(service("s", service));
        send("s", Signal.HUP);
        Bed.awaitLatch(service.busy);
        for (int i = 0; i < 20; i++) {
            send("s", Signal.USR1);
        }

        service.go.countDown();

        awaitLog("hup", "done", "usr1");
    }

    @Test
    void one_that_lasts_longer_than_the_shutdown_time_is_interrupted() {
        Busy service = new Busy();
        listened.start(service("s", service).withShutdown(Shutdown.timeout(Duration.ofMillis(50))));
        send("s", Signal.HUP);
        Bed.awaitLatch(service.busy);

        get(listened.tree().root().terminateChild("s"));

        awaitLog("hup", "done", "stop");
    }

    @Test
    void a_signal_that_comes_while_it_starts_has_its_turn_after_that() {
        CountDownLatch registered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        var starts = listened.tree().root().startChild(service("s", new Service() {
            @Override
            public void start(ChildContext child) {
                child.onSignal(Signal.HUP, () -> log.add("hup"));
                registered.countDown();
                Bed.awaitLatch(go);
                log.add("started");
            }

            @Override
            public void stop() {
                // nothing is left
            }
        }));
        Bed.awaitLatch(registered);
        assertThat(send("s", Signal.HUP)).isEqualTo(OK);
        go.countDown();
        get(starts);
        awaitLog("started", "hup");
    }

    @Test
    void a_runnable_has_another_thread_for_it_and_a_failure_interrupts_its_own() {
        CompletableFuture<Thread> own = new CompletableFuture<>();
        listened.start(ChildSpec.runnable("r", child -> {
                    child.onSignal(Signal.HUP, () -> log.add(own.get() == Thread.currentThread() ? "own" : "another"));
                    child.onSignal(Signal.USR1, () -> {
                        throw new IllegalStateException("no");
                    });
                    own.complete(Thread.currentThread());
                    new CountDownLatch(1).await();
                })
                .withRestart(RestartType.TEMPORARY));
        own.join();
        send("r", Signal.HUP);
        awaitLog("another");

        send("r", Signal.USR1);

        await().atMost(Bed.LONG)
                .untilAsserted(() -> assertThat(listened.events())
                        .filteredOn(SupervisorEvent.ChildTerminated.class::isInstance)
                        .singleElement()
                        .asString()
                        .contains("IllegalStateException: no"));
    }

    @Test
    void a_reaction_does_not_outlive_a_runnable_that_has_returned() {
        CountDownLatch reacts = new CountDownLatch(1);
        CountDownLatch returns = new CountDownLatch(1);
        listened.start(ChildSpec.runnable("r", child -> {
                    child.onSignal(Signal.HUP, () -> {
                        reacts.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            log.add("interrupted");
                        }
                    });
                    log.add("runs");
                    returns.await();
                })
                .withRestart(RestartType.TEMPORARY));
        awaitLog("runs");
        send("r", Signal.HUP);
        Bed.awaitLatch(reacts);

        returns.countDown();

        await().atMost(Bed.LONG)
                .untilAsserted(() -> assertThat(listened.events())
                        .filteredOn(SupervisorEvent.ChildFinished.class::isInstance)
                        .singleElement()
                        .satisfies(end -> assertThat(((SupervisorEvent.ChildFinished) end).reason())
                                .isEqualTo(ExitReason.normal())));
        assertThat(log).containsExactly("runs", "interrupted");
    }

    @Test
    void it_ends_with_its_incarnation() {
        listened.start(ChildSpec.service("s", () -> new Service() {
            @Override
            public void start(ChildContext child) {
                if (child.incarnation() == 1) {
                    child.onSignal(Signal.HUP, () -> log.add("hup"));
                }
            }

            @Override
            public void stop() {
                // nothing is left
            }
        }));
        assertThat(send("s", Signal.HUP)).isEqualTo(OK);
        get(listened.tree().root().renewChild("s"));
        assertThat(send("s", Signal.HUP)).isEqualTo(SupervisorResult.NoReaction.INSTANCE);
    }

    // ---- actors

    @Test
    void an_actor_gets_its_message_in_order_with_others() {
        listened.start(ChildSpec.actor("a", Behaviors.receiveMessage(message -> {
                    log.add(message.toString());
                    return Behaviors.same();
                }))
                .withSignalMessage(Signal.USR1, "usr1")
                .withSignalMessage(Signal.HUP, "hup"));

        listened.handle("a").<Object>ref().tell("one");
        assertThat(send("a", Signal.USR1)).isEqualTo(OK);
        listened.handle("a").<Object>ref().tell("two");
        assertThat(answer(listened.tree().root().signalChild(listened.handle("a"), Signal.HUP)))
                .isEqualTo(OK);

        awaitLog("one", "usr1", "two", "hup");
    }

    @Test
    void a_temporary_actor_that_runs_knows_its_messages_still() {
        listened.start(ChildSpec.actor("a", Behaviors.receiveMessage(message -> {
                    log.add(message.toString());
                    return Behaviors.same();
                }))
                .withRestart(RestartType.TEMPORARY)
                .withSignalMessage(Signal.HUP, "hup"));
        send("a", Signal.HUP);
        awaitLog("hup");
    }

    // ---- without a reaction

    @ParameterizedTest
    @EnumSource(
            value = OperatorCallsTest.Kind.class,
            names = {"ACTOR", "SERVICE", "RUNNABLE", "SUPERVISOR"})
    void it_is_ignored_and_told_once_for_each_child_and_signal(OperatorCallsTest.Kind kind) {
        listened.start(kind.child("a"), kind.child("b"));
        for (int i = 0; i < 3; i++) {
            assertThat(send("a", Signal.HUP)).isEqualTo(SupervisorResult.NoReaction.INSTANCE);
            assertThat(send("a", Signal.STOP)).isEqualTo(SupervisorResult.NoReaction.INSTANCE);
            assertThat(send("b", Signal.HUP)).isEqualTo(SupervisorResult.NoReaction.INSTANCE);
        }
        get(listened.tree().root().renewChild("a"));
        send("a", Signal.HUP);
        listened.close();

        assertThat(listened.events().stream()
                        .filter(SupervisorEvent.SignalIgnored.class::isInstance)
                        .map(SupervisorEvent.SignalIgnored.class::cast)
                        .map(ignored -> ignored.child().id() + " " + ignored.signal()))
                .containsExactly("a HUP", "a STOP", "b HUP");
    }

    // ---- what is refused

    @Test
    void a_reaction_of_what_is_no_service_and_to_what_is_no_such_signal_is_refused() {
        CompletableFuture<ChildContext> ofActor = new CompletableFuture<>();
        CompletableFuture<ChildContext> ofRunnable = new CompletableFuture<>();
        listened.start(
                ChildSpec.actor("a", child -> {
                    ofActor.complete(child);
                    return Behaviors.empty();
                }),
                ChildSpec.runnable("r", child -> {
                    ofRunnable.complete(child);
                    new CountDownLatch(1).await();
                }));

        assertThatThrownBy(() -> ofActor.join().onSignal(Signal.HUP, () -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("child \"a\" is of the kind actor: onSignal is for services; for an actor use"
                        + " ChildSpec.withSignalMessage");
        assertThatThrownBy(() -> ofRunnable.join().onSignal(Signal.TERM, () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a child cannot react to TERM; use HUP, ALRM, INT, QUIT, USR1 or USR2");
    }

    @Test
    void a_message_that_cannot_be_sent_for_a_signal_is_told_with_all_that_is_wrong() {
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withChild(ChildSpec.actor("a", Behaviors.empty()).withSignalMessage(Signal.KILL, "x"))
                .withChild(ChildSpec.process("p", "true")
                        .withSignalMessage(Signal.HUP, "x")
                        .withStopMessage("x"))
                .withChild(ChildSpec.actor("right", Behaviors.empty())
                        .withSignalMessage(Signal.KILL, "x")
                        .withSignalMessage(Signal.HUP, "x"));

        assertThat(SpecCheck.problems(spec))
                .extracting(InvalidSpecException.Problem::toString)
                .containsExactly(
                        "/a: withSignalMessage: a child cannot react to KILL; use HUP, ALRM, INT, QUIT, USR1 or USR2"
                                + " [bad_combination]",
                        "/p: withSignalMessage: is for children of the kind actor only, this one is of the kind process;"
                                + " leave it out [bad_combination]",
                        "/p: withStopMessage: is for children of the kind actor only, this one is of the kind process;"
                                + " leave it out [bad_combination]");
    }
}
