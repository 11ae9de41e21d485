package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.actor.Bed.answer;
import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.Supervisor;
import io.github.pekkosupervisor.actor.Bed.Kind;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.ExitReason.FailedToStartChild;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.FishingOutcomes;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The acceptance cases that the platform makes necessary. Those on processes are with the process children. */
final class PlatformTest {

    private static final ActorTestKit KIT = ActorTestKit.create();

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    static Stream<Error> fatal() {
        return Stream.of(
                new StackOverflowError(),
                new NoClassDefFoundError("x"),
                new AssertionError("x"),
                new OutOfMemoryError("x"),
                new InternalError("x"));
    }

    private static Behavior<Error> throwsWhatItGets() {
        return Behaviors.receiveMessage(error -> {
            throw error;
        });
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void case_106_fatal_error_in_a_child(Error error) {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(
                    bed.worker("sibling"),
                    ChildSpec.actor("a", throwsWhatItGets()),
                    ChildSpec.runnable("b", child -> child.argument(0, String.class))
                            .withRestart(RestartType.TEMPORARY)));
            ChildHandle sibling = bed.handle("sibling");
            ChildHandle a = bed.handle("a");

            a.<Error>ref().tell(error);

            await().untilAsserted(() -> assertThat(bed.handle("a")).isNotEqualTo(a));
            assertThat(bed.handle("sibling")).isEqualTo(sibling);
            assertThat(bed.reports()).contains("child_terminated a " + ExitReason.crash(error));
            bed.ignoreReports();
        }
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void a_fatal_error_in_a_start_is_a_failed_start(Error error) {
        try (Bed bed = new Bed(KIT).start(spec())) {
            for (ChildSpec bad : List.of(
                    ChildSpec.actor("a", child -> {
                        throw error;
                    }),
                    ChildSpec.actor("a", Behaviors.setup(context -> {
                        throw error;
                    })),
                    ChildSpec.service("a", () -> {
                        throw error;
                    }))) {
                assertThat(answer(bed.sup().startChild(bad)))
                        .isInstanceOfSatisfying(
                                SupervisorResult.StartFailed.class,
                                failed -> assertThat(failed.reason()).isEqualTo(ExitReason.crash(error)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_107_error_while_stopping(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.start(spec(bed.worker("a")));
            bed.script("a").stopThrows = new IllegalStateException("in stop");

            assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.reports())
                    .containsExactly("shutdown_error a crash(java.lang.IllegalStateException: in stop)");
        }
    }

    @Test
    void case_107_error_in_post_stop() {
        Behavior<Object> bad = Behaviors.receive(Object.class)
                .onSignal(PostStop.class, signal -> {
                    throw new StackOverflowError("in PostStop");
                })
                .build();
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(ChildSpec.actor("a", bad)));

            assertThat(answer(bed.sup().terminateChild("a"))).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(bed.reports())
                    .containsExactly("shutdown_error a crash(java.lang.StackOverflowError: in PostStop)");
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void case_108_start_never_acknowledged(Kind kind) {
        CountDownLatch hangs = new CountDownLatch(1);
        ChildSpec hanging = switch (kind) {
            case ACTOR ->
                ChildSpec.actor("a", child -> {
                    awaitUninterruptibly(hangs);
                    return Behaviors.empty();
                });
            case SERVICE ->
                ChildSpec.service(
                        "a",
                        () -> {
                            awaitUninterruptibly(hangs);
                            return "never";
                        },
                        never -> {});
        };
        try (Bed bed = new Bed(KIT).start(spec())) {
            Object result = answer(bed.sup()
                    .startChild(hanging.withStartTimeout(Duration.ofMillis(500))
                            .withShutdown(Shutdown.timeout(Duration.ofMillis(100)))));

            assertThat(result)
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason()).isEqualTo(ExitReason.StartTimeout.INSTANCE));
            assertThat(bed.states()).isEmpty();
            assertThat(Bed.get(bed.sup().count()).abandoned()).isEqualTo(1);
            assertThat(bed.reports()).containsExactly("abandoned a");
            hangs.countDown();
            await().untilAsserted(() ->
                    assertThat(Bed.get(bed.sup().count()).abandoned()).isZero());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void a_start_that_is_overdue_ends_however_long_a_stop_may_take(Kind kind) {
        try (Bed bed = new Bed(KIT, kind)) {
            bed.holdClock();
            bed.start(spec());
            bed.script("a").startTakes = Duration.ofHours(1);
            bed.script("a").neverStops = true;
            CompletionStage<?> starting = bed.sup()
                    .startChild(bed.worker("a")
                            .withStartTimeout(Duration.ofMillis(50))
                            .withShutdown(Shutdown.infinity()));
            await().until(() -> bed.log("init").contains("init a"));

            bed.advance(Duration.ofMillis(100));
            bed.sup().actor().tell(SupervisorMessage.Due.WAKE);
            await().until(() -> bed.context("a").handle().isAskedToStop());
            bed.advance(Duration.ofSeconds(6));
            bed.sup().actor().tell(SupervisorMessage.Due.WAKE);

            Object result = answer(starting);
            assertThat(result)
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason()).isEqualTo(ExitReason.StartTimeout.INSTANCE));
            assertThat(bed.states()).isEmpty();
        }
    }

    @Test
    void no_info_is_as_good_as_none() {
        try (Bed bed = new Bed(KIT).start(spec())) {
            ChildSpec silent = ChildSpec.actor("a", child -> {
                        child.ready(null);
                        return Behaviors.empty();
                    })
                    .withExplicitReady();

            assertThat(answer(bed.sup().startChild(silent)))
                    .isInstanceOfSatisfying(
                            SupervisorResult.Started.class,
                            started -> assertThat(started.info()).isEmpty());
        }
    }

    @Test
    @SuppressWarnings("NullAway") // that is what is tried
    void an_exit_without_a_reason_is_a_crash_of_the_child() {
        try (Bed bed = new Bed(KIT).start(spec())) {
            assertThat(answer(bed.sup().startChild(ChildSpec.actor("a", child -> child.exit(null)))))
                    .isInstanceOfSatisfying(
                            SupervisorResult.StartFailed.class,
                            failed -> assertThat(failed.reason().toString()).contains("the reason of an exit is null"));
        }
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void a_fatal_error_in_the_init_of_a_supervisor_is_told(Error error) {
        try (Bed bed = new Bed(KIT)) {
            bed.spawn(() -> {
                throw error;
            });

            assertThat(bed.ended()).isEqualTo(ExitReason.crash(error));
            assertThat(bed.events)
                    .containsExactly(
                            new SupervisorEvent.SupervisorStopped("/", new TreeEnd.Failed(ExitReason.crash(error))));
        }
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void a_fatal_error_in_a_reconfiguration_changes_nothing(Error error) {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a")));
            var probe = KIT.<SupervisorResult.ReconfigureResult>createTestProbe();

            bed.sup()
                    .actor()
                    .tell(new SupervisorCommand.Call<>(
                            new Request.Reconfigure(() -> {
                                throw error;
                            }),
                            probe.getRef()));

            assertThat(probe.receiveMessage()).isEqualTo(new SupervisorResult.BadInit(ExitReason.crash(error)));
            assertThat(bed.states()).containsExactly("a running");
        }
    }

    @ParameterizedTest
    @MethodSource("fatal")
    void a_listener_that_throws_an_error_does_no_harm(Error error) {
        try (SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.actor("a", Behaviors.empty())),
                SupervisionTree.Options.defaults()
                        .withSystem(KIT.system())
                        .withLogging(false)
                        .withListener(event -> {
                            throw error;
                        }))) {
            assertThat(Bed.get(tree.root().count()).active()).isEqualTo(1);
        }
    }

