package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.statusIfThere;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Service directories that are over when they have ended well: with one launcher, and with one after another. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class OneshotAdoptionTest extends InEstate {

    /** Ends when the file {@code go} says how; a file {@code ran} has a line for each time. */
    private static final String RUN = "echo $$ >>ran; until test -s go; do sleep 0.05; done; read code <go; exit $code";

    private Path oneshot(String again) throws IOException {
        Path directory = estate.service("migrate", RUN);
        Files.writeString(directory.resolve("service.conf"), "oneshot = true\noneshot-again = " + again + "\n");
        return directory;
    }

    private static void go(Path directory, int code) throws IOException {
        Path half = Files.writeString(directory.resolve("go.half"), code + "\n");
        Files.move(half, directory.resolve("go"));
    }

    /** As status says; empty if it says nothing yet. */
    private static String stands(Path directory) {
        ServiceStatus status = statusIfThere(directory);
        return status == null ? "" : status.state() + " " + status.want();
    }

    private static void awaitRuns(Path directory, int number) {
        patiently().untilAsserted(() -> {
            assertThat(lines(directory.resolve("ran"))).hasSize(number);
            assertThat(stands(directory)).startsWith("RUN ");
        });
    }

    private static void awaitDone(Path directory) {
        patiently().untilAsserted(() -> assertThat(stands(directory)).isEqualTo("DOWN DOWN"));
    }

    private static int runs(Path directory) {
        return lines(directory.resolve("ran")).size();
    }

    /** Done, and then killed as it waits. */
    private Path done(String again) throws IOException {
        Path directory = oneshot(again);
        go(directory, 0);
        estate.start();
        awaitDone(directory);
        assertThat(runs(directory)).isEqualTo(1);
        return directory;
    }

    @Test
    void a_good_end_is_followed_by_finish_and_by_no_start_and_sv_shows_it_down() throws IOException {
        Path directory = oneshot("group");
        Estate.script(directory.resolve("finish"), "echo \"$@\" >>finished");
        estate.start();
        awaitRuns(directory, 1);
        assertThat(sv("status", directory))
                .singleElement()
                .asString()
                .startsWith("run: ")
                .doesNotContain("want");

        go(directory, 0);
        awaitDone(directory);

        assertThat(lines(directory.resolve("finished"))).containsExactly("0 0");
        assertThat(sv("status", directory))
                .singleElement()
                .asString()
                .startsWith("down: ")
                .contains("normally up")
                .doesNotContain("want up");
        assertThat(runs(directory)).isEqualTo(1);
    }

    @Test
    void one_that_was_held_back_is_started_by_the_next_launcher_if_the_file_is_right() throws Exception {
        Path directory = oneshot("group\nfoo = 1");
        Path other = estate.sleeper("other");
        estate.start();
        patiently().until(() -> estate.complaints().contains("run is not started by itself"));
        awaitDone(directory);
        estate.killLauncher();
        Files.writeString(directory.resolve("service.conf"), "oneshot = true\n");

        estate.start();

        estate.awaitUp(other);
        patiently().untilAsserted(() -> assertThat(runs(directory)).isEqualTo(1));
        go(directory, 0);
        awaitDone(directory);
    }

    @Test
    void another_end_is_followed_by_a_start_as_with_runit() throws IOException {
        Path directory = oneshot("group");
        go(directory, 3);
        estate.start();
        patiently().until(() -> runs(directory) > 1);

        Files.delete(directory.resolve("go"));
        go(directory, 0);

        awaitDone(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "once"})
    void sv_runs_it_again(String again) throws IOException {
        Path directory = done(again);
        Files.delete(directory.resolve("go"));

        sv("up", directory);
        awaitRuns(directory, 2);
        sv("restart", directory);
        awaitRuns(directory, 3);
        go(directory, 0);

        awaitDone(directory);
        Files.delete(directory.resolve("go"));
        sv("restart", directory);
        awaitRuns(directory, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "once"})
    void a_launcher_that_follows_one_that_was_killed_while_it_ran_waits_for_it(String again) throws Exception {
        Path directory = oneshot(again);
        estate.start();
        awaitRuns(directory, 1);

        estate.lose();
        estate.awaitUp(directory);
        go(directory, 0);

        awaitDone(directory);
        // of an end that nobody knows it is not certain that it was a good one
        assertThat(runs(directory)).isBetween(1, knowsEnds() ? 1 : 2);
    }

    @Test
    void a_launcher_that_takes_it_over_gives_it_its_time_and_no_more() throws Exception {
        Path directory = oneshot("once");
        estate.start();
        awaitRuns(directory, 1);
        Files.writeString(
                directory.resolve("service.conf"), "oneshot = true, oneshot-again = once, start-timeout = 1s");

        estate.lose();
        patiently().until(() -> runs(directory) > 1);
        go(directory, 0);

        awaitDone(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group", "once"})
    void a_launcher_that_follows_one_that_was_killed_after_it_was_done_does_not_run_it(String again) throws Exception {
        Path directory = done(again);

        estate.lose();
        Path witness = estate.sleeper("witness");
        estate.awaitUp(witness);
        estate.awaitSupervised(directory);

        awaitDone(directory);
        assertThat(runs(directory)).isEqualTo(1);
    }

    @Test
    void a_launcher_that_was_killed_while_its_finish_ran_does_not_have_it_run_twice() throws Exception {
        Path directory = oneshot("group");
        Estate.script(directory.resolve("finish"), "until test -e finish.go; do sleep 0.05; done");
        go(directory, 0);
        estate.start();
        patiently().untilAsserted(() -> assertThat(stands(directory)).isEqualTo("FINISH DOWN"));

        estate.lose();
        estate.awaitSupervised(directory);
        Files.createFile(directory.resolve("finish.go"));

        awaitDone(directory);
        assertThat(runs(directory)).isEqualTo(1);
    }

    /** Nobody may know how it has ended; what may have failed is done again. */
    @Test
    void one_that_ends_while_nobody_is_there_is_done_in_the_end() throws Exception {
        Path directory = oneshot("once");
        estate.start();
        awaitRuns(directory, 1);
        long pid = Long.parseLong(lines(directory.resolve("ran")).get(0));

        estate.killLauncher();
        go(directory, 0);
        patiently()
                .until(() ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
        estate.start();

        estate.awaitSupervised(directory);
        awaitDone(directory);
        assertThat(runs(directory)).isBetween(1, 2);
    }

    @ParameterizedTest
    @CsvSource({"group, 2", "once, 1"})
    void after_an_end_in_order_the_next_launcher_runs_it_unless_once_is_enough(String again, int expected)
            throws Exception {
        Path directory = done(again);

        estate.stop();
        estate.start();
        Path witness = estate.sleeper("witness");
        estate.awaitUp(witness);
        estate.awaitSupervised(directory);
        patiently().until(() -> runs(directory) >= expected);

        awaitDone(directory);
        assertThat(runs(directory)).isEqualTo(expected);
        estate.stop();
        estate.start();
        estate.awaitUp(witness);
        estate.awaitSupervised(directory);
        int third = expected == 1 ? 1 : 3;
        patiently().until(() -> runs(directory) >= third);
        awaitDone(directory);
        assertThat(runs(directory)).isEqualTo(third);
    }

    @Test
    void one_that_was_cut_short_is_run_by_the_next_launcher() throws Exception {
        Path directory = estate.service("migrate", "trap 'exit 0' TERM; " + RUN);
        Files.writeString(directory.resolve("service.conf"), "oneshot = true, oneshot-again = once");
        estate.start();
        awaitRuns(directory, 1);

        estate.stop();
        estate.start();

        awaitRuns(directory, 2);
    }
}
