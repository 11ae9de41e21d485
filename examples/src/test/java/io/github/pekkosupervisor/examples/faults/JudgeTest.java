package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.CallSite;
import io.github.pekkosupervisor.posix.Faults;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.planted.Keeper;
import io.github.pekkosupervisor.runit.planted.Keeper.Fault;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is planted is found: a service that is lost, a word that is not said, a call that is never made, a leak. */
@Isolated("what this JVM holds is counted")
final class JudgeTest {

    @TempDir
    private Path temp;

    private Lane lane;
    private Walk walk;

    @BeforeEach
    void begin() {
        Faults.install();
        lane = new KeepersLane(temp);
        walk = new Walk(List.of(lane));
    }

    @AfterEach
    void end() {
        lane.close();
        Faults.remove();
    }

    private static final class KeepersLane extends Lane {
        KeepersLane(Path directory) {
            super(directory, "keepers");
        }

        @Override
        boolean plays(Scenario scenario) {
            return scenario instanceof Keeping;
        }

        @Override
        void checkBystanders() {
            // there are none
        }
    }

    /** Some looks, after the first of which calls are refused. */
    private record Keeping(Fault fault) implements Scenario {
        @Override
        public String name() {
            return "KEEPING";
        }

        @Override
        public void play(Lane lane, String id, Runnable go) {
            OsString path = OsString.of(lane.directory().toString());
            Keeper keeper = new Keeper(path, fault, lane::heard);
            go.run();
            for (int look = 0; look < 3; look++) {
                lane.faults().within(() -> {
                    keeper.look();
                    return keeper;
                });
            }
            assertThat(keeper.isAtWork()).as("the keeper is at work").isTrue();
        }
    }

