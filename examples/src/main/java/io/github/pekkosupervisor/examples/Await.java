package io.github.pekkosupervisor.examples;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waits for a fact by looking again and again; the benchmark's only clock.
 *
 * <p>Why not inotify: three files are renamed per change of state, so a watcher is woken up to nine times in the very
 * millisecond that is measured and its thread competes with the contender for two cores. Looking into one small file
 * every {@link #CLOSELY} costs a tenth of a core at most and is late by 0.1 ms at most, for both contenders alike.
 */
public final class Await {
    public static final Duration CLOSELY = Duration.ofNanos(50_000);
    public static final Duration LOOSELY = Duration.ofMillis(1);

    private Await() {}

    public static long now() {
        return System.nanoTime();
    }

    public static double millisSince(long start) {
        return (now() - start) / 1e6;
    }

    /** The nanoseconds from {@code start} until the fact was seen; empty when {@code patience} ended before. */
    public static OptionalLong nanosUntil(BooleanSupplier fact, long start, Duration patience, Duration pause) {
        while (true) {
            boolean seen = fact.getAsBoolean();
            long elapsed = now() - start;
            if (seen) {
                return OptionalLong.of(elapsed);
            }
            if (elapsed > patience.toNanos()) {
                return OptionalLong.empty();
            }
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    public static boolean reached(BooleanSupplier fact, Duration patience) {
        return nanosUntil(fact, now(), patience, Duration.ofMillis(20)).isPresent();
    }

    public static void pass(Duration time) {
        long start = now();
        for (long left = time.toNanos(); left > 0; left = time.toNanos() - (now() - start)) {
            LockSupport.parkNanos(left);
        }
    }
}
