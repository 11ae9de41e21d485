package io.github.pekkosupervisor.posix;

import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A thread that does nothing but be there, where the JVM has to make one for each signal. It ends when the system has
 * refused us a process, so that there is room for the signal that asks us to end.
 */
final class SpareThread {

    private static final CountDownLatch GIVEN_UP = new CountDownLatch(1);
    private static @Nullable Thread spare;

    private SpareThread() {}

    static synchronized void keep() {
        if (spare == null) {
            spare = new Thread(SpareThread::lie, "pekko-supervisor-spare");
            spare.setDaemon(true);
            spare.start();
        }
    }

    /** A process was refused. */
    static void giveUp() {
        GIVEN_UP.countDown();
    }

    private static void lie() {
        try {
            GIVEN_UP.await();
        } catch (InterruptedException e) {
            // nobody has reason to, and it would end all the same
        }
    }
}
