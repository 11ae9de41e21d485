package io.github.pekkosupervisor.examples.otp;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** The children of both contenders on the JVM: the same behaviors. */
final class Trivial {

    /** Without a stack trace: how long that takes to fill is not what is measured. */
    static final class Crash extends RuntimeException {
        Crash() {
            super("crash", null, false, false);
        }
    }

    private Trivial() {}

    /** Has something to do at its start, and can be told to crash. */
    static Behavior<Object> worker(CountDownLatch started) {
        return Behaviors.setup(context -> {
            started.countDown();
            return Behaviors.receiveMessage(message -> {
                throw new Crash();
            });
        });
    }

    /** Crashes as soon as it has started, until it has done so often enough. */
    static Behavior<Object> crasher(AtomicInteger left, Runnable done) {
        return Behaviors.setup(context -> {
            if (left.getAndDecrement() > 0) {
                context.getSelf().tell("crash");
            } else {
                done.run();
            }
            return Behaviors.receiveMessage(message -> {
                throw new Crash();
            });
        });
    }
}