    @Test
    void a_service_whose_own_thread_is_quick_has_started_and_is_stopped() {
        AtomicInteger stops = new AtomicInteger();
        ChildSpec quick = ChildSpec.service("quick", () -> new ChildSpec.Service() {
                    @Override
                    public void start(ChildContext child) throws InterruptedException {
                        Thread own = new Thread(() -> child.<Object>exit(ExitReason.normal()));
                        own.start();
                        own.join();
                    }

                    @Override
                    public void stop() {
                        stops.incrementAndGet();
                    }
                })
                .withRestart(RestartType.TEMPORARY);
        try (Bed bed = new Bed(KIT).start(spec())) {
            assertThat(answer(bed.sup().startChild(quick))).isInstanceOf(SupervisorResult.Started.class);

            await().until(() -> bed.states().isEmpty());
            assertThat(stops).hasValue(1);
        }
    }

    @Test
    void a_service_that_is_ready_and_over_before_its_start_returns_is_stopped() {
        AtomicInteger stops = new AtomicInteger();
        ChildSpec brief = ChildSpec.service("brief", () -> new ChildSpec.Service() {
                    @Override
                    public void start(ChildContext child) {
                        child.ready();
                        child.<Object>exit(ExitReason.normal());
                    }

                    @Override
                    public void stop() {
                        stops.incrementAndGet();
                    }
                })
                .withRestart(RestartType.TEMPORARY);
        try (Bed bed = new Bed(KIT).start(spec())) {
            assertThat(answer(bed.sup().startChild(brief))).isInstanceOf(SupervisorResult.Started.class);

            await().until(() -> bed.states().isEmpty());
            assertThat(stops).hasValue(1);
        }
    }

