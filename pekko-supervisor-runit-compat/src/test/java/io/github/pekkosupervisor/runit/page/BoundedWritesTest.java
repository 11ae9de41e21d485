package io.github.pekkosupervisor.runit.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is stuck in a write, by a clock of the test. */
final class BoundedWritesTest {

    private final AtomicLong nanos = new AtomicLong();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final BoundedWrites writes = new BoundedWrites(timer, nanos::get);

    @AfterEach
    void close() {
        timer.shutdownNow();
    }

    /** As its clock is on, and looked at. */
    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        writes.cutOff();
    }

    @Test
    void who_writes_for_less_is_left_alone() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<Boolean> cutOff = new CompletableFuture<>();
        Thread writer = new Thread(() -> {
            try {
                writes.write(() -> {
                    begun.countDown();
                    waitFor(new CountDownLatch(1));
                });
            } catch (IOException e) {
                cutOff.complete(true);
            }
        });
        writer.start();
        begun.await();

        pass(BoundedWrites.LONGEST);
        assertThat(writer.isInterrupted()).isFalse();
        assertThat(cutOff).isNotDone();

        pass(Duration.ofNanos(1));
        assertThat(cutOff.get(60, TimeUnit.SECONDS)).isTrue();
    }

    private static void waitFor(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
