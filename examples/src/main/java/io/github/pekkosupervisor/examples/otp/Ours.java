package io.github.pekkosupervisor.examples.otp;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Our supervisor, with a listener to its events, as in any use. */
final class Ours {

    private static final int LIFETIME = 1_000;

    private final SupervisionTree.Options running;

    Ours(ActorSystem<?> system) {
        Consumer<TreeEvent> listener = event -> {};
        running = SupervisionTree.Options.defaults()
                .withSystem(system)
                .withLogging(false)
                .withListener(listener);
    }

    void startStop(int number, Results results) {
        CountDownLatch started = new CountDownLatch(number);
        Behavior<Object> worker = Trivial.worker(started);
        long before = Memory.used();
        long t0 = System.nanoTime();
        List<ChildSpec> children = new ArrayList<>(number);
        for (int i = 0; i < number; i++) {
            children.add(ChildSpec.actor("child" + i, worker));
        }
        SupervisionTree tree = SupervisionTree.start(SupervisorSpec.oneForOne().withChildren(children), running);
        long t1 = System.nanoTime();
        children.clear();
        results.add(Metric.MEMORY, (Memory.used() - before) / (double) number);
        long t2 = System.nanoTime();
        tree.close();
        long t3 = System.nanoTime();
        results.add(Metric.START, (t1 - t0) / 1e6);
        results.add(Metric.STOP, (t3 - t2) / 1e6);
    }

    /** In short supervisors, as the peers. */
    void restarts(int cycles, Results results) throws InterruptedException {
        long nanos = 0;
        for (int done = 0; done < cycles; done += LIFETIME) {
            nanos += crashes(LIFETIME, 1)[0];
        }
        results.add(Metric.RESTARTS, cycles * 1e9 / nanos);
    }

    void sustained(int number, Results results) throws InterruptedException {
        int tenth = number / 10;
        long[] times = crashes(tenth, 10);
        long all = 0;
        for (long time : times) {
            all += time;
        }
        results.add(Metric.SUSTAINED, tenth * 10 * 1e9 / all);
        results.add(Metric.SUSTAINED_FIRST, tenth * 1e9 / times[0]);
        results.add(Metric.SUSTAINED_LAST, tenth * 1e9 / times[times.length - 1]);
    }

    /** So many crashes, so many times, under one supervisor. */
    private long[] crashes(int number, int times) throws InterruptedException {
        AtomicInteger left = new AtomicInteger();
        Semaphore done = new Semaphore(0);
        ChildSpec crasher = ChildSpec.actor("crasher", Trivial.crasher(left, done::release));
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(1_000_000, Duration.ofHours(1))
                .withChild(crasher);
        long[] nanos = new long[times];
        try (SupervisionTree tree = SupervisionTree.start(spec, running)) {
            done.acquire();
            for (int i = 0; i < times; i++) {
                await(tree.root().terminateChild("crasher"));
                left.set(number);
                long t0 = System.nanoTime();
                await(tree.root().restartChild("crasher"));
                done.acquire();
                nanos[i] = System.nanoTime() - t0;
            }
        }
        return nanos;
    }

    private static void await(CompletionStage<?> stage) {
        stage.toCompletableFuture().join();
    }

    void oneForAll(int number, Results results) throws InterruptedException {
        Semaphore up = new Semaphore(0);
        Behavior<Object> last = Behaviors.setup(context -> {
            up.release();
            return Behaviors.receiveMessage(message -> {
                throw new Trivial.Crash();
            });
        });
        Behavior<Object> worker = Trivial.worker(new CountDownLatch(0));
        List<ChildSpec> children = new ArrayList<>(number);
        for (int i = 1; i < number; i++) {
            children.add(ChildSpec.actor("child" + i, worker));
        }
        children.add(ChildSpec.actor("last", last));
        SupervisorSpec spec = SupervisorSpec.oneForAll()
                .withIntensity(1_000_000, Duration.ofHours(1))
                .withChildren(children);
        try (SupervisionTree tree = SupervisionTree.start(spec, running)) {
            up.acquire();
            ActorRef<Object> ref = tree.ref(Object.class, "last");
            long t0 = System.nanoTime();
            ref.tell("crash");
            up.acquire();
            await(tree.root().count());
            results.add(Metric.ONE_FOR_ALL, (System.nanoTime() - t0) / 1e6);
        }
    }
}
