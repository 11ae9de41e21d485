package io.github.pekkosupervisor.runit.rule;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What follows for service directories that need others, or are started after others, from how all stand: a function.
 * Those are in the same services directory, and are known by their names there.
 *
 * <p>Who needs one that is not ready is not started by itself. Those that need each other round in a circle do not wait
 * for each other: none of them could ever start, and with runit a service whose run fails is tried again.
 */
public final class NeedsRule {

    /** What becomes of one that runs when one that it needs has died. */
    public enum WhenNeedDies {
        /** Nothing, as long as it runs. */
        IGNORE,
        /** It is restarted when that is ready again. */
        RESTART,
        /** It is stopped until that is ready again. */
        WAIT
    }

    /**
     * What one says of others.
     *
     * @param needs those that must be ready before it is started
     * @param after those that it is started after, if they are to be started
     */
    public record Needs(Set<String> needs, Set<String> after, WhenNeedDies whenNeedDies) {

        /** Copies. */
        public Needs {
            needs = Set.copyOf(needs);
            after = Set.copyOf(after);
        }
    }

    /** How far a service directory is. */
    public enum Phase {
        /** It is not known yet how it stands. */
        BEGINNING,
        /** It is down, or its finish runs. */
        DOWN,
        /** It runs, and is not ready, or does not work. */
        RUNS,
        /** It is ready, or a oneshot that has ended well. */
        READY
    }

    /**
     * How a service directory stands.
     *
     * @param isWanted whether it is wanted up
     * @param hasEnded whether it has been started once, and has ended
     * @param started when what runs now was started; empty if nothing runs
     */
    public record Stands(Phase phase, boolean isWanted, boolean hasEnded, Optional<Instant> started) {

        /** Whether {@code run} runs. */
        boolean runs() {
            return started.isPresent();
        }
    }

    /**
     * What is remembered of one that is to be restarted.
     *
     * @param own when it was started itself
     * @param needs when each that it needs was started, as far as it ran then
     * @param isDue whether one of these has died since
     */
    public record Memory(Instant own, Map<String, Instant> needs, boolean isDue) {

        /** Copies. */
        public Memory {
            needs = Map.copyOf(needs);
        }
    }

    /**
     * What follows for one.
     *
     * @param waitsFor whom it waits for, by name, and why, in words; empty if it may be started
     * @param stop whether what runs is to be stopped: it is started again as soon as it may
     */
    public record Verdict(Optional<WaitsFor> waitsFor, boolean stop) {}

    /**
     * What one waits for.
     *
     * @param name of the first of them
     * @param why in words
     * @param isThere whether there is such a service directory
     */
    public record WaitsFor(String name, String why, boolean isThere) {

        /** In words. */
        public String inWords() {
            return name + ", which " + why;
        }
    }

    /**
     * What follows.
     *
     * @param verdicts for each that says something of others
     * @param memory for the next time
     * @param circles each as the names in it
     */
    public record Decision(Map<String, Verdict> verdicts, Map<String, Memory> memory, List<List<String>> circles) {}

    private final Map<String, Needs> said;
    private final Map<String, Stands> stands;
    private final Map<String, Integer> circleOf = new HashMap<>();
    private final Map<String, Boolean> willStart = new HashMap<>();
    private final List<List<String>> circles = new ArrayList<>();

    private NeedsRule(Map<String, Needs> said, Map<String, Stands> stands) {
        this.said = new TreeMap<>(said);
        this.stands = stands;
        for (String name : findCircles()) {
            willStart.put(name, isOnItsWay(name) && awaitsInVain(name).isEmpty());
        }
    }

