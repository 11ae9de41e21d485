package io.github.pekkosupervisor.actor;

import static io.github.pekkosupervisor.testing.Specs.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.Supervisor;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Calls from places where they cannot work say so; listeners that do not return keep nobody. */
final class CallsFromInsideTest {

    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final SupervisionTree.Options QUIET =
            SupervisionTree.Options.defaults().withLogging(false);
    private static final SupervisionTree.Options HOST = QUIET.withSystem(KIT.system());

    @AfterAll
    static void shutDown() {
        KIT.shutdownTestKit();
    }

    /** Lets a child of each kind do something to its tree, and keeps what that throws. */
    private static final class Culprit {
        final CompletableFuture<SupervisionTree> tree = new CompletableFuture<>();
        final CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        private final Consumer<SupervisionTree> deed;

        Culprit(Consumer<SupervisionTree> deed) {
            this.deed = deed;
        }

        void act() {
            try {
                deed.accept(tree.join());
                thrown.complete(new AssertionError("it returned"));
            } catch (Throwable e) {
                thrown.complete(e);
            }
        }

        ChildSpec actor() {
            return ChildSpec.actor("a", Behaviors.<Object>receiveMessage(any -> {
                act();
                return Behaviors.same();
            }));
        }

        ChildSpec grandchild() {
            return ChildSpec.actor("a", Behaviors.<Object>setup(context -> {
                var below = context.spawn(
                        Behaviors.<Object>receiveMessage(any -> {
                            act();
                            return Behaviors.same();
                        }),
                        "below");
                return Behaviors.receiveMessage(message -> {
                    below.tell(message);
                    return Behaviors.same();
                });
            }));
        }

        ChildSpec runnable() {
            return ChildSpec.runnable("a", child -> act()).withRestart(RestartType.TEMPORARY);
        }

        ChildSpec service() {
            return ChildSpec.service("a", () -> "", any -> act());
        }
    }

    private static void poke(SupervisionTree tree) {
        tree.<Object>ref(Object.class, "a").tell("go");
    }

    static Stream<Arguments> places() {
        Consumer<SupervisionTree> nothing = tree -> {};
        Consumer<SupervisionTree> poke = CallsFromInsideTest::poke;
        Consumer<SupervisionTree> terminate = tree -> tree.root().terminateChild("a");
        return Stream.of(
                place("an actor", Culprit::actor, HOST, poke),
                place("an actor in a system of the tree's own", Culprit::actor, QUIET, poke),
                place("an actor below", Culprit::grandchild, QUIET, poke),
                place("a runnable", Culprit::runnable, HOST, nothing),
                place("the stop of a service", Culprit::service, QUIET, terminate));
    }

