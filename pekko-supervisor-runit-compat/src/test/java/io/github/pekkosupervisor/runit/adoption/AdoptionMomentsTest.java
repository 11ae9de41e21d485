package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Case 11: the launcher is killed at random moments of a launch, so that the next one finds starts of which nobody has
 * written down what came of them.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class AdoptionMomentsTest extends InEstate {

    private static final int SERVICES = LONG ? 300 : 60;
    private static final int KILLS = LONG ? 200 : 12;

    static List<Long> seeds() {
        return LONG ? List.of(1L) : List.of(System.nanoTime());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void case_11_killed_at_random_moments_of_a_launch_there_are_never_two_copies(long seed) throws Exception {
        killAtRandom(SERVICES, KILLS, Rights.OURS, seed);
    }

    @ParameterizedTest
    @EnumSource(
            value = Rights.class,
            names = {"NOBODYS", "ROOTS_WITHOUT_TRACING"})
    void case_11_nor_with_less_rights(Rights rights) throws Exception {
        killAtRandom(LONG ? 100 : 24, LONG ? 60 : 6, rights, System.nanoTime());
    }

    private void killAtRandom(int services, int kills, Rights rights, long seed) throws Exception {
        Random random = new Random(seed);
        List<Path> loggers = new ArrayList<>();
        for (int i = 0; i < services; i++) {
            Path directory = estate.sleeper("web" + i);
            if (i % 3 == 0) {
                Estate.script(directory.resolve("log/run"), "exec cat");
                loggers.add(directory.resolve("log"));
            }
        }
        launchWith(rights);
        List<Path> all = new ArrayList<>(estate.all());

        for (int kill = 0; kill < kills; kill++) {
            // some launches begin with everything down
            if (kill % 4 == 3) {
                estate.marked().forEach(pid -> Estate.kill("KILL", pid));
            }
            Process launcher = estate.start();
            int running = estate.marked().size();
            int until = running >= services ? running : running + random.nextInt(services - running + 1);
            patiently()
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> estate.marked().size() >= until || !launcher.isAlive());
            estate.killLauncher();

            List<String> doubled = Copies.of(all).entrySet().stream()
                    .filter(one -> one.getValue().size() > 1)
                    .map(Object::toString)
                    .toList();
            assertThat(doubled).as("after kill %s of seed %s", kill, seed).isEmpty();
        }
        estate.start();
        estate.awaitAllUp();
        estate.awaitUp(loggers.toArray(Path[]::new));

        all.addAll(loggers);
        assertThat(Copies.problems(all)).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }
}
