package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.rule.NeedsRule.Decision;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Memory;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Needs;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Phase;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Stands;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Verdict;
import io.github.pekkosupervisor.runit.rule.NeedsRule.WaitsFor;
import io.github.pekkosupervisor.runit.rule.NeedsRule.WhenNeedDies;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who waits for whom, who is stopped for that, and that nobody waits for ever without being named. */
class NeedsRuleTest {

    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

    private final Map<String, Needs> said = new TreeMap<>();
    private final Map<String, Stands> stands = new HashMap<>();
    private Map<String, Memory> memory = Map.of();

    private void needs(String name, String needs, String after, WhenNeedDies when) {
        said.put(name, new Needs(words(needs), words(after), when));
    }

    private static Set<String> words(String text) {
        return text.isEmpty() ? Set.of() : Set.of(text.split(" "));
    }

    /**
     * {@code down}, {@code off} (not wanted), {@code failed} (down, and has run), {@code beginning}, {@code runs},
     * {@code ready}.
     */
    private static Stands as(String how, int startedAt) {
        Optional<Instant> started = Optional.of(NOON.plusSeconds(startedAt));
        return switch (how) {
            case "down" -> new Stands(Phase.DOWN, true, false, Optional.empty());
            case "off" -> new Stands(Phase.DOWN, false, false, Optional.empty());
            case "failed" -> new Stands(Phase.DOWN, true, true, Optional.empty());
            case "beginning" -> new Stands(Phase.BEGINNING, true, false, Optional.empty());
            case "runs" -> new Stands(Phase.RUNS, true, false, started);
            case "ready" -> new Stands(Phase.READY, true, true, started);
            case "once" -> new Stands(Phase.READY, false, true, started);
            case "done" -> new Stands(Phase.READY, false, true, Optional.empty());
            default -> throw new IllegalArgumentException(how);
        };
    }

    private Decision decide() {
        Decision decision = NeedsRule.decide(said, stands, memory);
        memory = decision.memory();
        return decision;
    }

    private Verdict verdict(String name) {
        return of(decide(), name);
    }

    private static Verdict of(Decision decision, String name) {
        return Objects.requireNonNull(decision.verdicts().get(name));
    }

    private Stands its(String name) {
        return Objects.requireNonNull(stands.get(name));
    }

    private static String words(Verdict verdict) {
        return verdict.waitsFor().map(WaitsFor::inWords).orElse("free") + (verdict.stop() ? ", stop" : "");
    }

