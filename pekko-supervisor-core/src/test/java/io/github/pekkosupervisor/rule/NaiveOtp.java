package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * OTP's ordered supervisor written down with lists, as its manual tells it, for comparison with {@link SupervisorRule}.
 * Every operation is carried out at once and completely; {@code trace} is what happened to children, in order.
 */
final class NaiveOtp {

    enum State {
        RUNNING,
        STOPPED,
        RESTARTING
    }

    static final class Entry {
        final String id;
        final RestartType restart;
        State state = State.STOPPED;

        /** It is of the specification, which says what it was made from for ever. */
        boolean isStatic;

        /** Its end is followed by no restart. */
        boolean once;

        /** Whether it is over when it is done, and is run again then; null if it goes on. */
        final @Nullable OneshotAgain oneshot;

        /** It is down because it is. */
        boolean isDone;

        Entry(String id, RestartType restart, @Nullable OneshotAgain oneshot) {
            this.id = id;
            this.restart = restart;
            this.oneshot = oneshot;
        }

        void succeeds() {
            isDone = oneshot != null;
            state = isDone ? State.STOPPED : State.RUNNING;
        }

        void waitsForRetry() {
            isDone = false;
            state = State.RESTARTING;
        }

        @Override
        public String toString() {
            return id + " " + state;
        }
    }

    final List<Entry> children = new ArrayList<>();
    final List<String> trace = new ArrayList<>();
    /** Restarts that failed and wait for another attempt; one that was overtaken by a newer one counts no longer. */
    final List<Entry> retries = new ArrayList<>();

    boolean over;

    private final Strategy strategy;
    private final int intensity;
    private final long period;
    private final Predicate<String> starts;
    private final Predicate<String> mayStart;
    private List<Long> restarts = new ArrayList<>();

    /**
     * Nothing has happened yet.
     *
     * @param starts whether a child's start will succeed this time
     * @param mayStart whether its start gate is open this time
     */
    NaiveOtp(Strategy strategy, int intensity, long period, Predicate<String> starts, Predicate<String> mayStart) {
        this.strategy = strategy;
        this.intensity = intensity;
        this.period = period;
        this.starts = starts;
        this.mayStart = mayStart;
    }

    private Entry find(String id) {
        return children.stream()
                .filter(child -> child.id.equals(id))
                .findFirst()
                .orElseThrow();
    }

    boolean has(String id) {
        return children.stream().anyMatch(child -> child.id.equals(id));
    }

    boolean isRunning(String id) {
        return has(id) && find(id).state == State.RUNNING;
    }

    /** Whether it has not failed: one whose gate is closed stays down, and that is none. */
    private boolean start(Entry child) {
        if (!mayStart.test(child.id)) {
            child.state = State.STOPPED;
            child.isDone = false;
            if (child.restart == RestartType.TEMPORARY) {
                children.remove(child);
            }
            return true;
        }
        trace.add("start " + child.id);
        if (starts.test(child.id)) {
            child.succeeds();
            child.once = false;
            return true;
        }
        return false;
    }

    private void stop(Entry child) {
        // one that is renewed and down already comes up with its group
        boolean isForgotten = child.restart == RestartType.TEMPORARY && child.state != State.STOPPED;
        if (child.state == State.RUNNING) {
            trace.add("stop " + child.id);
        }
        child.state = State.STOPPED;
        if (isForgotten) {
            children.remove(child);
        }
    }

    /** One of those that it begins with; its first start is no question. */
    void begin(String id, RestartType restart, @Nullable OneshotAgain oneshot) {
        Entry child = new Entry(id, restart, oneshot);
        trace.add("start " + id);
        child.succeeds();
        child.isStatic = true;
        children.add(child);
    }

    void add(String id, RestartType restart, @Nullable OneshotAgain oneshot) {
        if (has(id)) {
            return;
        }
        Entry child = new Entry(id, restart, oneshot);
        boolean isKept = start(child) && (child.state == State.RUNNING || restart != RestartType.TEMPORARY);
        if (isKept) {
            children.add(child);
        }
    }

    void terminate(String id) {
        if (has(id)) {
            stop(find(id));
        }
    }

