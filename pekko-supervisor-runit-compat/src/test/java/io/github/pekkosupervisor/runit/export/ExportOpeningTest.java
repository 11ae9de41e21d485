package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.SupervisionTree.StartFailedException;
import io.github.pekkosupervisor.TreeExport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A directory on a file system that does not answer, or late. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportOpeningTest {

    private static final Duration NOT_LONG = Duration.ofMillis(100);

    @TempDir
    Path temp;

    private final CompletableFuture<OpenExport> opening = new CompletableFuture<>();

    private ExportSettings settings() {
        return ExportSettings.of(ExportPlace.of(temp.resolve("service")));
    }

    /** Whose directory opens when this test has it so. */
    private SupervisionTree start(ExportSettings settings) {
        TreeExport export = tree -> ExportedTree.begin(settings, tree, gone -> {}, opening, NOT_LONG);
        return SupervisionTree.start(
                oneForOne(actor("cache")),
                Options.defaults().withJvmShutdownHook(false).withExport(export));
    }

    private String status() {
        return ShownTree.sv(temp.resolve("service"), "status", "cache").line();
    }

    @Test
    void a_tree_does_not_wait_for_it_and_is_shown_when_it_answers() throws IOException {
        try (SupervisionTree tree = start(settings())) {
            assertThat(ShownTree.incarnation(tree.root(), "cache")).isPositive();
            assertThat(temp).isEmptyDirectory();

            opening.complete(OpenExport.open(settings()));

            patiently().untilAsserted(() -> assertThat(status()).startsWith("run: cache: "));
        }
        assertThat(status()).isEqualTo("fail: cache: runsv not running");
    }

    @Test
    void what_goes_wrong_late_is_tried_again() {
        try (SupervisionTree tree = start(settings())) {
            assertThat(ShownTree.incarnation(tree.root(), "cache")).isPositive();

            opening.completeExceptionally(new IOException("it has answered at last, with an error"));

            patiently().untilAsserted(() -> assertThat(status()).startsWith("run: cache: "));
        }
    }

    @Test
    void one_that_answers_when_the_tree_has_ended_is_let_go_of() throws IOException {
        start(settings()).close();

        opening.complete(OpenExport.open(settings()));

        patiently()
                .until(() -> ShownTree.run("flock", "-n", temp.resolve("service/.pekko-supervisor/lock") + "", "true")
                                .exit()
                        == 0);
    }

    @Test
    void one_that_must_be_shown_is_not_started() {
        assertThatThrownBy(() -> start(settings().withRequired(true)))
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining(temp.resolve("service") + " does not answer within 100 ms");
    }
}
