package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.TreeSnapshot.Supervision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many restarts there were lately: a sliding window. As OTP {@code supervisor}, Maximum Restart Intensity, where
 * each restart of a child counts one, and each retry of a failed restart.
 *
 * <p>A ring of the times of the restarts that were allowed: at most as many as may be in the window, so an attempt
 * takes constant time however many there are. Where no number is too many the last of them are still counted, for
 * reports.
 */
final class RestartIntensity {

    private static final int FIRST_CAPACITY = 4;

    /** What is remembered where there is no limit, so that this is bounded too. */
    static final int MOST_REMEMBERED = Supervision.MOST_COUNTED;

    private boolean limited = true;
    private int most;
    private long period;
    private long[] times = new long[FIRST_CAPACITY];
    private int oldest;
    private int size;

    /**
     * A window without a restart.
     *
     * @param most restarts allowed in a period
     * @param period in nanoseconds
     */
    RestartIntensity(int most, long period) {
        this.most = most;
        this.period = period;
    }

    /** Changes the limits and keeps the history. */
    void reconfigure(int newMost, long newPeriod) {
        limited = true;
        most = newMost;
        period = newPeriod;
    }

    /** From now on no number of restarts is too many; keeps the history. */
    void unlimited(long newPeriod) {
        limited = false;
        period = newPeriod;
    }

    /** Counts a restart, unless it is one too many. The boundary of the window belongs to it. */
    boolean allows(long now) {
        forgetBefore(now - period);
        if (limited && size >= most) {
            return false;
        }
        if (!limited && size >= MOST_REMEMBERED) {
            forgetOldest();
        }
        add(now);
        return true;
    }

    /** How many were counted within the period before now, which forgets none; at most a thousand without a limit. */
    int recent(long now) {
        long start = now - period;
        int before = 0;
        int after = size;
        while (before < after) {
            int middle = (before + after) >>> 1;
            if (times[(oldest + middle) % times.length] < start) {
                before = middle + 1;
            } else {
                after = middle;
            }
        }
        return size - before;
    }

    /** How long ago those were counted that are within the period before now, the longest ago first. */
    List<Duration> ages(long now) {
        List<Duration> ages = new ArrayList<>();
        for (int i = size - recent(now); i < size; i++) {
            ages.add(Duration.ofNanos(now - times[(oldest + i) % times.length]));
        }
        return ages;
    }

    /** These were counted by somebody before, who is followed; the longest ago first. */
    void counted(List<Duration> ages, long now) {
        ages.forEach(age -> add(now - age.toNanos()));
    }

    private void add(long time) {
        if (size == times.length) {
            grow();
        }
        times[(oldest + size) % times.length] = time;
        size++;
    }

    private void forgetBefore(long start) {
        while (size > 0 && times[oldest] < start) {
            forgetOldest();
        }
    }

    private void forgetOldest() {
        oldest = (oldest + 1) % times.length;
        size--;
    }

    private void grow() {
        long[] more = new long[times.length * 2];
        for (int i = 0; i < size; i++) {
            more[i] = times[(oldest + i) % times.length];
        }
        times = more;
        oldest = 0;
    }
}
