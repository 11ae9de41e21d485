package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.SupervisorEvent.CountedRestart;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What the last restarts of a supervisor were for, so that it can say what has used up its limit. Bounded, and without
 * a hold on what a child has thrown: that may keep much of the application alive.
 */
final class RestartHistory {

    /** The most that are told. */
    static final int MOST = 20;

    private final Deque<Counted> last = new ArrayDeque<>(1);

    /**
     * One restart.
     *
     * @param why a {@link LightReason}
     */
    private record Counted(long time, String child, long incarnation, Object why, long lasted) {}

    /** A restart was counted: that of a child that has ended so. */
    void counted(Child.LastEnd end, long now) {
        if (last.size() == MOST) {
            last.removeFirst();
        }
        Incarnation of = end.of();
        last.addLast(new Counted(
                now, of.child().id(), of.handle().incarnation(), LightReason.of(end.reason()), of.lasted(now)));
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
                        LightReason.shortened(one.why.toString()),
                        Duration.ofNanos(one.lasted),
                        Duration.ofNanos(now - one.time)));
            }
        }
        return told;
    }
}
