package io.github.pekkosupervisor.examples.faults;

import io.github.pekkosupervisor.posix.CallSite;
import io.github.pekkosupervisor.posix.Faults;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts where scenarios call the system, and has each of these calls fail once. */
final class Walk {

    /** Some calls depend on who is first: it is not each time that they are made, and for a few it is seldom. */
    private static final int ATTEMPTS = 12;

    private final List<? extends Lane> lanes;
    private final AtomicInteger ids = new AtomicInteger();
    private final Set<CallSite> passed = new HashSet<>();
    private final Map<CallSite, Double> surest = new HashMap<>();

    /**
     * One call that is to fail.
     *
     * @param scenario in which it is made
     * @param share of the plays of it that made it, from 0 to 1, while nothing was refused
     */
    record Step(CallSite site, String errno, Scenario scenario, double share) {
        @Override
        public String toString() {
            return errno + " of " + site + ", " + scenario.name();
        }
    }

    /**
     * What came of it.
     *
     * @param hit whether the call was made, and so refused
     * @param trouble what went wrong then; empty if nothing did
     * @param said all that was said meanwhile
     */
    record Outcome(Step step, boolean hit, Optional<Throwable> trouble, List<String> said) {}

    Walk(List<? extends Lane> lanes) {
        this.lanes = lanes;
    }

    /** All places that were passed while it was counted, be it by chance. */
    Set<CallSite> passed() {
        return Set.copyOf(passed);
    }

    /**
     * Plays each scenario once on each lane, with nothing refused: where it calls the system, be it by chance, and for
     * each such place the scenario that passes it most surely.
     */
    Map<CallSite, Scenario> count(List<? extends Scenario> scenarios) {
        List<Callable<Map<Scenario, Set<CallSite>>>> plays = new ArrayList<>();
        lanes.forEach(lane -> plays.add(() -> count(scenarios, lane)));
        List<Map<Scenario, Set<CallSite>>> counted = all(plays);
        Map<CallSite, Scenario> sites = new TreeMap<>(Comparator.comparing(CallSite::toString));
        for (Scenario scenario : scenarios) {
            List<Set<CallSite>> played = counted.stream()
                    .flatMap(ofLane -> Optional.ofNullable(ofLane.get(scenario)).stream())
                    .toList();
            played.forEach(passed::addAll);
            for (CallSite site : passed) {
                double share = played.stream().filter(one -> one.contains(site)).count() / (double) played.size();
                if (share > surest.getOrDefault(site, 0.0) && !site.errors().isEmpty()) {
                    surest.put(site, share);
                    sites.put(site, scenario);
                }
            }
        }
        return sites;
    }

    /** The step that has a call fail which was counted. */
    Step step(CallSite site, String errno, Scenario scenario) {
        return new Step(site, errno, scenario, surest.getOrDefault(site, 0.0));
    }

    private Map<Scenario, Set<CallSite>> count(List<? extends Scenario> scenarios, Lane lane) throws Exception {
        Map<Scenario, Set<CallSite>> counted = new HashMap<>();
        for (Scenario scenario : scenarios) {
            if (lane.plays(scenario)) {
                lane.faults().count();
                play(scenario, lane, () -> {});
                lane.checkBystanders();
                counted.put(scenario, lane.faults().counted());
            }
        }
        return counted;
    }

    private void play(Scenario scenario, Lane lane, Runnable go) throws Exception {
        String id = scenario.name().toLowerCase(Locale.ROOT) + ids.incrementAndGet();
        scenario.play(lane, id, go);
    }

    /** Has each call fail once, on as many lanes at a time as there are. */
    List<Outcome> walk(List<Step> steps) {
        Queue<Step> due = new ConcurrentLinkedQueue<>(steps);
        List<Callable<List<Outcome>>> walks = new ArrayList<>();
        lanes.forEach(lane -> walks.add(() -> walk(due, lane)));
        return all(walks).stream().flatMap(List::stream).toList();
    }

    private List<Outcome> walk(Queue<Step> due, Lane lane) {
        List<Outcome> outcomes = new ArrayList<>();
        for (Step step : List.copyOf(due)) {
            // unless another lane has it
            if (lane.plays(step.scenario()) && due.remove(step)) {
                outcomes.add(walk(step, lane));
            }
        }
        return outcomes;
    }

    private Outcome walk(Step step, Lane lane) {
        Faults faults = lane.faults();
        int before = lane.messages().size();
        Optional<Throwable> trouble = Optional.empty();
        boolean hit = false;
        for (int attempt = 0; attempt < ATTEMPTS && !hit && trouble.isEmpty(); attempt++) {
            try {
                play(step.scenario(), lane, () -> faults.arm(step.site(), step.errno()));
                lane.checkBystanders();
            } catch (Exception | AssertionError e) {
                trouble = Optional.of(e);
            } finally {
                hit = faults.hasFired();
                faults.disarm();
            }
        }
        List<String> messages = lane.messages();
        return new Outcome(step, hit, trouble, List.copyOf(messages.subList(before, messages.size())));
    }

    private static <T> List<T> all(List<Callable<T>> tasks) {
        ExecutorService executor = Executors.newFixedThreadPool(tasks.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : executor.invokeAll(tasks)) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            executor.shutdownNow();
        }
    }
}