    /**
     * Decides what follows.
     *
     * @param said by name, what each says of others; of those alone that say something
     * @param stands by name, how each stands that there is
     * @param memory of the last time
     */
    public static Decision decide(Map<String, Needs> said, Map<String, Stands> stands, Map<String, Memory> memory) {
        NeedsRule rule = new NeedsRule(said, stands);
        Map<String, Verdict> verdicts = new TreeMap<>();
        Map<String, Memory> next = new HashMap<>();
        rule.said.keySet().forEach(name -> {
            Optional<Memory> now = rule.remember(name, Optional.ofNullable(memory.get(name)));
            now.ifPresent(known -> next.put(name, known));
            verdicts.put(name, rule.verdict(name, now));
        });
        return new Decision(verdicts, next, rule.circles);
    }

    /**
     * Who is to have ended before each is asked to end: those that are started after it.
     *
     * @param said by name, what each says of others
     */
    public static Map<String, Set<String>> dependents(Map<String, Needs> said) {
        NeedsRule rule = new NeedsRule(said, Map.of());
        Map<String, Set<String>> dependents = new HashMap<>();
        rule.said.forEach((name, needs) -> rule.before(name, all(needs))
                .forEach(other -> dependents
                        .computeIfAbsent(other, first -> new TreeSet<>())
                        .add(name)));
        return dependents;
    }

    private static Set<String> all(Needs needs) {
        Set<String> all = new TreeSet<>(needs.needs());
        all.addAll(needs.after());
        return all;
    }

    /** Those of them that it is started after: not itself, and nobody in its circle. */
    private List<String> before(String name, Collection<String> others) {
        return new TreeSet<>(others)
                .stream()
                        .filter(other -> !other.equals(name) && !isInCircleWith(name, other))
                        .toList();
    }

    private boolean isInCircleWith(String name, String other) {
        Integer circle = circleOf.get(name);
        return circle != null && circle.equals(circleOf.get(other));
    }

    // ---- what follows for one

    private Verdict verdict(String name, Optional<Memory> memory) {
        Optional<WaitsFor> waits = waitsFor(name);
        Needs needs = said(name);
        Stands own = stands.get(name);
        boolean runs = own != null && own.runs() && own.isWanted();
        boolean stop = runs
                && switch (needs.whenNeedDies()) {
                    case IGNORE -> false;
                    case WAIT -> before(name, needs.needs()).stream().anyMatch(this::isDead);
                    // it is not stopped before it can be started again
                    case RESTART ->
                        waits.isEmpty() && memory.filter(Memory::isDue).isPresent();
                };
        return new Verdict(waits, stop);
    }

    private Needs said(String name) {
        return said.getOrDefault(name, new Needs(Set.of(), Set.of(), WhenNeedDies.IGNORE));
    }

    private Optional<WaitsFor> waitsFor(String name) {
        for (String other : before(name, said(name).needs())) {
            if (!isReady(other)) {
                return Optional.of(new WaitsFor(other, why(other), stands.containsKey(other)));
            }
        }
        for (String other : before(name, said(name).after())) {
            Stands its = stands.get(other);
            if (its != null && !isReady(other) && !its.hasEnded() && willStart(other)) {
                return Optional.of(new WaitsFor(other, why(other), true));
            }
        }
        return Optional.empty();
    }

    private boolean isReady(String name) {
        Stands its = stands.get(name);
        return its != null && its.phase() == Phase.READY;
    }

    /** Not one of which it is not known yet whether it runs. */
    private boolean isDead(String name) {
        Stands its = stands.get(name);
        return its == null || its.phase() == Phase.DOWN;
    }

    private String why(String name) {
        Stands its = stands.get(name);
        if (its == null) {
            return "is not there";
        }
        return switch (its.phase()) {
            case BEGINNING -> "is not supervised yet";
            case RUNS, READY -> "is not ready";
            case DOWN ->
                !its.isWanted()
                        ? "is down, and not wanted up"
                        : before(name, said(name).needs()).stream().allMatch(this::isReady)
                                ? "is down"
                                : "waits itself";
        };
    }

    /** Whether it will come to a start, as things are. */
    private boolean willStart(String name) {
        Boolean known = willStart.get(name);
        return known != null ? known : isOnItsWay(name) && awaitsInVain(name).isEmpty();
    }

