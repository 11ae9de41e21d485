package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** Pids that are given again; alone, since others would be given theirs again too. */
@Isolated
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfPidsTest extends InEstate {

    /** The record is as it was left: the kernel gives the number to somebody else. */
    @Test
    void case_14_process_that_is_given_the_pid_again_is_neither_adopted_nor_signalled() throws Exception {
        Path lastPid = Path.of("/proc/sys/kernel/ns_last_pid");
        needsRoot();
        Needs.that(Files.isWritable(lastPid), "the next pid cannot be chosen");
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int first = status(web).pid();
        estate.killLauncher();
        kill("KILL", first);
        patiently().until(() -> !Files.exists(Path.of("/proc/" + first)));
        try (Strangers strangers = new Strangers(estate.root().resolve("signals"))) {
            assertThat(strangers.startAs(first, lastPid).pid()).isEqualTo(first);

            estate.start();
            estate.awaitUp(web);
            sv("restart", web);
            sv("stop", web);

            assertThat(estate.complaints()).isEmpty();
            assertThat(strangers.problems()).isEmpty();
        }
    }
}