    // ---- whom it waits for

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "missing   | 'db, which is not there'           | free",
                "beginning | 'db, which is not supervised yet'  | 'db, which is not supervised yet'",
                "down      | 'db, which is down'                | 'db, which is down'",
                "failed    | 'db, which is down'                | free",
                "off       | 'db, which is down, and not wanted up' | free",
                "runs      | 'db, which is not ready'           | 'db, which is not ready'",
                "ready     | free                               | free",
                "once      | free                               | free",
                "done      | free                               | free",
            })
    void it_waits_for_one_that_it_needs_or_is_after(String db, String needs, String after) {
        needs("web", "db", "", WhenNeedDies.IGNORE);
        needs("api", "", "db", WhenNeedDies.IGNORE);
        stands.put("web", as("down", 0));
        stands.put("api", as("down", 0));
        if (!db.equals("missing")) {
            stands.put("db", as(db, 0));
        }

        assertThat(words(verdict("web"))).isEqualTo(needs);
        assertThat(words(verdict("api"))).isEqualTo(after);
    }

    @Test
    void one_that_waits_in_vain_itself_keeps_nobody_who_is_only_after_it() {
        needs("db", "disk", "", WhenNeedDies.IGNORE);
        needs("api", "", "db", WhenNeedDies.IGNORE);
        needs("web", "db", "", WhenNeedDies.IGNORE);
        for (String name : List.of("db", "api", "web")) {
            stands.put(name, as("down", 0));
        }

        assertThat(words(verdict("db"))).isEqualTo("disk, which is not there");
        assertThat(words(verdict("web"))).isEqualTo("db, which waits itself");
        assertThat(words(verdict("api"))).isEqualTo("free");
        stands.put("disk", as("down", 0));
        assertThat(words(verdict("api"))).isEqualTo("db, which waits itself");
    }

    @Test
    void those_in_a_circle_are_named_and_do_not_wait_for_each_other_but_for_others() {
        needs("a", "b", "", WhenNeedDies.WAIT);
        needs("b", "", "c", WhenNeedDies.IGNORE);
        needs("c", "a db", "", WhenNeedDies.IGNORE);
        needs("self", "self", "", WhenNeedDies.WAIT);
        needs("web", "c", "", WhenNeedDies.IGNORE);
        for (String name : List.of("a", "b", "c", "self", "web", "db")) {
            stands.put(name, as("down", 0));
        }

        Decision decision = decide();

        assertThat(decision.circles()).containsExactlyInAnyOrder(List.of("a", "b", "c"), List.of("self"));
        assertThat(words(of(decision, "a"))).isEqualTo("free");
        assertThat(words(of(decision, "b"))).isEqualTo("free");
        assertThat(words(of(decision, "c"))).isEqualTo("db, which is down");
        assertThat(words(of(decision, "self"))).isEqualTo("free");
        assertThat(words(of(decision, "web"))).isEqualTo("c, which waits itself");
    }

    @Test
    void a_chain_may_be_longer_than_a_stack() {
        int length = 20_000;
        IntStream.range(0, length).forEach(i -> {
            needs("s" + i, "s" + (i + 1), "", WhenNeedDies.WAIT);
            stands.put("s" + i, as("down", 0));
        });
        stands.put("s" + length, as("ready", 0));

        Decision decision = decide();

        assertThat(words(of(decision, "s" + (length - 1)))).isEqualTo("free");
        assertThat(words(of(decision, "s0"))).isEqualTo("s1, which waits itself");
        assertThat(NeedsRule.dependents(said)).containsEntry("s5", Set.of("s4"));
    }

    // ---- who dies

    @ParameterizedTest
    @CsvSource({
        "IGNORE, ready, ready, false",
        "IGNORE, failed, ready, false",
        "WAIT, ready, ready, false",
        "WAIT, failed, ready, true",
        "WAIT, off, ready, true",
        "WAIT, missing, ready, true",
        "WAIT, runs, ready, false",
        "WAIT, beginning, ready, false",
        "WAIT, failed, once, false",
        "WAIT, failed, down, false",
        "RESTART, failed, ready, false",
        "RESTART, ready, ready, false",
    })
    void it_is_stopped_or_not_as_its_need_stands(WhenNeedDies when, String db, String web, boolean stop) {
        needs("web", "db", "", when);
        stands.put("web", as(web, 5));
        if (!db.equals("missing")) {
            stands.put("db", as(db, 0));
        }

        assertThat(verdict("web").stop()).isEqualTo(stop);
    }

    @Test
    void it_is_restarted_when_its_need_that_died_is_ready_again_and_once() {
        needs("web", "db", "", WhenNeedDies.RESTART);
        stands.put("web", as("ready", 5));
        stands.put("db", as("ready", 0));
        assertThat(verdict("web").stop()).isFalse();
        stands.put("db", as("failed", 0));
        assertThat(verdict("web").stop()).isFalse();
        stands.put("db", as("runs", 9));
        assertThat(verdict("web").stop()).isFalse();
        stands.put("db", as("ready", 9));
        assertThat(verdict("web").stop()).isTrue();

        stands.put("web", as("ready", 10));
        assertThat(verdict("web").stop()).isFalse();
    }

    /** It is not looked at each moment. */
    @Test
    void it_is_restarted_though_nobody_saw_that_its_need_was_down() {
        needs("web", "db", "", WhenNeedDies.RESTART);
        stands.put("web", as("ready", 5));
        stands.put("db", as("ready", 0));
        decide();
        stands.put("db", as("ready", 9));

        assertThat(verdict("web").stop()).isTrue();
    }

    /** As after the death of a launcher: all that runs counts as it is. */
    @Test
    void one_that_was_found_running_is_restarted_only_if_its_need_was_found_down() {
        needs("web", "db", "", WhenNeedDies.RESTART);
        stands.put("web", as("ready", 5));
        stands.put("db", as("beginning", 0));
        assertThat(verdict("web").stop()).isFalse();
        stands.put("db", as("ready", 9));
        assertThat(verdict("web").stop()).isFalse();

        memory = Map.of();
        stands.put("db", as("down", 0));
        assertThat(verdict("web").stop()).isFalse();
        stands.put("db", as("ready", 19));
        assertThat(verdict("web").stop()).isTrue();
    }

    // ---- a walk, and who judges it

    /** What must hold, told in another way than the rule has it; what does not hold, in words. */
    private static List<String> faults(Map<String, Needs> said, Map<String, Stands> stands, Decision decision) {
        List<String> faults = new ArrayList<>();
        said.forEach((name, needs) -> {
            Verdict verdict = of(decision, name);
            Set<String> outside = new HashSet<>(needs.needs());
            outside.removeIf(other -> reaches(said, other, name));
            boolean allReady = outside.stream()
                    .allMatch(other ->
                            stands.containsKey(other) && stands.get(other).phase() == Phase.READY);
            if (verdict.waitsFor().isEmpty() && !allReady) {
                faults.add(name + " may start though one that it needs is not ready");
            }
            boolean isInCircle = Stream.concat(needs.needs().stream(), needs.after().stream())
                    .anyMatch(other -> reaches(said, other, name));
            if (isInCircle != decision.circles().stream().anyMatch(circle -> circle.contains(name))) {
                faults.add(name + (isInCircle ? " is" : " is not") + " in a circle");
            }
            boolean oneIsDead = outside.stream()
                    .anyMatch(other ->
                            !stands.containsKey(other) || stands.get(other).phase() == Phase.DOWN);
            Stands own = stands.get(name);
            boolean runs = own != null && own.started().isPresent() && own.isWanted();
            if (needs.whenNeedDies() == WhenNeedDies.WAIT && verdict.stop() != (runs && oneIsDead)) {
                faults.add(name + (verdict.stop() ? " is stopped" : " goes on"));
            }
        });
        return faults;
    }

    private static boolean reaches(Map<String, Needs> said, String from, String to) {
        Set<String> seen = new HashSet<>();
        List<String> open = new ArrayList<>(List.of(from));
        while (!open.isEmpty()) {
            String name = open.remove(open.size() - 1);
            if (name.equals(to)) {
                return true;
            }
            if (seen.add(name) && said.containsKey(name)) {
                open.addAll(said.get(name).needs());
                open.addAll(said.get(name).after());
            }
        }
        return false;
    }

    static List<Integer> seeds() {
        return IntStream.rangeClosed(1, 200).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whatever_happens_nobody_starts_too_early_and_at_last_all_run(int seed) {
        Random random = new Random(seed);
        List<String> names =
                IntStream.range(0, 2 + random.nextInt(7)).mapToObj(i -> "s" + i).toList();
        for (String name : names) {
            if (random.nextInt(3) > 0) {
                needs(
                        name,
                        some(names, random),
                        some(names, random),
                        List.of(WhenNeedDies.values()).get(random.nextInt(3)));
            }
            stands.put(name, as("down", 0));
        }
        String gone = names.get(random.nextInt(names.size()));
        for (int step = 1; step < 100; step++) {
            String name = names.get(random.nextInt(names.size()));
            String how = List.of("failed", "off", "beginning", "runs", "ready").get(random.nextInt(5));
            stands.put(name, as(how, step));
            if (random.nextInt(10) == 0) {
                stands.remove(gone);
            }
            Decision decision = decide();
            assertThat(faults(said, stands, decision))
                    .as("step %s, %s", step, stands)
                    .isEmpty();
            perform(decision, step);
        }
        names.forEach(name -> stands.compute(
                name,
                (key, before) -> before == null || !before.isWanted() || before.phase() == Phase.BEGINNING
                        ? as("down", 0)
                        : before));
        for (int step = 100; step < 150; step++) {
            Decision decision = decide();
            perform(decision, step);
            for (String name : names) {
                if (its(name).phase() == Phase.RUNS) {
                    stands.put(name, as("ready", step));
                }
            }
        }
        assertThat(stands.values()).allMatch(one -> one.phase() == Phase.READY);
        assertThat(decide().verdicts().values()).noneMatch(Verdict::stop);
    }

    private static String some(List<String> names, Random random) {
        return String.join(
                " ", names.stream().filter(name -> random.nextInt(4) == 0).toList());
    }

    /** As the service directories do. */
    private void perform(Decision decision, int now) {
        for (String name : List.copyOf(stands.keySet())) {
            Stands its = its(name);
            Verdict verdict = decision.verdicts().getOrDefault(name, new Verdict(Optional.empty(), false));
            if (verdict.stop()) {
                stands.put(name, as("failed", now));
            } else if (its.phase() == Phase.DOWN
                    && its.isWanted()
                    && verdict.waitsFor().isEmpty()) {
                stands.put(name, as("runs", now));
            }
        }
    }

    @Test
    void the_judge_notices_a_rule_that_lets_start_too_early_forgets_a_circle_or_lets_go_on() {
        needs("web", "db", "", WhenNeedDies.WAIT);
        needs("self", "self", "", WhenNeedDies.IGNORE);
        stands.put("web", as("ready", 1));
        stands.put("self", as("down", 0));
        stands.put("db", as("down", 0));
        Verdict free = new Verdict(Optional.empty(), false);

        assertThat(faults(said, stands, decide())).isEmpty();
        assertThat(faults(said, stands, new Decision(Map.of("web", free, "self", free), Map.of(), List.of())))
                .containsExactlyInAnyOrder(
                        "web may start though one that it needs is not ready", "web goes on", "self is in a circle");
    }

    // ---- the end of all

    @Test
    void who_is_needed_is_asked_to_end_after_those_that_need_it_and_a_circle_holds_up_nobody() {
        needs("web", "db", "cache", WhenNeedDies.IGNORE);
        needs("db", "disk", "", WhenNeedDies.IGNORE);
        needs("a", "b", "", WhenNeedDies.IGNORE);
        needs("b", "a", "", WhenNeedDies.IGNORE);

        assertThat(NeedsRule.dependents(said))
                .isEqualTo(Map.of("db", Set.of("web"), "cache", Set.of("web"), "disk", Set.of("db")));
    }
}
