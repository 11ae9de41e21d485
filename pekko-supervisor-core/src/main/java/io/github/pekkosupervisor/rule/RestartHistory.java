package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent.CountedRestart;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * What the last restarts of a supervisor were for, so that it can say what has used up its limit. Bounded, and without
 * a hold on what a child has thrown: that may keep much of the application alive.
 */
final class RestartHistory {

    /** The most that are told. */
    static final int MOST = 20;

    private static final int LONGEST_TEXT = 200;

    private final Deque<Counted> last = new ArrayDeque<>(1);

    /**
     * One restart.
     *
     * @param why an {@link ExitReason} without a life of its own, {@link Thrown}, or text
     */
    private record Counted(long time, String child, long incarnation, Object why, long lasted) {}

    /** What is left of a crash. */
    private record Thrown(Class<?> type, String message) {
        @Override
        public String toString() {
            return "crash(" + type.getName() + (message.isEmpty() ? "" : ": " + message) + ")";
        }
    }

    /** A restart was counted: that of a child that has ended so. */
    void counted(Child.LastEnd end, long now) {
        if (last.size() == MOST) {
            last.removeFirst();
        }
        Incarnation of = end.of();
        last.addLast(new Counted(now, of.child().id(), of.handle().incarnation(), light(end.reason()), of.lasted(now)));
    }

    private static Object light(ExitReason reason) {
        if (reason instanceof ExitReason.Crash crash) {
            return new Thrown(crash.cause().getClass(), shortened(message(crash.cause())));
        }
        boolean inOwnWords = reason instanceof ExitReason.Failed || reason instanceof ExitReason.ShutdownWith;
        return inOwnWords ? shortened(reason.toString()) : reason;
    }

    /** An exception of the application may fail to say it. */
    private static String message(Throwable thrown) {
        try {
            String message = thrown.getLocalizedMessage();
            return message == null ? "" : message;
        } catch (Throwable failure) {
            return String.format(
                    Locale.ROOT,
                    "a message that cannot be shown, for %s",
                    failure.getClass().getName());
        }
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
    }

    /** Those of the last so many that are remembered, the oldest first. */
    List<CountedRestart> last(int number, long now) {
        List<CountedRestart> told = new ArrayList<>();
        int skipped = Math.max(0, last.size() - number);
        for (Counted one : last) {
            if (skipped > 0) {
                skipped--;
            } else {
                told.add(new CountedRestart(
                        one.child,
                        one.incarnation,
                        shortened(one.why.toString()),
                        Duration.ofNanos(one.lasted),
                        Duration.ofNanos(now - one.time)));
            }
        }
        return told;
    }
}
