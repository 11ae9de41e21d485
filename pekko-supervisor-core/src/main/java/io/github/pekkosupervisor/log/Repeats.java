package io.github.pekkosupervisor.log;

import io.github.pekkosupervisor.protocol.LogEntry.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * What of the same again is said: the first with all there is, the next few in a line each, and of a flood the number
 * every {@link #WINDOW}. Nothing is left out silently: each count is told when its window is over, or before anything
 * else is said of the same child; one that is alone in it is said as it was, with how long ago. All again is said once
 * a minute, and when there was peace for a minute.
 *
 * <p>A rule: it has no clock, and what it decides depends on what it is told. Times are nanoseconds.
 *
 * @param <E> what is counted, of which the last is kept until its count is told
 */
final class Repeats<E> {

    static final Duration WINDOW = Duration.ofSeconds(10);
    static final Duration ALL_AGAIN = Duration.ofMinutes(1);

    /** So many are said in a window, before there is a flood. */
    static final int LINES = 3;

    /** Of so many topics it is known that they were said; of the others the next counts as the first. */
    static final int MOST_TOPICS = 1_000;

    private final Map<Topic, Known> topics = new LinkedHashMap<>(16, 0.75f, true);

    /** Of how many topics there is a count to be told. */
    private int counting;

    /** How one is to be said. */
    enum Verdict {
        /** With the stack. */
        WHOLE,
        /** In a line. */
        BRIEF,
        /** Not now: it is counted. */
        COUNTED
    }

    /**
     * So many were not said.
     *
     * @param last of them
     * @param within since what was said before
     * @param ago when the last one was
     */
    record Count<E>(E last, int number, Duration within, Duration ago) {}

    private final class Known {
        private long window;
        private long whole;
        private long latest;
        private int said = 1;
        private int counted;
        private boolean isFlood;
        private E last;

        Known(E first, long now) {
            window = now;
            whole = now;
            latest = now;
            last = first;
        }

        Verdict again(E one, long now) {
            if (counted == 0 && now - window >= WINDOW.toNanos()) {
                window = now;
                said = 0;
                isFlood = false;
            }
            latest = now;
            if (isFlood || said >= LINES) {
                last = one;
                counting += counted == 0 ? 1 : 0;
                counted++;
                return Verdict.COUNTED;
            }
            said++;
            if (now - whole < ALL_AGAIN.toNanos()) {
                return Verdict.BRIEF;
            }
            whole = now;
            return Verdict.WHOLE;
        }

        Count<E> count(long now) {
            Count<E> count = new Count<>(last, counted, Duration.ofNanos(now - window), Duration.ofNanos(now - latest));
            counted = 0;
            counting--;
            window = now;
            isFlood = true;
            return count;
        }
    }

    /** Something has happened; what is due, and what {@link #told} says, comes before it. */
    Verdict happens(Topic topic, E one, long now) {
        Known known = topics.get(topic);
        if (known == null || isOld(known, now)) {
            topics.put(topic, new Known(one, now));
            return Verdict.WHOLE;
        }
        return known.again(one, now);
    }

    /** Whether the next one is the first, or the first for long. */
    boolean isNews(Topic topic, long now) {
        Known known = topics.get(topic);
        return known == null || isOld(known, now);
    }

    private static boolean isOld(Repeats<?>.Known known, long now) {
        return known.counted == 0 && now - known.latest >= ALL_AGAIN.toNanos();
    }

    /** Counts whose window is over, and those of topics that there is no room for. */
    List<Count<E>> due(long now) {
        List<Count<E>> due = take(topic -> true, now, WINDOW.toNanos());
        Iterator<Known> eldest = topics.values().iterator();
        for (int over = topics.size() - MOST_TOPICS; over > 0; over--) {
            Known known = eldest.next();
            if (known.counted > 0) {
                due.add(known.count(now));
            }
            eldest.remove();
        }
        return due;
    }

    /** Counts of these topics, whose window may not be over: something else is to be said of the same. */
    List<Count<E>> told(Predicate<Topic> which, long now) {
        return take(which, now, 0);
    }

    private List<Count<E>> take(Predicate<Topic> which, long now, long age) {
        List<Count<E>> taken = new ArrayList<>();
        if (counting == 0) {
            return taken;
        }
        topics.forEach((topic, known) -> {
            if (known.counted > 0 && now - known.window >= age && which.test(topic)) {
                taken.add(known.count(now));
            }
        });
        return taken;
    }

    /** When the next count is due, if there is one. */
    OptionalLong nextDue() {
        if (counting == 0) {
            return OptionalLong.empty();
        }
        return topics.values().stream()
                .filter(known -> known.counted > 0)
                .mapToLong(known -> known.window + WINDOW.toNanos())
                .min();
    }
}