    private static Arguments place(
            String name,
            java.util.function.Function<Culprit, ChildSpec> child,
            SupervisionTree.Options options,
            Consumer<SupervisionTree> begin) {
        return Arguments.of(name, child, options, begin);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("places")
    void close_in_a_child_says_that_it_cannot_work(
            String name,
            java.util.function.Function<Culprit, ChildSpec> child,
            SupervisionTree.Options options,
            Consumer<SupervisionTree> begin) {
        Culprit culprit = new Culprit(SupervisionTree::close);
        SupervisionTree tree = SupervisionTree.start(spec(child.apply(culprit)), options);
        culprit.tree.complete(tree);

        begin.accept(tree);

        assertThat(Bed.get(culprit.thrown))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("close()")
                .hasMessageContaining("call stop()");
        assertThat(tree.whenEnded().toCompletableFuture()).isNotDone();
        tree.close();
    }

    @Test
    void a_close_that_gives_up_says_so_too() {
        Culprit culprit = new Culprit(tree -> {
            try {
                tree.close(Duration.ofMinutes(1));
            } catch (java.util.concurrent.TimeoutException e) {
                throw new AssertionError(e);
            }
        });
        SupervisionTree tree = SupervisionTree.start(spec(culprit.actor()), HOST);
        culprit.tree.complete(tree);

        poke(tree);

        assertThat(Bed.get(culprit.thrown)).hasMessageContaining("close(Duration)");
        tree.close();
    }

    @Test
    void stop_works_there() {
        AtomicReference<Object> end = new AtomicReference<>();
        Culprit culprit = new Culprit(tree -> {
            var told = tree.stop().thenAccept(end::set);
            assertThat(told).isNotNull();
        });
        SupervisionTree tree = SupervisionTree.start(spec(culprit.actor()), QUIET);
        culprit.tree.complete(tree);

        poke(tree);

        await().atMost(Bed.LONG)
                .untilAsserted(() -> assertThat(end).hasValue(new TreeEnd.Closed(ExitReason.shutdown())));
    }

    @Test
    void a_child_may_close_another_tree() {
        SupervisionTree other = SupervisionTree.start(spec(ChildSpec.actor("x", Behaviors.empty())), QUIET);
        Culprit culprit = new Culprit(mine -> other.close());
        try (SupervisionTree tree = SupervisionTree.start(spec(culprit.actor()), QUIET)) {
            culprit.tree.complete(tree);

            poke(tree);

            assertThat(Bed.get(culprit.thrown)).hasMessage("it returned");
            assertThat(other.whenEnded().toCompletableFuture()).isDone();
        }
    }

    /** A child whose start is over when told so, so that what follows the answer is there before that. */
    private static ChildSpec slow(CountDownLatch goesOn) {
        return ChildSpec.closeable("slow", () -> {
            goesOn.await();
            return () -> {};
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void what_follows_an_answer_may_close(boolean inHost) {
        CountDownLatch goesOn = new CountDownLatch(1);
        SupervisionTree tree = SupervisionTree.start(spec(), inHost ? HOST : QUIET);

        CompletableFuture<Void> after = tree.root()
                .startChild(slow(goesOn))
                .thenAccept(started -> tree.close())
                .toCompletableFuture();
        goesOn.countDown();

        Bed.get(after);
        assertThat(tree.whenEnded().toCompletableFuture()).isDone();
    }

    @Test
    void what_follows_an_answer_may_wait_for_further_answers() {
        CountDownLatch goesOn = new CountDownLatch(1);
        try (SupervisionTree tree = SupervisionTree.start(spec(), HOST)) {
            var started = tree.root().startChild(slow(goesOn));
            List<CompletableFuture<Integer>> counts = Stream.generate(() -> started.thenApply(done -> tree.root()
                                    .count()
                                    .toCompletableFuture()
                                    .join()
                                    .active())
                            .toCompletableFuture())
                    .limit(50)
                    .toList();
            List<CompletableFuture<Integer>> others = Stream.generate(() -> tree.root()
                            .children()
                            .thenApply(children -> tree.root()
                                    .count()
                                    .toCompletableFuture()
                                    .join()
                                    .active())
                            .toCompletableFuture())
                    .limit(50)
                    .toList();
            goesOn.countDown();

            assertThat(Stream.concat(counts.stream(), others.stream()).map(Bed::get))
                    .containsOnly(1);
        }
    }

    @Test
    void what_waits_for_the_start_or_the_end_may_close() {
        CompletableFuture<Void> closedAtOnce = SupervisionTree.startAsync(spec(), QUIET)
                .thenAccept(SupervisionTree::close)
                .toCompletableFuture();
        Bed.get(closedAtOnce);

        SupervisionTree tree = SupervisionTree.start(spec(), QUIET);
        CompletableFuture<Void> afterEnd = tree.whenEnded().thenRun(tree::close).toCompletableFuture();
        CompletableFuture<Void> afterTop =
                tree.root().whenEnded().thenRun(tree::close).toCompletableFuture();
        Bed.get(tree.root().stop());

        Bed.get(afterEnd);
        Bed.get(afterTop);
    }

    // ---- an interrupt

    @Test
    void a_start_with_the_interrupt_flag_set_works_and_leaves_it_set() {
        Thread.currentThread().interrupt();
        SupervisionTree tree;
        boolean still;
        try {
            tree = SupervisionTree.start(spec(ChildSpec.actor("a", Behaviors.empty())), QUIET);
        } finally {
            still = Thread.interrupted();
        }

        assertThat(still).isTrue();
        assertThat(Bed.get(tree.root().count()).active()).isEqualTo(1);
        Thread.currentThread().interrupt();
        try {
            tree.close();
        } finally {
            still = Thread.interrupted();
        }
        assertThat(still).isTrue();
        assertThat(tree.whenEnded().toCompletableFuture()).isDone();
    }

    // ---- listeners

    @Test
    void a_listener_hears_all_before_a_start_or_a_stop_is_over() {
        List<String> heard = new CopyOnWriteArrayList<>();
        SupervisionTree tree = SupervisionTree.start(
                spec(ChildSpec.actor("a", Behaviors.empty())),
                HOST.withListener(event -> heard.add(event.getClass().getSimpleName())));
        assertThat(heard).containsExactly("ChildStarted", "SupervisorStarted");

        tree.close();

        assertThat(heard).containsExactly("ChildStarted", "SupervisorStarted", "ChildStopped", "SupervisorStopped");
    }

    @Test
    void a_listener_that_blocks_keeps_neither_the_start_nor_the_stop() {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
        CountDownLatch release = new CountDownLatch(1);
        List<String> ends = new CopyOnWriteArrayList<>();
        try {
            SupervisionTree tree = Bed.get(SupervisionTree.startAsync(
                    spec(ChildSpec.service("a", () -> "", any -> ends.add("a"))),
                    HOST.withListener(event -> uninterruptibly(release))));
            assertThat(Bed.get(tree.root().count()).active()).isEqualTo(1);

            Bed.get(tree.stop());

            assertThat(ends).containsExactly("a");
            await().untilAsserted(() -> assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anySatisfy(line ->
                            assertThat(line).contains("a listener", "has not returned for [5 s]", "uninterruptibly")));
            release.countDown();
            await().untilAsserted(() -> assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anySatisfy(line -> assertThat(line).contains("has returned after all")));
        } finally {
            release.countDown();
            logger.detachAppender(lines);
        }
    }

    @Test
    void a_listener_that_is_slow_is_waited_for() {
        Logger logger = (Logger) LoggerFactory.getLogger(Supervisor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        logger.addAppender(lines);
        AtomicInteger heard = new AtomicInteger();
        int children = 70;
        List<ChildSpec> many = Stream.iterate(0, i -> i + 1)
                .limit(children)
                .map(i -> ChildSpec.actor("a" + i, Behaviors.empty()))
                .toList();
        try {
            // longer than the patience with a single event
            SupervisionTree tree =
                    SupervisionTree.start(SupervisorSpec.oneForOne().withChildren(many), HOST.withListener(event -> {
                        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                        heard.incrementAndGet();
                    }));
            assertThat(heard).hasValue(children + 1);
            tree.close();

            assertThat(heard).hasValue(2 * (children + 1));
            assertThat(lines.list)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .noneMatch(line -> line.contains("a listener"));
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void a_tree_that_waits_for_its_listener_takes_no_thread_from_others() throws Exception {
        ActorTestKit kit = ActorTestKit.create(
                "one-thread", ConfigFactory.parseString("""
                pekko.actor.default-dispatcher.fork-join-executor { parallelism-min = 1, parallelism-max = 1 }
                """).withFallback(ActorTestKit.applicationTestConfig()));
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean blocks = new AtomicBoolean();
        AtomicBoolean calm = new AtomicBoolean();
        Behavior<Object> crasher = Behaviors.setup(context -> {
            context.getSelf().tell("go");
            return Behaviors.receiveMessage(go -> {
                if (calm.get()) {
                    return Behaviors.same();
                }
                throw new IllegalStateException("crash");
            });
        });
        try {
            ActorRef<CompletableFuture<String>> other = kit.spawn(Behaviors.receiveMessage(answer -> {
                answer.complete("here");
                return Behaviors.same();
            }));
            SupervisionTree tree = SupervisionTree.start(
                    SupervisorSpec.oneForOne()
                            .withIntensity(100_000_000, Duration.ofDays(1))
                            .withChild(ChildSpec.actor("crasher", crasher)),
                    QUIET.withSystem(kit.system()).withListener(event -> {
                        if (blocks.get()) {
                            uninterruptibly(release);
                        }
                    }));
            blocks.set(true);
            await().until(CallsFromInsideTest::somebodyWaitsForAListener);

            CompletableFuture<String> answer = new CompletableFuture<>();
            other.tell(answer);

            assertThat(answer.get(4, TimeUnit.SECONDS)).isEqualTo("here");
            // a single thread of a pool that forks and joins never comes to what others bring while a crash loop goes
            // on
            calm.set(true);
            release.countDown();
            tree.close();
        } finally {
            release.countDown();
            kit.shutdownTestKit();
        }
    }

    static boolean somebodyWaitsForAListener() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getMethodName().equals("hasRoom"));
    }

    private static void uninterruptibly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // not this one
            }
        }
    }

    @Test
    void a_listener_may_ask_the_tree_but_not_wait_for_its_end() {
        CompletableFuture<SupervisionTree> known = new CompletableFuture<>();
        CompletableFuture<Integer> asked = new CompletableFuture<>();
        CompletableFuture<Throwable> closed = new CompletableFuture<>();
        AtomicBoolean once = new AtomicBoolean();
        SupervisionTree tree = SupervisionTree.start(spec(), HOST.withListener(event -> {
            if (event instanceof SupervisorEvent.ChildStarted && once.compareAndSet(false, true)) {
                SupervisionTree mine = known.join();
                asked.complete(mine.root().count().toCompletableFuture().join().active());
                try {
                    mine.close();
                } catch (IllegalStateException e) {
                    closed.complete(e);
                }
            }
        }));
        known.complete(tree);

        Bed.get(tree.root().startChild(ChildSpec.actor("a", Behaviors.empty())));

        assertThat(Bed.get(asked)).isEqualTo(1);
        assertThat(Bed.get(closed)).hasMessageContaining("call stop()");
        tree.close();
    }

    @Test
    void a_slow_listener_misses_nothing() {
        AtomicInteger heard = new AtomicInteger();
        int many = 15_000;
        SupervisionTree tree = SupervisionTree.start(
                SupervisorSpec.oneForOne()
                        .withChildren(Stream.iterate(0, i -> i + 1)
                                .limit(many)
                                .map(i -> ChildSpec.actor("c" + i, Behaviors.empty()))
                                .toList()),
                HOST.withListener(event -> {
                    java.util.concurrent.locks.LockSupport.parkNanos(20_000);
                    heard.incrementAndGet();
                }));

        tree.close();

        assertThat(heard).hasValue(2 * many + 2);
    }
}
