package io.github.pekkosupervisor.posix;

/**
 * How often a question is asked that costs the more the more processes it is about: so that it takes a small share of
 * the time, but not more often than a shortest pause, nor less often than a longest one. All times in nanoseconds, on
 * the clock of {@link System#nanoTime()}. For one thread.
 */
final class Pace {

    private final int times;
    private final long shortest;
    private final long longest;
    private long next;
    private boolean begun;

    /**
     * @param times how often the time that an answer has taken goes into the pause after it
     * @param shortest the pause after an answer that has cost nothing
     * @param longest the pause after one that has cost much; a thread that was kept waiting looks as if it had
     */
    Pace(int times, long shortest, long longest) {
        this.times = times;
        this.shortest = shortest;
        this.longest = longest;
    }

    /** Whether it is time to ask; at first it is. */
    boolean isDue(long now) {
        return !begun || now - next >= 0;
    }

    /**
     * It has been asked.
     *
     * @param from when that began
     * @param until when it was answered
     * @param isNews whether something has happened: then it is not the question that has cost so much, and more may
     *     come
     */
    void asked(long from, long until, boolean isNews) {
        begun = true;
        long pause = isNews ? shortest : Math.min(longest, Math.max(shortest, (until - from) * times));
        next = until + pause;
    }
}