    private List<Walk.Step> steps(Fault fault, String errno) {
        Map<CallSite, Scenario> sites = walk.count(List.of(new Keeping(fault)));
        return sites.entrySet().stream()
                .filter(site -> site.getKey().errors().contains(errno))
                .map(site -> walk.step(site.getKey(), errno, site.getValue()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"NONE, EIO", "NONE, EMFILE", "NONE, EINTR"})
    void who_says_so_and_goes_on_is_well(Fault fault, String errno) {
        List<Walk.Step> steps = steps(fault, errno);

        assertThat(steps).isNotEmpty();
        assertThat(Judge.problems(walk.walk(steps))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "LOSES_ITS_SERVICE, EIO, not mended: EIO of statx",
        "LOSES_ITS_SERVICE, EMFILE, not mended: EMFILE of openat",
        "SAYS_NOTHING, EIO, not told: EIO of statx",
        "BLAMES_ITSELF, ENFILE, taken for a defect: ENFILE of openat",
    })
    void who_does_not_is_reported(Fault fault, String errno, String report) {
        List<Walk.Step> steps = steps(fault, errno);

        assertThat(Judge.problems(walk.walk(steps))).anyMatch(problem -> problem.startsWith(report));
    }

    @Test
    void a_place_that_is_not_passed_any_more_is_reported() {
        CallSite elsewhere = new CallSite("openat", List.of(new CallSite.Frame("runit.planted.Keeper", "never", 1)));
        Keeping keeping = new Keeping(Fault.NONE);
        Walk.Step always = new Walk.Step(elsewhere, "EIO", keeping, 1);
        Walk.Step byChance = new Walk.Step(elsewhere, "EIO", keeping, 0.5);

        assertThat(Judge.problems(walk.walk(List.of(always))))
                .containsExactly("never hit: EIO of openat in runit.planted.Keeper.never:1, KEEPING");
        assertThat(Judge.problems(walk.walk(List.of(byChance)))).isEmpty();
    }

    @Test
    void a_call_that_no_scenario_makes_is_reported() {
        walk.count(List.of(new Keeping(Fault.NONE)));
        Set<PossibleSites.Possible> possible = PossibleSites.withTests("io.github.pekkosupervisor.runit.planted")
                .in(name -> name.endsWith(".planted"));

        List<String> never = Judge.neverPassed(possible, walk.passed()).stream()
                .filter(problem -> problem.startsWith("no scenario comes to"))
                .toList();

        assertThat(never)
                .allMatch(problem -> Stream.of("Keeper.never -> openRead", "Keeper.close -> linkStatus")
                        .anyMatch(problem::contains))
                .hasSize(2);
    }

    /** One that is never made, though its method is passed and another in it closes something. */
    @Test
    void a_close_that_no_scenario_makes_is_reported_and_one_of_the_compilers_own_is_not() {
        walk.count(List.of(new Keeping(Fault.NONE)));
        Set<PossibleSites.Possible> closes = PossibleSites.withTests("io.github.pekkosupervisor.runit.planted")
                .in(name -> name.endsWith(".planted"));
        PossibleSites.Possible made = closes.stream()
                .filter(site -> site.key().equals("runit.planted.Keeper.close -> close"))
                .findFirst()
                .orElseThrow();

        assertThat(made.isAmong(walk.passed())).isTrue();
        assertThat(new PossibleSites.Possible(made.place(), made.line() + 1, "close", 2, false).isAmong(walk.passed()))
                .isFalse();
        assertThat(new PossibleSites.Possible(made.place(), made.line(), "lock", 1, false).isAmong(walk.passed()))
                .isFalse();
        assertThat(new PossibleSites.Possible(made.place(), made.line() + 1, "close", 1, true).isAmong(walk.passed()))
                .isTrue();
    }

    @Test
    void an_excuse_for_what_is_passed_and_one_for_nothing_are_reported() {
        walk.count(List.of(new Keeping(Fault.NONE)));
        Set<PossibleSites.Possible> possible = PossibleSites.withTests("io.github.pekkosupervisor.runit.planted")
                .in(name -> name.endsWith(".planted"));

        assertThat(Judge.neverPassed(
                        possible,
                        walk.passed(),
                        Set.of(
                                "runit.planted.Keeper.never -> openRead",
                                "runit.planted.Keeper.close -> linkStatus",
                                "runit.planted.Keeper.look -> status",
                                "runit.planted.Keeper.gone -> status")))
                .hasSize(2)
                .anyMatch(problem -> problem.startsWith("excused, but passed: runit.planted.Keeper.look -> status"))
                .anyMatch(
                        problem -> problem.equals("excused, but not in the code: runit.planted.Keeper.gone -> status"));
    }

    /** Too few to matter to a machine: one process, one descriptor, and more threads than a pool has. */
    @Test
    void a_process_a_descriptor_and_threads_that_stay_are_reported() throws Exception {
        Holdings before = Holdings.now();
        Process process = new ProcessBuilder("sleep", "1000").start();
        CountDownLatch over = new CountDownLatch(1);
        try (InputStream file = Files.newInputStream(Files.writeString(temp.resolve("open"), "x"))) {
            assertThat(file.read()).isEqualTo('x');
            // a few may come and go meanwhile
            IntStream.range(0, 24)
                    .mapToObj(i -> new Thread(() -> {
                        try {
                            over.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }))
                    .forEach(Thread::start);

            assertThat(Holdings.now().beyond(before))
                    .anyMatch(held -> held.matches("1 of .*/open"))
                    .anyMatch(held -> held.matches("\\d+ threads"))
                    .contains("1 processes");
        } finally {
            over.countDown();
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_descriptor_that_stays_open_is_reported() {
        List<Walk.Step> steps = steps(Fault.LEAKS, "EIO").stream()
                .filter(step -> step.site().toString().contains("linkStatus"))
                .toList();
        Holdings before = Holdings.now();

        assertThat(Judge.problems(walk.walk(steps))).isEmpty();

        assertThat(steps).hasSize(1);
        assertThat(Holdings.now().beyond(before)).anyMatch(held -> held.contains("junit"));
    }
}
