package io.github.pekkosupervisor.runit;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * The system's clock, which throws when an actor, by default a runsv, asks it at the chosen place: a defect of ours, on
 * demand. Others who share the clock are never hit.
 */
final class CrashingClock extends Clock {

    private final AtomicInteger spared = new AtomicInteger();
    private final AtomicInteger crashes = new AtomicInteger();
    private volatile Class<?> asker = Runsv.class;
    private volatile String place = "";
    private volatile Optional<Supplier<? extends Error>> error = Optional.empty();

    /** Arms the clock: the next {@code times} questions of a runsv crash it. */
    void crash(int times) {
        crash("", 0, times);
    }

    /** Arms the clock: a question from within the method of this name crashes the runsv, once, after some spared. */
    void crashIn(String method, int sparedBefore) {
        crash(method, sparedBefore, 1);
    }

    /** Arms the clock: the next {@code times} questions of an actor of this class meet an error. */
    void fail(Class<?> who, int times, Supplier<? extends Error> with) {
        asker = who;
        error = Optional.of(with);
        crash("", 0, times);
    }

    private void crash(String method, int sparedBefore, int times) {
        place = method;
        spared.set(sparedBefore);
        crashes.set(times);
    }

    /** Whether all that was asked for has happened. */
    boolean hasCrashed() {
        return crashes.get() == 0;
    }

    @Override
    public Instant instant() {
        if (crashes.get() > 0 && isAskedThere() && spared.getAndDecrement() <= 0) {
            crashes.decrementAndGet();
            if (error.isPresent()) {
                throw error.get().get();
            }
            throw new IllegalStateException("provoked by a test");
        }
        return Instant.now();
    }

    private boolean isAskedThere() {
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(frame -> frame.getClassName().equals(asker.getName()))
                        .anyMatch(frame ->
                                place.isEmpty() || frame.getMethodName().equals(place)));
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
