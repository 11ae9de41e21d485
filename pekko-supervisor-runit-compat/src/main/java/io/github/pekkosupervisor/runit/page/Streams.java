package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Streams of server-sent events, one for each page that is open. What one has not taken yet is not kept for it: when it
 * has taken what it was sent last, it is sent what is different by then. One that takes nothing for long is cut off.
 */
final class Streams {

    static final int MOST = 32;

    /** So that both sides notice when the other one is gone. */
    static final Duration STILL_HERE = Duration.ofSeconds(10);

    /** In which a page has to take what it is sent. */
    static final Duration LONGEST_WRITE = Duration.ofSeconds(30);

    private final Watch watch;
    private final LongSupplier nanos;
    private final Map<Thread, Long> writing = new ConcurrentHashMap<>();

    Streams(Watch watch, ScheduledExecutorService timer, LongSupplier nanos) {
        this.watch = watch;
        this.nanos = nanos;
        var looking = timer.scheduleWithFixedDelay(
                this::cutOff, LONGEST_WRITE.toSeconds(), LONGEST_WRITE.toSeconds() / 3, TimeUnit.SECONDS);
        assert looking != null;
    }

    /** Takes a place for one more, who has to {@link #leave}; false if all are taken. */
    synchronized boolean join() {
        if (watch.watchers() >= MOST) {
            return false;
        }
        watch.join();
        return true;
    }

    void leave() {
        watch.leave();
    }

    /**
     * Tells what is to be seen, until nobody hears it any more, or the page is closed.
     *
     * @throws IOException the other side is gone
     */
    void tell(OutputStream to) throws IOException, InterruptedException {
        Picture told = watch.look();
        write(to, event("tree", told.whole(watch.now())));
        Optional<Picture> next = watch.next(told, STILL_HERE);
        while (next.isPresent()) {
            write(
                    to,
                    next.get() == told
                            ? ": still here\n\n"
                            : event("change", next.get().since(told)));
            told = next.get();
            next = watch.next(told, STILL_HERE);
        }
    }

    private static String event(String name, String json) {
        return "event: " + name + "\ndata: " + json + "\n\n";
    }

    private void write(OutputStream to, String text) throws IOException {
        Thread self = Thread.currentThread();
        writing.put(self, nanos.getAsLong());
        try {
            to.write(text.getBytes(UTF_8));
            to.flush();
        } finally {
            writing.remove(self);
        }
    }

    /** An interrupt closes the connection of who is stuck in a write. */
    private void cutOff() {
        long now = nanos.getAsLong();
        writing.forEach((thread, since) -> {
            if (now - since > LONGEST_WRITE.toNanos()) {
                thread.interrupt();
            }
        });
    }
}
