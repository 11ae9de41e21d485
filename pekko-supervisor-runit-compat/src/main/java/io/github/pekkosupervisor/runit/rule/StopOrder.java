package io.github.pekkosupervisor.runit.rule;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * When each of a launcher's services is asked to end while all are stopped, and when whoever is left is killed. It does
 * nothing itself but tells what is to be done; times are since the stop has begun.
 *
 * <p>In order: who was started last is asked first, the next one when that has ended. Nobody is waited for longer than
 * a quarter of the whole time, and when half of it is over all are asked, so that one that does not end takes the time
 * for an end in order from none of the others. Else all are asked at once. Either way one that others need is asked
 * when these have ended, and without a time for all no sooner.
 *
 * @param <T> by which a service is known
 */
public final class StopOrder<T> {

    /** How long those are given still who are in the way of somebody in a hurry. */
    public static final Duration HURRY = Duration.ofSeconds(1);

    /**
     * How long what runs after a kill is given: {@code finish} of what was killed, then the logger. Twice this and all
     * the time that process 1 has is less than the ten seconds after which engines kill it.
     */
    public static final Duration KILL_AGAIN = Duration.ofMillis(500);

    private static final int ALL = 2;
    private static final int ONE = 4;

    private final Deque<T> toAsk = new ArrayDeque<>();
    private final Optional<Duration> within;
    private boolean atOnce;
    private Optional<T> awaited = Optional.empty();
    private Duration asked = Duration.ZERO;
    private Optional<Duration> killAt;
    private boolean killed;

    /** Who has to have ended before one is asked; those who have are in none of these. */
    private final Map<T, Set<T>> awaitedBy = new HashMap<>();

    /**
     * What is to be done now.
     *
     * @param ask who is asked to end, in this order
     * @param kill whether whoever is left is killed; once
     * @param next when {@link #at} is to be called again, if nothing happens before; empty if never
     */
    public record Step<T>(List<T> ask, boolean kill, Optional<Duration> next) {

        /** Copies. */
        public Step {
            ask = List.copyOf(ask);
        }
    }

    /**
     * Nobody has been asked yet.
     *
     * @param started in the order in which they were started
     * @param inOrder whether one after the other is asked
     * @param within after which time whoever is left is killed; empty for never
     */
    public StopOrder(List<T> started, boolean inOrder, Optional<Duration> within) {
        this(started, inOrder, within, Map.of());
    }

    /**
     * Nobody has been asked yet.
     *
     * @param started in the order in which they were started
     * @param inOrder whether one after the other is asked
     * @param within after which time whoever is left is killed; empty for never
     * @param dependents who has to have ended before one is asked; never in a circle
     */
    public StopOrder(List<T> started, boolean inOrder, Optional<Duration> within, Map<T, ? extends Set<T>> dependents) {
        dependents.forEach((who, before) -> {
            Set<T> there = new HashSet<>(before);
            there.retainAll(Set.copyOf(started));
            awaitedBy.put(who, there);
        });
        started.forEach(toAsk::push);
        this.atOnce = !inOrder;
        this.within = within;
        this.killAt = within;
    }

    /** After some time; first at its beginning. */
    public Step<T> at(Duration now) {
        if (killed) {
            return new Step<>(List.of(), false, Optional.empty());
        }
        if (isReached(killAt, now)) {
            killed = true;
            return new Step<>(List.of(), true, Optional.empty());
        }
        List<T> due = new ArrayList<>();
        if (isReached(part(ALL), now)) {
            awaitedBy.clear();
        }
        List<T> free = toAsk.stream().filter(this::isFree).toList();
        if (atOnce || isReached(part(ALL), now)) {
            due.addAll(free);
        } else if (!free.isEmpty() && (awaited.isEmpty() || isReached(patience(), now))) {
            due.add(free.get(0));
            awaited = Optional.of(due.get(0));
            asked = now;
        }
        toAsk.removeAll(due);
        return new Step<>(due, false, next());
    }

    /** After one has ended, asked or not. */
    public Step<T> ended(T who, Duration now) {
        toAsk.remove(who);
        awaitedBy.values().forEach(others -> others.remove(who));
        awaited = awaited.filter(one -> !one.equals(who));
        return at(now);
    }

    /** After somebody has asked once more: he does not wait any longer. */
    public Step<T> hurry(Duration now) {
        atOnce = true;
        awaitedBy.clear();
        Duration soon = now.plus(HURRY);
        killAt = Optional.of(killAt.filter(due -> due.compareTo(soon) < 0).orElse(soon));
        return at(now);
    }

    private boolean isFree(T who) {
        return awaitedBy.getOrDefault(who, Set.of()).isEmpty();
    }

    private Optional<Duration> part(int of) {
        return within.map(all -> all.dividedBy(of));
    }

    /** When the one who was asked last has been waited for long enough. */
    private Optional<Duration> patience() {
        return part(ONE).map(asked::plus);
    }

    private Optional<Duration> next() {
        if (toAsk.isEmpty()) {
            return killAt;
        }
        if (toAsk.stream().noneMatch(this::isFree)) {
            return part(ALL).or(() -> killAt);
        }
        // not after the time for a kill, which is later than half of it
        return patience().map(one -> min(one, part(ALL).orElse(one)));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static boolean isReached(Optional<Duration> due, Duration now) {
        return due.filter(time -> now.compareTo(time) >= 0).isPresent();
    }
}