    private boolean isOnItsWay(String name) {
        Stands its = stands.get(name);
        return its != null && (its.phase() != Phase.DOWN || its.isWanted());
    }

    private Optional<String> awaitsInVain(String name) {
        return stands.containsKey(name) && stands.get(name).phase() != Phase.DOWN
                ? Optional.empty()
                : before(name, said(name).needs()).stream()
                        .filter(other -> !isReady(other) && !willStart(other))
                        .findFirst();
    }

    // ---- who is to be restarted

    private Optional<Memory> remember(String name, Optional<Memory> before) {
        Stands own = stands.get(name);
        if (said(name).whenNeedDies() != WhenNeedDies.RESTART
                || own == null
                || own.started().isEmpty()) {
            return Optional.empty();
        }
        Instant started = own.started().get();
        boolean isSame = before.filter(known -> known.own().equals(started)).isPresent();
        Map<String, Instant> known = isSame ? before.get().needs() : Map.of();
        boolean isDue = isSame && before.get().isDue();
        Map<String, Instant> next = new HashMap<>();
        for (String other : before(name, said(name).needs())) {
            Stands its = stands.get(other);
            Instant last = known.get(other);
            Instant now = its == null ? null : its.started().orElse(null);
            if (now != null) {
                next.put(other, now);
            } else if (last != null) {
                next.put(other, last);
            }
            boolean isAnother = last != null && now != null && !now.equals(last);
            boolean isGone = last != null && isDead(other);
            isDue |= isAnother || isGone || (!isSame && isDead(other));
        }
        return Optional.of(new Memory(started, next, isDue));
    }

    // ---- circles

    /**
     * By Tarjan's algorithm, without recursion: a chain may be longer than a stack.
     *
     * @return all that say something, each after those that it says something of
     */
    private List<String> findCircles() {
        List<String> order = new ArrayList<>();
        Map<String, Integer> index = new HashMap<>();
        Map<String, Integer> low = new HashMap<>();
        Deque<String> path = new ArrayDeque<>();
        Set<String> onPath = new HashSet<>();
        for (String start : said.keySet()) {
            if (index.containsKey(start)) {
                continue;
            }
            Deque<Visit> visits = new ArrayDeque<>();
            visits.push(visit(start, index, low, path, onPath));
            while (!visits.isEmpty()) {
                Visit visit = visits.peek();
                if (!visit.rest().isEmpty()) {
                    String other = visit.rest().pop();
                    if (!said.containsKey(other)) {
                        continue;
                    }
                    if (!index.containsKey(other)) {
                        visits.push(visit(other, index, low, path, onPath));
                    } else if (onPath.contains(other)) {
                        low.merge(visit.name(), index.getOrDefault(other, 0), Math::min);
                    }
                    continue;
                }
                visits.pop();
                int own = low.getOrDefault(visit.name(), 0);
                if (!visits.isEmpty()) {
                    low.merge(visits.peek().name(), own, Math::min);
                }
                if (own == index.getOrDefault(visit.name(), 0)) {
                    order.addAll(leave(visit.name(), path, onPath));
                }
            }
        }
        return order;
    }

    private record Visit(String name, Deque<String> rest) {}

    private Visit visit(
            String name, Map<String, Integer> index, Map<String, Integer> low, Deque<String> path, Set<String> onPath) {
        low.put(name, index.size());
        index.put(name, index.size());
        path.push(name);
        onPath.add(name);
        return new Visit(name, new ArrayDeque<>(all(said(name))));
    }

    private List<String> leave(String name, Deque<String> path, Set<String> onPath) {
        List<String> members = new ArrayList<>();
        String member;
        do {
            member = path.pop();
            onPath.remove(member);
            members.add(member);
        } while (!member.equals(name));
        if (members.size() > 1 || all(said(name)).contains(name)) {
            members.sort(null);
            members.forEach(one -> circleOf.put(one, circles.size()));
            circles.add(List.copyOf(members));
        }
        return members;
    }
}
