package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.incarnation;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.RefusedCalls;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an export meets, errors too, for which Pekko by itself would end the JVM: the tree does not notice. */
@Isolated("calls are refused in the whole JVM")
final class ExportFailuresTest {

    @TempDir
    private Path temp;

    private @Nullable ShownTree tree;

    @BeforeEach
    void plant() {
        tree = ShownTree.start(temp.resolve("service"), oneForOne(actor("cache"), actor("other")));
    }

    @AfterEach
    void fell() {
        shown().close();
    }

    private ShownTree shown() {
        return java.util.Objects.requireNonNull(tree);
    }

    static Stream<Named<Supplier<Error>>> errors() {
        return Stream.of(
                Named.of("StackOverflowError", StackOverflowError::new),
                Named.of("OutOfMemoryError", () -> new OutOfMemoryError("provoked by a test")),
                Named.of("NoClassDefFoundError", () -> new NoClassDefFoundError("provoked by a test")),
                Named.of("InternalError", () -> new InternalError("provoked by a test")));
    }

    /** All is as before: shown, commanded, and of the same incarnation. */
    private void goesOn(long cache, long other) {
        ShownTree shown = shown();
        patiently().until(() -> shown.sv("status", "cache").line().startsWith("run: cache: "));
        shown.awaitWritten();
        assertThat(incarnation(shown.root(), "other")).isEqualTo(other);
        assertThat(incarnation(shown.root(), "cache")).isEqualTo(cache);
        assertThat(shown.sv("stop", "cache").line()).startsWith("ok: down: cache: ");
        assertThat(shown.sv("start", "cache").line()).startsWith("ok: run: cache: ");
        assertThat(shown.tree().system().whenTerminated().isCompleted()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("errors")
    void an_error_in_the_exporter_ends_neither_it_nor_the_tree(Supplier<Error> error) {
        try (RefusedCalls refused = new RefusedCalls("epoll_ctl", error, "Exporter.came")) {
            shown().write("cache", "z");
            patiently().until(() -> refused.refused() == 1);
        }

        goesOn(1, 2);
    }

    @Test
    void so_does_an_exception() {
        try (RefusedCalls refused = new RefusedCalls("epoll_ctl", "EPERM", "Exporter.came", 1)) {
            shown().write("cache", "t");
            patiently().until(() -> refused.refused() == 1);
        }

        patiently().until(() -> incarnation(shown().root(), "cache") == 3);
        goesOn(3, 2);
    }

    @ParameterizedTest
    @MethodSource("errors")
    void an_error_where_a_child_is_written_leaves_the_others_alone(Supplier<Error> error) {
        try (RefusedCalls refused = new RefusedCalls("renameat", error, "ShownDirectory.writeFiles")) {
            shown().write("cache", "t");
            patiently().until(() -> refused.refused() == 1);
        }

        patiently().until(() -> incarnation(shown().root(), "cache") == 3);
        goesOn(3, 2);
    }

    @Test
    void who_waits_until_all_is_written_waits_over_a_failure_too() {
        ShownTree shown = shown();
        CompletableFuture<Void> written;
        try (RefusedCalls refused =
                new RefusedCalls("epoll_ctl", () -> new NoClassDefFoundError("provoked by a test"), "Exporter.came")) {
            shown.write("cache", "z");
            patiently().until(() -> refused.refused() == 1);
            written = shown.export().written().toCompletableFuture();
        }

        ShownTree.get(written.thenApply(done -> true));
        assertThat(shown.sv("status", "cache").line()).startsWith("run: cache: ");
    }

    /** It is closed for five seconds, by whoever that is seen to. */
    @Test
    void one_that_was_closed_opens_again_after_a_failure() {
        ShownTree shown = shown();
        ShownTree.whileClosed(shown.directory(), "cache", () -> {});
        try (RefusedCalls refused =
                new RefusedCalls("epoll_ctl", () -> new NoClassDefFoundError("provoked by a test"), "Exporter.came")) {
            shown.write("other", "z");
            patiently().until(() -> refused.refused() == 1);
        }

        patiently().until(() -> shown.sv("status", "cache").line().startsWith("down: cache: "));
        assertThat(shown.sv("start", "cache").line()).startsWith("ok: run: cache: ");
    }
}