    void restartCall(String id) {
        if (has(id) && find(id).state == State.STOPPED) {
            start(find(id));
        }
    }

    void delete(String id) {
        if (has(id) && find(id).state == State.STOPPED) {
            children.remove(find(id));
        }
    }

    void died(String id, ExitReason reason, long now) {
        Entry child = find(id);
        boolean restarted = !child.once
                && (child.restart == RestartType.PERMANENT
                        || (child.restart == RestartType.TRANSIENT && !reason.isExpected()));
        if (restarted) {
            restart(child, now);
        } else if (child.restart == RestartType.TEMPORARY) {
            children.remove(child);
        } else {
            child.state = State.STOPPED;
        }
    }

    // ---- what an operator asks for

    void renew(String id) {
        if (isRunning(id) && isRenewable(find(id))) {
            renew(List.of(find(id)), taken(find(id)), false);
        }
    }

    void renewAll() {
        List<Entry> named = children.stream()
                .filter(child -> child.state == State.RUNNING && isRenewable(child))
                .toList();
        if (!named.isEmpty()) {
            boolean alone = strategy == Strategy.ONE_FOR_ONE;
            renew(named, alone ? named : taken(named.get(0)), alone);
        }
    }

    private static boolean isRenewable(Entry child) {
        return child.restart != RestartType.TEMPORARY || child.isStatic;
    }

    private void renew(List<Entry> named, List<Entry> taken, boolean goesOn) {
        List<Entry> affected = new ArrayList<>(taken);
        List<Entry> backwards = new ArrayList<>(affected);
        Collections.reverse(backwards);
        for (Entry child : backwards) {
            if (named.contains(child)) {
                trace.add("stop " + child.id);
                child.state = State.STOPPED;
            } else {
                stop(child);
            }
        }
        affected.removeIf(gone -> !children.contains(gone));
        for (Entry next : affected) {
            if (!isDoneForGood(next) && !start(next)) {
                next.waitsForRetry();
                retries.add(next);
                if (!goesOn) {
                    return;
                }
            }
        }
    }

    void startOnce(String id, long now) {
        if (!has(id)) {
            return;
        }
        Entry child = find(id);
        if (child.state == State.STOPPED) {
            start(child);
        } else if (child.state == State.RESTARTING) {
            restart(child, now);
        }
        if (child.state == State.RUNNING) {
            child.once = true;
        }
    }

    void startNow(String id, long now) {
        if (has(id) && find(id).state == State.RESTARTING) {
            restart(find(id), now);
        }
    }

    // ---- restarts

    void retryOldest(long now) {
        Entry child = retries.remove(0);
        boolean overtaken = retries.contains(child);
        if (children.contains(child) && child.state == State.RESTARTING && !overtaken) {
            restart(child, now);
        }
    }

    private void restart(Entry child, long now) {
        List<Long> recent = new ArrayList<>(List.of(now));
        restarts.stream().filter(time -> time >= now - period).forEach(recent::add);
        restarts = recent;
        if (restarts.size() > intensity) {
            child.state = State.STOPPED;
            down();
            return;
        }
        List<Entry> affected = new ArrayList<>(taken(child));
        child.state = State.STOPPED;
        List<Entry> backwards = new ArrayList<>(affected);
        Collections.reverse(backwards);
        backwards.stream().filter(other -> other != child).forEach(this::stop);
        affected.removeIf(gone -> !children.contains(gone));
        for (Entry next : affected) {
            if (!isDoneForGood(next) && !start(next)) {
                next.waitsForRetry();
                retries.add(next);
                return;
            }
        }
    }

    private static boolean isDoneForGood(Entry child) {
        return child.isDone && child.oneshot == OneshotAgain.ONCE;
    }

    /** Those that the strategy restarts with a child, and it. */
    private List<Entry> taken(Entry child) {
        return switch (strategy) {
            case ONE_FOR_ALL -> List.copyOf(children);
            case REST_FOR_ONE -> List.copyOf(children.subList(children.indexOf(child), children.size()));
            default -> List.of(child);
        };
    }

    void down() {
        List<Entry> backwards = new ArrayList<>(children);
        Collections.reverse(backwards);
        backwards.forEach(this::stop);
        over = true;
    }
}
