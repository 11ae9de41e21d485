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

/** What a launcher that was killed has left of waits and failures counts for the next one. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RestartAdoptionTest extends InEstate {

    /** Fails when it is told to; a file {@code ran} has a line for each time. */
    private static final String RUN = "echo x >>ran; while test ! -e fail; do sleep 0.05; done; rm fail; exit 3";

    private Path failing(String conf) throws IOException {
        Path directory = estate.service("web", RUN);
        Files.writeString(directory.resolve("service.conf"), conf + "\n");
        return directory;
    }

    private static void fail(Path directory, int number) throws IOException {
        patiently().untilAsserted(() -> {
            assertThat(lines(directory.resolve("ran"))).hasSize(number);
            assertThat(stands(directory)).startsWith("RUN ");
        });
        Files.createFile(directory.resolve("fail"));
    }

    private static String stands(Path directory) {
        ServiceStatus status = statusIfThere(directory);
        return status == null ? "" : status.state() + " " + status.want();
    }

    private static void awaitSupervised(Path directory) {
        patiently()
                .untilAsserted(() -> assertThat(sv("status", directory))
                        .singleElement()
                        .asString()
                        .startsWith("down: "));
    }

    @Test
    void failures_go_on_to_count_and_one_that_gave_up_stays_down_until_it_is_wanted_up() throws Exception {
        Path directory = failing("restart-delay { min = 10ms }\ngive-up { after = 3, within = 1h }");
        estate.start();
        fail(directory, 1);
        fail(directory, 2);
        patiently()
                .until(() -> stands(directory).equals("RUN UP")
                        && lines(directory.resolve("ran")).size() == 3);
        estate.killLauncher();
        estate.start();

        fail(directory, 3);
        patiently().until(() -> stands(directory).equals("DOWN DOWN"));
        patiently().until(() -> estate.complaints().contains("run has failed 3 times within 1 h: it is left down"));
        estate.killLauncher();
        Path other = estate.sleeper("other");
        estate.start();

        estate.awaitUp(other);
        awaitSupervised(directory);
        patiently()
                .untilAsserted(() -> assertThat(lines(directory.resolve("supervise/.shortcomings")))
                        .singleElement()
                        .asString()
                        .startsWith("gave up\t"));
        assertThat(stands(directory)).isEqualTo("DOWN DOWN");
        sv("up", directory);
        patiently().until(() -> stands(directory).equals("RUN UP"));
        // it runs when the shell does, which writes its line after that
        patiently()
                .untilAsserted(() -> assertThat(lines(directory.resolve("ran"))).hasSize(4));
        patiently().until(() -> !Files.exists(directory.resolve("supervise/.shortcomings")));
    }

    @Test
    void the_rest_of_a_wait_passes() throws Exception {
        Path directory = failing("restart-delay { min = 1h }");
        estate.start();
        fail(directory, 1);
        patiently().until(() -> stands(directory).equals("DOWN UP"));
        estate.killLauncher();
        Path other = estate.sleeper("other");
        estate.start();

        estate.awaitUp(other);
        awaitSupervised(directory);
        assertThat(stands(directory)).isEqualTo("DOWN UP");
        sv("down", directory);
        // it is down already, so sv does not wait, and says nothing more of what it takes for wanted up
        patiently().until(() -> stands(directory).equals("DOWN DOWN"));
        sv("up", directory);
        patiently().until(() -> stands(directory).equals("RUN UP"));
    }
}
