package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.CallSite;
import io.github.pekkosupervisor.posix.Faults;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Every place of {@code process} and {@code runit} that calls the system has that call fail once. What is concerned
 * comes back by itself, others do not notice, it is told what was wrong, and nothing stays behind.
 *
 * <p>Each place meets one of the errors that it may meet, the next one in turn. With
 * {@code -Dpekko-supervisor.test.faults=all} each meets all of them, which takes some minutes; with a part of a
 * description, as {@code -Dpekko-supervisor.test.faults=LogActor}, those places meet all of theirs.
 */
@Isolated("what this JVM holds is counted")
final class FaultWalkTest {

    private static final String WHICH = System.getProperty("pekko-supervisor.test.faults", "");
    private static final int SERVICE_LANES = 16;
    private static final int PROCESS_LANES = 14;

    @TempDir
    private Path temp;

    private final List<Lane> lanes = new ArrayList<>();
    private Hearing hearing;

    @BeforeEach
    void begin() throws IOException {
        hearing = new Hearing();
        Faults.install();
        for (int i = 0; i < SERVICE_LANES; i++) {
            lanes.add(new RunitLane(temp.resolve("services" + i), "services" + i));
        }
        for (int i = 0; i < PROCESS_LANES; i++) {
            lanes.add(new ProcessLane(temp.resolve("processes" + i), "processes" + i));
        }
    }

    @AfterEach
    void end() {
        lanes.forEach(Lane::close);
        Faults.remove();
        hearing.close();
    }

    @Test
    void every_call_fails_once_and_what_it_was_for_comes_back() {
        Walk walk = new Walk(lanes);
        Map<CallSite, Scenario> sites =
                walk.count(Stream.of(RunitScenarios.values(), ExportScenarios.values(), ProcessScenarios.values())
                        .<Scenario>flatMap(Stream::of)
                        .toList());
        List<String> problems =
                new ArrayList<>(Judge.neverPassed(new PossibleSites().in(FaultWalkTest::isSupervision), walk.passed()));
        Holdings before = Holdings.now().withEventLoops(lanes.size());

        problems.addAll(Judge.problems(walk.walk(steps(walk, sites))));

        assertThat(String.join("\n", problems)).isEmpty();
        // a pool keeps a thread for a minute that has nothing to do
        await("nothing is left behind")
                .atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(Holdings.now().beyond(before)).isEmpty());
    }

    /**
     * Tools and launcher are programs: what they are refused they say, and end with an exit code. A page shows what it
     * can see of a log, and no more: LogTailTest.
     */
    private static boolean isSupervision(String name) {
        return Stream.of(".tools", ".launcher", ".look", ".page", ".top", ".planted")
                .noneMatch(name::endsWith);
    }

    private static List<Walk.Step> steps(Walk walk, Map<CallSite, Scenario> sites) {
        List<Walk.Step> steps = new ArrayList<>();
        sites.forEach((site, scenario) -> {
            List<String> errors = site.errors();
            if (WHICH.isEmpty()) {
                steps.add(walk.step(site, errors.get(steps.size() % errors.size()), scenario));
            } else if (WHICH.equals("all") || site.toString().contains(WHICH)) {
                errors.forEach(errno -> steps.add(walk.step(site, errno, scenario)));
            }
        });
        // those that take their time are not to be waited for at the end
        steps.sort(Comparator.comparing(step -> !isSlow(step)));
        return steps;
    }

    private static boolean isSlow(Walk.Step step) {
        return step.scenario() == ProcessScenarios.GROUP
                || step.site().function().startsWith("posix_spawn");
    }
}