    @Test
    void a_service_that_is_left_while_it_starts_is_stopped_when_it_has() {
        CountDownLatch starts = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        ChildSpec slow = ChildSpec.service("slow", () -> new ChildSpec.Service() {
            @Override
            public void start(ChildContext child) {
                starts.countDown();
                awaitUninterruptibly(goesOn);
            }

            @Override
            public void stop() {
                stopped.countDown();
            }
        });
        ActorTestKit own = ActorTestKit.create();
        SupervisorSpec inner = spec(slow);
        ActorRef<SupervisorCommand> supervisor = own.spawn(Supervisor.create(inner));
        awaitUninterruptibly(starts);

        own.stop(supervisor);
        assertThat(stopped.getCount()).isEqualTo(1);
        goesOn.countDown();

        Bed.awaitLatch(stopped);
        own.shutdownTestKit();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // as code that swallows interrupts does
                done = false;
            }
        }
    }

    @Test
    void an_abandoned_child_is_fenced_and_does_not_hold_up_the_end_of_the_tree() {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        ChildSpec hanging = ChildSpec.runnable("hangs", child -> {
                    runs.countDown();
                    awaitUninterruptibly(hangs);
                })
                .withShutdown(Shutdown.timeout(Duration.ofMillis(50)));
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(
                    bed.worker("a"), ChildSpec.supervisor("sub", spec(ChildSpec.supervisor("deep", spec(hanging))))));
            awaitUninterruptibly(runs);

            bed.sup().actor().tell(new SupervisorCommand.Stop(ExitReason.shutdown()));

            assertThat(bed.ended()).isEqualTo(ExitReason.shutdown());
            assertThat(bed.log("end")).containsExactly("end a");
            assertThat(bed.events)
                    .filteredOn(SupervisorEvent.ChildAbandoned.class::isInstance)
                    .singleElement()
                    .satisfies(event -> assertThat(((SupervisorEvent.ChildAbandoned) event).stack())
                            .contains("awaitUninterruptibly"));
            hangs.countDown();
            assertThat(bed.reports()).containsExactly("abandoned hangs", "shutdown_error hangs abandoned");
        }
    }

    @Test
    void calls_to_a_supervisor_that_was_killed_are_answered() {
        try (Bed bed = new Bed(KIT)) {
            bed.script("w").neverStops = true;
            bed.holdClock();
            SupervisorSpec inner = spec(bed.worker("w").withShutdown(Shutdown.infinity()));
            bed.start(spec(ChildSpec.supervisor("sub", inner).withShutdown(Shutdown.timeout(Duration.ofHours(1)))));
            SupervisorRef sub = bed.handle("sub").supervisor().orElseThrow();
            CompletionStage<?> stopped = bed.sup().terminateChild("sub");
            await().until(() -> bed.log("stop").contains("stop w"));
            CompletionStage<?> late = sub.restartChild("w");
            bed.advance(Duration.ofHours(2));
            bed.sup().actor().tell(SupervisorMessage.Due.WAKE);

            assertThat(answer(stopped)).isEqualTo(SupervisorResult.Ok.INSTANCE);
            assertThat(answer(late)).isEqualTo(SupervisorResult.SupervisorGone.INSTANCE);
            assertThat(answer(sub.whenEnded())).isEqualTo(TreeEnd.Killed.INSTANCE);
            assertThat(bed.reports()).containsExactly("shutdown_error sub killed");
        }
    }

    @Test
    void an_abandoned_child_can_end_its_supervisor() {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        ChildSpec hanging = ChildSpec.runnable("hangs", child -> {
                    begun.countDown();
                    awaitUninterruptibly(hangs);
                })
                .withShutdown(Shutdown.timeout(Duration.ofMillis(50)))
                .withOnAbandon(ChildSpec.OnAbandon.ESCALATE);
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a"), hanging));
            awaitUninterruptibly(begun);

            assertThat(answer(bed.sup().terminateChild("hangs"))).isEqualTo(SupervisorResult.Ok.INSTANCE);

            await().until(() -> bed.log("end").contains("end a"));
            hangs.countDown();
            assertThat(bed.ended()).isEqualTo(ExitReason.failed("child \"hangs\" was abandoned"));
            bed.ignoreReports();
        }
    }

    @Test
    void case_109_api_load_while_starting() {
        try (Bed bed = new Bed(KIT).start(spec())) {
            bed.script("slow").startTakes = Duration.ofMillis(300);
            CompletionStage<?> slow = bed.sup().startChild(bed.worker("slow"));
            List<CompletionStage<?>> calls = new ArrayList<>();
            List<Integer> order = new CopyOnWriteArrayList<>();
            IntStream.range(0, 100_000).forEach(i -> {
                CompletionStage<?> call = bed.sup().child("slow");
                calls.add(i % 1000 == 0 ? call.thenRun(() -> order.add(i)) : call);
            });

            calls.forEach(Bed::answer);

            assertThat(slow.toCompletableFuture()).isDone();
            assertThat(order).isSorted().hasSize(100);
            assertThat(bed.states()).containsExactly("slow running");
        }
    }

    @Test
    void case_110_system_termination_is_orderly() {
        List<String> ends = new CopyOnWriteArrayList<>();
        SupervisionTree tree = SupervisionTree.start(
                spec(IntStream.range(0, 40)
                        .mapToObj(i -> ChildSpec.service("c" + i, () -> i, stopped -> ends.add("c" + stopped)))
                        .toArray(ChildSpec[]::new)),
                SupervisionTree.Options.defaults().withLogging(false));

        tree.system().terminate();

        assertThat(Bed.get(tree.whenEnded())).isEqualTo(new TreeEnd.Closed(ExitReason.shutdown()));
        assertThat(ends)
                .containsExactlyElementsOf(
                        IntStream.range(0, 40).mapToObj(i -> "c" + (39 - i)).toList());
        Bed.get(tree.system().getWhenTerminated());
    }

    /** For the test below: a JVM of its own, with a child that takes longer than Pekko's limit of five seconds. */
    public static final class Application {
        private Application() {}

        public static void main(String[] arguments) {
            SupervisionTree.start(
                    spec(
                            ChildSpec.service("first", () -> "", any -> say("stopped first")),
                            ChildSpec.service("slow", () -> "", any -> {
                                        Bed.pass(Duration.ofMillis(5500));
                                        say("stopped slow");
                                    })
                                    .withShutdown(Shutdown.timeout(Duration.ofSeconds(20))),
                            ChildSpec.service("last", () -> "", any -> say("stopped last"))),
                    SupervisionTree.Options.defaults().withLogging(false));
            say("up");
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }

    @Test
    void case_110_sigterm_is_orderly_and_not_cut() throws Exception {
        Process jvm = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Application.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8)) {
            String line = output.readLine();
            while (line != null && !line.equals("up")) {
                line = output.readLine();
            }
            // Process.destroy() would close the stream as well
            jvm.toHandle().destroy();

            assertThat(output.lines().filter(said -> said.startsWith("stopped")))
                    .containsExactly("stopped last", "stopped slow", "stopped first");
            assertThat(jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    void case_111_stable_address() {
        try (Bed bed = new Bed(KIT)) {
            List<String> seen = new CopyOnWriteArrayList<>();
            ChildSpec echo = ChildSpec.actor(
                    "a",
                    child -> Behaviors.receive(String.class)
                            .onMessageEquals("die", () -> {
                                throw new IllegalStateException("die");
                            })
                            .onMessage(String.class, text -> {
                                seen.add(child.incarnation() + " " + text);
                                return Behaviors.same();
                            })
                            .build());
            bed.start(spec(echo));
            ActorRef<String> address = bed.sup().ref(String.class, "a");
            address.tell("one");
            await().until(() -> seen.contains("1 one"));

            address.tell("die");

            await().untilAsserted(() -> {
                address.tell("two");
                assertThat(seen).contains("2 two");
            });
            answer(bed.sup().terminateChild("a"));
            var letters = KIT.createDeadLetterProbe();
            address.tell("while down");
            letters.fishForMessage(
                    Bed.LONG,
                    letter -> letter.message().equals("while down")
                            ? FishingOutcomes.complete()
                            : FishingOutcomes.continueAndIgnore());
            answer(bed.sup().restartChild("a"));
            address.tell("three");
            await().until(() -> seen.contains("3 three"));
            bed.ignoreReports();
        }
    }

    @Test
    void case_114_ids_are_free_text() {
        List<String> ids = List.of(
                "with space",
                "with/slash",
                "with_slash",
                "grüße 🚀",
                "日本",
                "a",
                "A",
                "$a",
                "x".repeat(1000),
                "x".repeat(999),
                "\n",
                "#");
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(ids.stream().map(bed::worker).toArray(ChildSpec[]::new))
                    .withIntensity(100, Duration.ofHours(1)));

            ids.forEach(bed::crashAndAwaitRestart);

            assertThat(bed.states())
                    .containsExactlyElementsOf(
                            ids.stream().map(id -> id + " running").toList());
            bed.ignoreReports();
        }
    }

    @Test
    void case_115_shutdown_during_backoff() {
        try (Bed bed = new Bed(KIT)) {
            bed.start(spec(bed.worker("a").withRestartDelay(RestartDelay.fixed(Duration.ofSeconds(60)))));
            bed.exitAndSettle("a", Bed.boom());
            assertThat(bed.states()).containsExactly("a restarting");

            long before = System.nanoTime();
            bed.stop();

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
            assertThat(bed.script("a").starts.get()).isEqualTo(1);
            bed.ignoreReports();
        }
    }

    @Test
    void case_116_nested_start_failure() {
        ExitReason why = ExitReason.failed("R");
        try (Bed bed = new Bed(KIT)) {
            bed.script("s2").failsWith = why;

            ExitReason reason = bed.startFails(spec(
                    bed.worker("a"),
                    ChildSpec.supervisor("sub", spec(bed.worker("s1"), bed.worker("s2"), bed.worker("s3"))),
                    bed.worker("z")));

            ExitReason inner = ExitReason.shutdown(new FailedToStartChild("s2", why));
            assertThat(reason).isEqualTo(ExitReason.shutdown(new FailedToStartChild("sub", inner)));
            assertThat(bed.log("init")).containsExactly("init a", "init s1", "init s2");
            assertThat(bed.log("stop")).containsExactly("stop s1", "stop a");
            assertThat(bed.reports()).containsExactly("start_error s2 failed(R)", "start_error sub " + inner);
        }
    }
}
