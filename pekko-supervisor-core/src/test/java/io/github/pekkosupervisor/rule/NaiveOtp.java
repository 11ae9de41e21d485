package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

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

        Entry(String id, RestartType restart) {
            this.id = id;
            this.restart = restart;
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
    private List<Long> restarts = new ArrayList<>();

    /** The predicate says whether a child's start will succeed this time. */
    NaiveOtp(Strategy strategy, int intensity, long period, Predicate<String> starts) {
        this.strategy = strategy;
        this.intensity = intensity;
        this.period = period;
        this.starts = starts;
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

    private boolean start(Entry child) {
        trace.add("start " + child.id);
        if (starts.test(child.id)) {
            child.state = State.RUNNING;
            return true;
        }
        return false;
    }

    private void stop(Entry child) {
        if (child.state == State.RUNNING) {
            trace.add("stop " + child.id);
        }
        child.state = State.STOPPED;
        if (child.restart == RestartType.TEMPORARY) {
            children.remove(child);
        }
    }

    void add(String id, RestartType restart) {
        if (has(id)) {
            return;
        }
        Entry child = new Entry(id, restart);
        if (start(child)) {
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
        boolean restarted = child.restart == RestartType.PERMANENT
                || (child.restart == RestartType.TRANSIENT && !reason.isExpected());
        if (restarted) {
            restart(child, now);
        } else if (child.restart == RestartType.TEMPORARY) {
            children.remove(child);
        } else {
            child.state = State.STOPPED;
        }
    }

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
        int from = switch (strategy) {
            case ONE_FOR_ALL -> 0;
            default -> children.indexOf(child);
        };
        List<Entry> affected = new ArrayList<>(
                strategy == Strategy.ONE_FOR_ONE ? List.of(child) : children.subList(from, children.size()));
        child.state = State.STOPPED;
        List<Entry> backwards = new ArrayList<>(affected);
        Collections.reverse(backwards);
        backwards.forEach(this::stop);
        affected.removeIf(gone -> !children.contains(gone));
        for (Entry next : affected) {
            if (!start(next)) {
                next.state = State.RESTARTING;
                retries.add(next);
                return;
            }
        }
    }

    void down() {
        List<Entry> backwards = new ArrayList<>(children);
        Collections.reverse(backwards);
        backwards.forEach(this::stop);
        over = true;
    }
}
