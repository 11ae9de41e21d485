package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.get;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.Liveness;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.runit.adoption.OurPrograms;
import io.github.pekkosupervisor.spec.ChildSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is seen of a child that hangs, and is left as it is. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportHungTest {

    @TempDir
    Path temp;

    private static int check(ShownTree shown) {
        return ShownTree.run(shown.directory().resolve("web/check").toString()).exit();
    }

    @Test
    void it_is_not_ready_until_it_works_again() throws Exception {
        Path well = Files.createFile(temp.resolve("well"));
        Liveness live = Liveness.by(Readiness.command("test", "-e", well.toString()))
                .withEvery(Duration.ofMillis(100))
                .withTimeout(Duration.ofSeconds(60))
                .withFailures(2)
                .withThen(Liveness.Then.REPORT);
        ChildSpec web =
                ChildSpec.process("web", ProcessSpec.of("sleep", "100000").withLive(live));
        OurPrograms ours = new OurPrograms();
        try (ShownTree shown = ShownTree.start(temp.resolve("service"), oneForOne(web))) {
            String directory = shown.directory().toString();
            assertThat(check(shown)).isZero();
            assertThat(ours.run("status", directory)).startsWith("0 ").doesNotContain("ready");
            assertThat(ours.run("status", "--json", directory))
                    .contains("\"ready\":true")
                    .doesNotContain("false,\"hung");

            Files.delete(well);
            patiently().until(() -> !get(shown.tree().health()).ready());
            patiently().until(() -> check(shown) != 0);
            assertThat(shown.sv("-w", "1", "check", "web").line()).startsWith("timeout: run: web: ");
            assertThat(ours.run("status", directory)).startsWith("1 ").containsPattern("web +run .* not ready\n");
            assertThat(ours.run("status", "--json", directory)).startsWith("1 ").contains("\"ready\":false");

            Files.createFile(well);
            patiently().until(() -> get(shown.tree().health()).ready());
            patiently().until(() -> check(shown) == 0);
            assertThat(shown.sv("check", "web").exit()).isZero();
            assertThat(ours.run("status", directory)).startsWith("0 ");
        }
    }
}
