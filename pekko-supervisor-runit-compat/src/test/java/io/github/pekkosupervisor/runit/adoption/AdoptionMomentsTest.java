package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Case 11: the launcher is killed at random moments of a launch, so that the next one finds starts of which nobody has
 * written down what came of them.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
@Order(1)
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

    /** Of those that are cut nothing but their session can be seen, so that they are left alone, each under a name. */
    @Test
    void case_11_nor_where_nobody_may_look_into_them() throws Exception {
        needsRoot();
        Random random = new Random(11);
        String asNobody = "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000 ";
        for (int i = 0; i < 24; i++) {
            String name = "web" + i;
            estate.service(name, asNobody + Copies.token(estate.directory(name)));
        }
        launchWith(Rights.ROOTS_WITHOUT_TRACING);

        for (int kill = 0; kill < (LONG ? 60 : 6); kill++) {
            Process launcher = estate.start();
            // who is in doubt is not started, so it is not counted who runs
            int supervised = random.nextInt(25);
            patiently().pollInterval(Duration.ofMillis(5)).until(() -> supervised(launcher) >= supervised);
            estate.killLauncher();

            assertThat(doubled(estate.all())).as("after kill %s", kill).isEmpty();
        }
        estate.start();
        patiently().until(() -> supervised(estate.launcher()) == 24);

        assertThat(doubled(estate.all())).isEmpty();
        // of who is in doubt the launcher would end nobody
        estate.killLauncher();
    }

    /** A moment of a launch, or, where all of them run, of an adoption. */
    private void awaitMoment(Process launcher, int units, Random random) {
        // whoever is being made or is ending when its launcher is killed may be one more for a moment
        int running = Math.min(units, estate.marked().size());
        int until = running + random.nextInt(Math.max(1, units - running + 1));
        int supervised = running >= units ? random.nextInt(units + 1) : 0;
        patiently().pollInterval(Duration.ofMillis(5)).untilAsserted(() -> {
            if (launcher.isAlive()) {
                int runs = estate.marked().size();
                assertThat(runs)
                        .as("those that run, of %s; the launcher says: %s", units, estate.complaints())
                        .isGreaterThanOrEqualTo(until);
                assertThat(supervised(launcher)).as("those that are supervised").isGreaterThanOrEqualTo(supervised);
            }
        });
    }

    /** Of how many units a launcher has the lock, without a descriptor as a rule. */
    private static long supervised(Process launcher) throws IOException {
        try (Stream<String> mapped = Files.lines(Path.of("/proc/" + launcher.pid() + "/maps"), ISO_8859_1);
                Stream<Path> open = Files.list(Path.of("/proc/" + launcher.pid() + "/fd"))) {
            return Stream.concat(mapped, open.map(AdoptionMomentsTest::target))
                    .filter(target -> target.endsWith("/supervise/lock"))
                    .count();
        } catch (UncheckedIOException | NoSuchFileException e) {
            // it has been closed meanwhile
            return 0;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> doubled(List<Path> units) {
        return Copies.of(units).entrySet().stream()
                .filter(one -> one.getValue().size() > 1)
                .map(Object::toString)
                .toList();
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
        all.addAll(loggers);

        for (int kill = 0; kill < kills; kill++) {
            // some launches begin with everything down
            if (kill % 4 == 3) {
                estate.marked().forEach(pid -> Estate.kill("KILL", pid));
            }
            Process launcher = estate.start();
            awaitMoment(launcher, all.size(), random);
            estate.killLauncher();

            assertThat(doubled(all)).as("after kill %s of seed %s", kill, seed).isEmpty();
        }
        estate.start();
        estate.awaitAllUp();
        estate.awaitUp(loggers.toArray(Path[]::new));

        assertThat(Copies.problems(all)).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }
}
