package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A launcher is killed with KILL whose services are looked at whether they work; the next one goes on with that. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class AdoptionOfLivenessTest extends InEstate {

    private static void conf(Path web, String text) throws IOException {
        Files.writeString(web.resolve("service.conf"), text + "\n");
    }

    private static final String LIVE = "live { command = [test, -e, well], every = 200ms, failures = 2, then = ";

    private int other(Path web, int pid) {
        return patiently().ignoreExceptions().until(() -> status(web).pid(), now -> now != pid && now != 0);
    }

    @Test
    void one_that_hangs_while_nobody_is_there_is_restarted_by_the_next_launcher() throws Exception {
        Path web = estate.sleeper("web");
        Files.createFile(web.resolve("well"));
        conf(web, LIVE + "restart }");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();

        estate.killLauncher();
        Files.delete(web.resolve("well"));
        estate.start();
        estate.awaitUp(web);
        other(web, pid);
        Files.createFile(web.resolve("well"));

        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("run is hung: 2 tries of 2 s"));
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    /** What the service directory says now counts, not what it said to the launcher that is gone. */
    @Test
    void the_present_file_counts() throws Exception {
        Path web = estate.sleeper("web");
        conf(web, LIVE + "report }");
        estate.start();
        estate.awaitUp(web);
        patiently().untilAsserted(() -> assertThat(estate.complaints()).contains("it is left as it is"));
        int pid = status(web).pid();

        estate.killLauncher();
        conf(web, LIVE + "restart }");
        estate.start();
        other(web, pid);
        Files.createFile(web.resolve("well"));

        estate.awaitUp(web);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }
}
