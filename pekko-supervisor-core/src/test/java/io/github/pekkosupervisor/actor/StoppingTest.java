package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.testing.Specs.simple;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The acceptance cases on stopping. */
final class StoppingTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final Duration SHORT = Duration.ofMillis(200);
    private static final ExitReason CRASHED = Bed.boom();
    private static final ExitReason OTHER = ExitReason.failed("other");

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    private static Duration time(Runnable action) {
        long before = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - before);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_032_infinity_for_both_types(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.script("a").stopTakes = SHORT;
            bed.start(spec(
                    bed.worker("a").withShutdown(Shutdown.infinity()),
                    ChildSpec.supervisor("b", spec()).withShutdown(Shutdown.infinity())));

            bed.stop();

            assertThat(bed.events)
                    .filteredOn(SupervisorEvent.ChildStopped.class::isInstance)
                    .extracting(event -> ((SupervisorEvent.ChildStopped) event).reason())
                    .containsExactly(ExitReason.shutdown(), ExitReason.shutdown());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_033_timeout_then_kill(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.script("b").neverStops = true;
            bed.start(spec(bed.worker("a"), bed.worker("b").withShutdown(Shutdown.timeout(Duration.ofSeconds(1)))));

            Duration took = time(bed::stop);

            assertThat(took).isBetween(Duration.ofMillis(990), Bed.LONG);
            assertThat(bed.reports()).containsExactly("shutdown_error b killed");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_035_brutal_kill(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.start(spec(bed.worker("a"), bed.worker("b").withShutdown(Shutdown.brutalKill())));

            bed.stop();

            // a service is let go of all the same, see docs/otp-differences.md
            List<String> stopped = kind == Kind.SERVICE ? List.of("stop b", "stop a") : List.of("stop a");
            assertThat(bed.log("stop")).isEqualTo(stopped);
            assertThat(bed.log("end")).isEqualTo(kind == Kind.SERVICE ? List.of("end b", "end a") : List.of("end a"));
            assertThat(bed.events)
                    .filteredOn(SupervisorEvent.ChildStopped.class::isInstance)
                    .extracting(event -> ((SupervisorEvent.ChildStopped) event).reason())
                    .containsExactly(ExitReason.killed(), ExitReason.shutdown());
        }
    }

    @Test
    void a_service_that_is_killed_holds_nothing_when_the_next_one_starts() throws IOException {
        int port = FreePort.next();
        ChildSpec holder =
                ChildSpec.closeable("port", () -> new ServerSocket(port)).withShutdown(Shutdown.brutalKill());
        try (Bed bed = new Bed(KIT)) {
            bed.start(SupervisorSpec.oneForAll().withChildren(List.of(bed.worker("a"), holder)));
            ChildHandle before = bed.handle("port");

            bed.crashAndAwaitRestart("a");

            await().untilAsserted(() -> assertThat(bed.handle("port")).isNotEqualTo(before));
            assertThat(bed.states()).containsExactly("a running", "port running");
            assertThat(bed.reports()).containsExactly("child_terminated a " + CRASHED);
        }
    }

    @ParameterizedTest
    @EnumSource(RestartType.class)
    void an_actor_that_ends_only_after_it_was_killed_was_killed(RestartType restart) {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<String> ends = new CopyOnWriteArrayList<>();
        ChildSpec late = ChildSpec.actor(
                        "late",
                        Behaviors.receive(Object.class)
                                .onMessage(String.class, text -> {
                                    busy.countDown();
                                    release.await();
                                    return Behaviors.stopped();
                                })
                                .onSignal(PostStop.class, signal -> {
                                    ends.add("end");
                                    return Behaviors.same();
                                })
                                .build())
                .withRestart(restart)
                .withShutdown(Shutdown.timeout(Duration.ofMillis(50)));
        try (Bed bed = new Bed(KIT)) {
            bed.holdClock();
            bed.start(spec(late));
            LiveChild handle = bed.live("late");
            handle.<Object>ref().tell("go");
            Bed.awaitLatch(busy);
            CompletionStage<?> stopped = bed.sup().terminateChild("late");
            await().until(handle::isAskedToStop);
            bed.advance(Duration.ofMillis(100));
            bed.sup().actor().tell(SupervisorMessage.Due.WAKE);
            await().until(handle::isKilled);
            release.countDown();

            assertThat(Bed.answer(stopped)).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.reports()).containsExactly("shutdown_error late killed");
            assertThat(ends).isEmpty();
        }
    }

    @Test
    void a_brutal_kill_is_none_the_worse_for_a_last_word() {
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        ChildSpec late = ChildSpec.actor("late", Behaviors.<Object>receiveMessage(text -> {
                    busy.countDown();
                    release.await();
                    return Behaviors.stopped();
                }))
                .withShutdown(Shutdown.brutalKill());
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(late));
            LiveChild handle = bed.live("late");
            handle.<Object>ref().tell("go");
            Bed.awaitLatch(busy);
            CompletionStage<?> stopped = bed.sup().terminateChild("late");
            await().until(handle::isKilled);
            release.countDown();

            assertThat(Bed.answer(stopped)).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.reports()).isEmpty();
        }
    }

    @Test
    void times_that_no_timer_can_hold_are_kept_all_the_same() {
        Duration years = Duration.ofDays(10_000);
        try (Bed bed = new Bed(KIT)) {
            bed.script("a").stopTakes = SHORT;
            bed.start(spec(bed.worker("a").withShutdown(Shutdown.timeout(years)).withStartTimeout(years)));

            assertThat(Bed.answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            assertThat(bed.reports()).isEmpty();
        }
    }

    @Test
    void dynamic_children_that_end_with_the_same_exception_are_one_report() {
        ChildSpec bad = ChildSpec.actor(
                "bad",
                Behaviors.receive(Object.class)
                        .onSignal(PostStop.class, signal -> {
                            throw new IllegalStateException("in PostStop");
                        })
                        .build());
        try (Bed bed = new Bed(KIT)) {
            bed.start(simple(bad));
            IntStream.range(0, 5).forEach(i -> bed.startFromTemplate("c" + i));

            bed.stop();

            assertThat(bed.reports())
                    .containsExactly("shutdown_error bad x5 crash(java.lang.IllegalStateException: in PostStop)");
        }
    }

    @Test
    void case_040_nested_order() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(
                    bed.worker("a"),
                    ChildSpec.supervisor("sub", spec(bed.worker("s1"), bed.worker("s2"))),
                    bed.worker("z")));

            bed.stop();

            assertThat(bed.log("init")).containsExactly("init a", "init s1", "init s2", "init z");
            assertThat(bed.log("stop", "end"))
                    .containsExactly("stop z", "end z", "stop s2", "end s2", "stop s1", "end s1", "stop a", "end a");
        }
    }

    /** Restarts that fail slowly go on for ever. */
    private static SupervisorSpec loop(Strategy strategy, ChildSpec... children) {
        return SupervisorSpec.of(strategy)
                .withIntensity(8, Duration.ofSeconds(10))
                .withChildren(List.of(children));
    }

    @ParameterizedTest
    @EnumSource(names = {"ONE_FOR_ONE", "ONE_FOR_ALL", "REST_FOR_ONE"})
    void a_stop_in_a_restart_loop_waits_for_no_more_than_the_attempt_in_progress(Strategy strategy) {
        CountDownLatch fails = new CountDownLatch(1);
        try (Bed bed = new Bed(KIT)) {
            bed.start(loop(strategy, bed.worker("a")));
            bed.script("a").failsToStart("when told", () -> Bed.awaitLatch(fails));
            bed.crash("a");
            await().until(() -> bed.script("a").starts.get() == 2);

            bed.sup().actor().tell(new SupervisorCommand.Stop(ExitReason.shutdown()));
            fails.countDown();

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.script("a").starts.get()).isEqualTo(2);
            bed.ignoreReports();
        }
    }

    @Test
    void case_046_only_an_unexpected_reason_is_reported_by_the_supervisor_above() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(
                    ChildSpec.supervisor("good", spec()).withRestart(RestartType.TRANSIENT),
                    ChildSpec.supervisor("bad", spec()).withRestart(RestartType.TEMPORARY)));
            SupervisorRef good = bed.handle("good").supervisor().orElseThrow();
            SupervisorRef bad = bed.handle("bad").supervisor().orElseThrow();

            Bed.get(good.stop());
            Bed.get(bad.stop(OTHER));

            await().untilAsserted(() -> assertThat(bed.states()).containsExactly("good stopped"));
            assertThat(bed.reports()).containsExactly("child_terminated bad failed(other)");
        }
    }

    @Test
    void case_047_stop_with_a_timeout() {
        try (Bed bed = new Bed(KIT)) {
            bed.script("a").neverStops = true;
            bed.start(spec(bed.worker("a").withShutdown(Shutdown.infinity())));

            CompletionStage<TreeEnd> stop = bed.sup().stop(ExitReason.normal(), SHORT);

            assertThatThrownBy(() -> Bed.get(stop))
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            await().until(() -> bed.log.contains("stop a"));
            bed.exit("a", ExitReason.normal());
            assertThat(bed.ended()).isEqualTo(ExitReason.normal());
            assertThat(bed.log("end")).containsExactly("end a");
        }
    }

    @Test
    void case_048_parent_dies() {
        List<String> log = new ArrayList<>();
        ActorRef<Object> parent = KIT.spawn(Behaviors.receive(Object.class)
                .onMessageEquals("die", () -> {
                    throw new IllegalStateException("parent");
                })
                .build());
        SupervisorSpec two = spec(recording("a", log), recording("b", log));
        SupervisionTree tree = SupervisionTree.start(
                two,
                SupervisionTree.Options.defaults()
                        .withSystem(KIT.system())
                        .withOwner(parent)
                        .withLogging(false));

        parent.tell("die");

        assertThat(Bed.get(tree.whenEnded()).toString()).contains("failed", "owner", "has ended");
        assertThat(log).containsExactly("b", "a");
    }

    private static ChildSpec recording(String id, List<String> ends) {
        return ChildSpec.actor(
                id,
                Behaviors.receive(Object.class)
                        .onSignal(PostStop.class, signal -> {
                            ends.add(id);
                            return Behaviors.same();
                        })
                        .build());
    }

    @Test
    void case_049_strangers_cannot_stop_it() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a")));
            ActorRef<Object> stranger = KIT.spawn(Behaviors.stopped());
            bed.owner.expectTerminated(stranger);

            bed.sup().actor().<Object>unsafeUpcast().tell("who are you?");

            await().untilAsserted(() -> assertThat(bed.reports()).containsExactly("unexpected who are you?"));
            assertThat(bed.states()).containsExactly("a running");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void case_050_many_children(boolean dynamic) {
        many(dynamic, 1_000);
        Duration few = work(() -> many(dynamic, 1_000));
        int more = dynamic ? 10 : 100;

        Duration many = work(() -> many(dynamic, 1_000 * more));

        assertThat(many).isLessThan(few.plusMillis(20).multipliedBy((long) more * (dynamic ? 5 : 10)));
    }

    /** The time of the processors, which nobody else on the machine takes away. */
    private static Duration work(Runnable action) {
        ProcessHandle ourselves = ProcessHandle.current();
        Duration before = ourselves.info().totalCpuDuration().orElseThrow();
        action.run();
        return ourselves.info().totalCpuDuration().orElseThrow().minus(before);
    }

    private static void many(boolean dynamic, int number) {
        ChildSpec trivial = ChildSpec.actor("x", Behaviors.empty());
        try (Bed bed = new Bed(KIT)) {
            bed.start(dynamic ? simple(trivial) : spec());
            List<CompletionStage<SupervisorResult.StartResult>> starts = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                starts.add(dynamic ? bed.sup().startFromTemplate() : bed.sup().startChild(trivial.withId("x" + i)));
            }
            List<CompletionStage<SupervisorResult.TerminateResult>> stops = new ArrayList<>();
            for (CompletionStage<SupervisorResult.StartResult> start : starts) {
                ChildHandle child = ((SupervisorResult.Started) Bed.get(start)).child();
                stops.add(dynamic ? bed.sup().terminateChild(child) : bed.sup().terminateChild(child.id()));
            }
            for (CompletionStage<SupervisorResult.TerminateResult> stop : stops) {
                assertThat(Bed.answer(stop)).isEqualTo(SupervisorResult.Ok.INSTANCE);
            }
        }
    }
}
