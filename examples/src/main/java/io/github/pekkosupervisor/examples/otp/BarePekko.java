package io.github.pekkosupervisor.examples.otp;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * What Pekko does at best: a parent that spawns and watches its children all at once, without waiting for any, stops
 * them all at once, and spawns a new one for each that has failed. It keeps no order and no specifications.
 */
final class BarePekko {

    private static final int LIFETIME = 1_000;

    private final ActorSystem<?> system;
    private int parents;

    private enum Order {
        STOP,
        STARTED,
        CRASH
    }

    BarePekko(ActorSystem<?> system) {
        this.system = system;
    }

    private ActorRef<Object> spawn(Behavior<Object> parent) {
        return system.systemActorOf(parent, "bare-" + parents++, Props.empty());
    }

    void startStop(int number, Results results) throws InterruptedException {
        CountDownLatch started = new CountDownLatch(number);
        CountDownLatch stopped = new CountDownLatch(1);
        Behavior<Object> worker = Trivial.worker(started);
        long before = Memory.used();
        long t0 = System.nanoTime();
        ActorRef<Object> parent = spawn(Behaviors.setup(context -> watching(context, worker, number, stopped)));
        started.await();
        long t1 = System.nanoTime();
        results.add(Metric.MEMORY, (Memory.used() - before) / (double) number);
        long t2 = System.nanoTime();
        parent.tell(Order.STOP);
        stopped.await();
        long t3 = System.nanoTime();
        results.add(Metric.START, (t1 - t0) / 1e6);
        results.add(Metric.STOP, (t3 - t2) / 1e6);
    }

    private static Behavior<Object> watching(
            ActorContext<Object> context, Behavior<Object> worker, int number, CountDownLatch stopped) {
        List<ActorRef<Object>> children = new ArrayList<>(number);
        for (int i = 0; i < number; i++) {
            ActorRef<Object> child = context.spawn(worker, "child" + i);
            context.watch(child);
            children.add(child);
        }
        AtomicInteger left = new AtomicInteger(number);
        return Behaviors.receive(Object.class)
                .onMessageEquals(Order.STOP, () -> {
                    children.forEach(context::stop);
                    return Behaviors.same();
                })
                .onSignal(Terminated.class, signal -> {
                    if (left.decrementAndGet() > 0) {
                        return Behaviors.same();
                    }
                    stopped.countDown();
                    return Behaviors.stopped();
                })
                .build();
    }

    void restarts(int cycles, Results results) throws InterruptedException {
        long nanos = 0;
        for (int done = 0; done < cycles; done += LIFETIME) {
            nanos += crashes(LIFETIME);
        }
        results.add(Metric.RESTARTS, cycles * 1e9 / nanos);
    }

    private long crashes(int number) throws InterruptedException {
        AtomicInteger left = new AtomicInteger(number);
        Semaphore done = new Semaphore(0);
        Behavior<Object> crasher = Trivial.crasher(left, done::release);
        AtomicInteger names = new AtomicInteger();
        long t0 = System.nanoTime();
        ActorRef<Object> parent = spawn(Behaviors.setup(context -> {
            respawn(context, crasher, names);
            return Behaviors.receive(Object.class)
                    .onMessageEquals(Order.STOP, Behaviors::stopped)
                    .onSignal(Terminated.class, signal -> {
                        respawn(context, crasher, names);
                        return Behaviors.same();
                    })
                    .build();
        }));
        done.acquire();
        long nanos = System.nanoTime() - t0;
        parent.tell(Order.STOP);
        return nanos;
    }

    private static void respawn(ActorContext<Object> context, Behavior<Object> behavior, AtomicInteger names) {
        context.watch(context.spawn(behavior, "child" + names.incrementAndGet()));
    }

    /** As a supervisor has to: stops one after another, the last first, and starts each when the one before is up. */
    void oneForAll(int number, Results results) throws InterruptedException {
        Semaphore up = new Semaphore(0);
        ActorRef<Object> parent = spawn(Behaviors.setup(context -> new Group(context, number, up::release).behavior()));
        up.acquire();
        long t0 = System.nanoTime();
        parent.tell(Order.CRASH);
        up.acquire();
        results.add(Metric.ONE_FOR_ALL, (System.nanoTime() - t0) / 1e6);
        parent.tell(Order.STOP);
    }

    private static final class Group {
        private final ActorContext<Object> context;
        private final int number;
        private final Runnable up;
        private final List<ActorRef<Object>> children = new ArrayList<>();
        private int names;

        Group(ActorContext<Object> context, int number, Runnable up) {
            this.context = context;
            this.number = number;
            this.up = up;
        }

        Behavior<Object> behavior() {
            start();
            return Behaviors.receive(Object.class)
                    .onMessageEquals(Order.STARTED, () -> {
                        if (children.size() < number) {
                            start();
                        } else {
                            up.run();
                        }
                        return Behaviors.same();
                    })
                    .onMessageEquals(Order.CRASH, () -> {
                        children.get(number - 1).tell("crash");
                        return Behaviors.same();
                    })
                    .onMessageEquals(Order.STOP, Behaviors::stopped)
                    .onSignal(Terminated.class, signal -> {
                        children.remove(children.size() - 1);
                        if (children.isEmpty()) {
                            start();
                        } else {
                            context.stop(children.get(children.size() - 1));
                        }
                        return Behaviors.same();
                    })
                    .build();
        }

        private void start() {
            ActorRef<Object> parent = context.getSelf();
            ActorRef<Object> child = context.spawn(
                    Behaviors.setup(own -> {
                        parent.tell(Order.STARTED);
                        return Behaviors.receiveMessage(message -> {
                            throw new Trivial.Crash();
                        });
                    }),
                    "child" + names++);
            context.watch(child);
            children.add(child);
        }
    }
}
