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

/** Service directories that need others, with one launcher after another. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class NeedsAdoptionTest extends InEstate {

    private Path service(String name, String conf) throws IOException {
        Path directory = estate.service(name, "echo x >>ran; exec sleep 100000");
        Files.writeString(directory.resolve("service.conf"), conf + "\n");
        return directory;
    }

    private static String stands(Path directory) {
        ServiceStatus status = statusIfThere(directory);
        return status == null ? "" : status.state() + " " + status.want();
    }

    private static int pid(Path directory) {
        ServiceStatus status = statusIfThere(directory);
        return status == null ? 0 : status.pid();
    }

    @Test
    void what_runs_goes_on_what_was_ready_counts_as_that_and_who_waits_goes_on_to_wait() throws Exception {
        Path db = service("db", "ready { command = [test, -e, warm] }");
        Path web = service("web", "needs = [db], when-need-dies = restart");
        Path api = service("api", "needs = [db], when-need-dies = wait");
        Path held = service("held", "needs = [nobody]");
        Path later = service("later", "needs = [db]");
        Files.createFile(later.resolve("down"));
        Files.createFile(db.resolve("warm"));
        estate.start();
        patiently().until(() -> stands(web).equals("RUN UP") && stands(api).equals("RUN UP"));
        int webPid = pid(web);
        int apiPid = pid(api);
        Files.delete(db.resolve("warm"));
        estate.killLauncher();
        estate.start();

        // it is ready since it was, whatever its sign says now
        patiently().untilAsserted(() -> assertThat(sv("up", later)).isEmpty());
        patiently().until(() -> stands(later).equals("RUN UP"));
        patiently()
                .until(() -> lines(held.resolve("supervise/.shortcomings"))
                        .equals(java.util.List.of("waits for nobody\trun waits for nobody, which is not there")));

        assertThat(stands(held)).isEqualTo("DOWN UP");
        assertThat(pid(web)).isEqualTo(webPid);
        assertThat(pid(api)).isEqualTo(apiPid);
        assertThat(lines(web.resolve("ran"))).hasSize(1);
        assertThat(lines(api.resolve("ran"))).hasSize(1);
    }
}
