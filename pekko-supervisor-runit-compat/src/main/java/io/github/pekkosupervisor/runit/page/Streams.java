package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/**
 * Streams of server-sent events, one for each page that is open. What one has not taken yet is not kept for it: when it
 * has taken what it was sent last, it is sent what is different by then. One that takes nothing for long is cut off.
 */
final class Streams {

    static final int MOST = 32;

    /** So that both sides notice when the other one is gone. */
    static final Duration STILL_HERE = Duration.ofSeconds(10);

    private final Watch watch;
    private final BoundedWrites writes;

    Streams(Watch watch, BoundedWrites writes) {
        this.watch = watch;
        this.writes = writes;
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
        writes.write(() -> {
            to.write(text.getBytes(UTF_8));
            to.flush();
        });
    }
}
