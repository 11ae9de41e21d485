package io.github.pekkosupervisor.runit.page;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Writes to who may not read: each has so long, and then its connection is cut off, so that it holds no thread. */
final class BoundedWrites {

    /** In which what is sent has to be taken. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private final Map<Thread, Long> writing = new ConcurrentHashMap<>();

    /** One write, or a few. */
    interface Write {
        void run() throws IOException;
    }

    /**
     * Begins to look after them.
     *
     * @param nanos a clock for distances
     */
    BoundedWrites(ScheduledExecutorService timer, LongSupplier nanos) {
        this.nanos = nanos;
        var looking = timer.scheduleWithFixedDelay(
                this::cutOff, LONGEST.toSeconds(), LONGEST.toSeconds() / 3, TimeUnit.SECONDS);
        assert looking != null;
    }

    /**
     * Writes.
     *
     * @throws IOException the other side is gone, or has taken nothing for too long
     */
    void write(Write what) throws IOException {
        Thread self = Thread.currentThread();
        writing.put(self, nanos.getAsLong());
        try {
            what.run();
        } finally {
            writing.remove(self);
        }
    }

    /** An interrupt closes the connection of who is stuck in a write. */
    void cutOff() {
        long now = nanos.getAsLong();
        // one at a time, so that nobody is interrupted who has just come to the end of it
        writing.keySet()
                .forEach(thread -> writing.computeIfPresent(thread, (stuck, since) -> {
                    if (now - since > LONGEST.toNanos()) {
                        stuck.interrupt();
                    }
                    return since;
                }));
    }
}
