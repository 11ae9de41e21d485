package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the benchmark of adoption counts is planted, and it is counted. */
class WritingServiceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path temp;

    private final List<Process> runs = new ArrayList<>();

    @AfterEach
    void endAll() {
        runs.forEach(Process::destroyForcibly);
    }

    private WritingService service() throws IOException {
        return WritingService.make(temp.resolve("web"), WritingService.writer(temp), 0, "");
    }

    /** Does what a supervisor does. */
    private Process run(WritingService service) throws IOException {
        int before = service.running().size();
        Process run = new ProcessBuilder("./run")
                .directory(service.directory().toFile())
                .start();
        runs.add(run);
        assertThat(Await.reached(() -> service.running().size() > before, PATIENCE))
                .isTrue();
        return run;
    }

    @Test
    void a_service_that_goes_on_is_neither_restarted_nor_doubled() throws IOException {
        WritingService service = service();
        run(service);

        service.remember();

        assertThat(service.isRestarted()).isFalse();
        assertThat(service.copies()).isZero();
    }

    @Test
    void a_restart_is_counted() throws Exception {
        WritingService service = service();
        Process first = run(service);
        service.remember();

        first.destroyForcibly().waitFor();
        run(service);

        assertThat(service.isRestarted()).isTrue();
        assertThat(service.copies()).isZero();
    }

    @Test
    void a_second_copy_is_counted_and_is_no_restart() throws IOException {
        WritingService service = service();
        run(service);
        service.remember();

        run(service);

        assertThat(service.isRestarted()).isFalse();
        assertThat(service.copies()).isEqualTo(1);
    }

    @Test
    void with_any_of_it_something_is_lost() {
        assertThat(fate(0, 0).isNothingLost(1)).isTrue();
        assertThat(fate(1, 0).isNothingLost(1)).isFalse();
        assertThat(fate(0, 1).isNothingLost(1)).isFalse();
    }

    private static Fate fate(int copies, int restarted) {
        return new Fate(copies, restarted, 1, OptionalDouble.of(1), true, WrittenLines.Verdict.NOTHING);
    }
}
