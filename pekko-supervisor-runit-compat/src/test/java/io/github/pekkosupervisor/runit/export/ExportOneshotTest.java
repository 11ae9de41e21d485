package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.get;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForAll;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.runit.adoption.OurPrograms;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the real {@code sv} sees of children that are over when they are done, and has them do. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportOneshotTest {

    @TempDir
    Path temp;

    private @Nullable ShownTree started;

    private ShownTree show(SupervisorSpec spec) {
        ShownTree shown = ShownTree.start(temp.resolve("service"), spec);
        started = shown;
        return shown;
    }

    @AfterEach
    void close() {
        if (started != null) {
            started.close();
        }
    }

    /** Ends when there is a file {@code go}; a file {@code ran} has a line for each time. */
    private ChildSpec oneshot(OneshotAgain again) {
        String script = "echo >>ran; until test -e go; do sleep 0.02; done";
        return ChildSpec.process(
                "migrate",
                ProcessSpec.of("sh", "-c", script).withDirectory(temp).withOneshot(again));
    }

    private void go() throws IOException {
        Files.createFile(temp.resolve("go"));
    }

    private int runs() throws IOException {
        return Files.readAllLines(temp.resolve("ran")).size();
    }

    private ShownTree done() throws IOException {
        go();
        ShownTree shown = show(oneForOne(oneshot(OneshotAgain.GROUP), actor("web")));
        assertThat(runs()).isEqualTo(1);
        return shown;
    }

    @Test
    void one_that_is_done_is_shown_down_and_not_wanted_up_and_the_tree_is_ready() throws Exception {
        ShownTree shown = done();

        assertThat(shown.sv("status", "migrate").line())
                .startsWith("down: migrate: ")
                .contains("normally up")
                .doesNotContain("want up");
        assertThat(shown.sv("check", "migrate").exit()).isZero();
        assertThat(new OurPrograms().run("status", shown.directory().toString()))
                .startsWith("0 ")
                .containsPattern("migrate +down .*normally up, done\n");
        assertThat(get(shown.tree().health()).ready()).isTrue();
        assertThat(get(shown.tree().snapshot()).find("/migrate").orElseThrow().state())
                .isEqualTo(State.DONE);
    }

    @Test
    void up_runs_it_again_and_it_is_shown_while_it_runs() throws IOException {
        ShownTree shown = done();
        Files.delete(temp.resolve("go"));

        shown.sv("up", "migrate");
        patiently()
                .untilAsserted(
                        () -> assertThat(shown.sv("status", "migrate").line()).startsWith("run: migrate: (pid "));
        patiently().until(() -> runs() == 2);
        go();

        patiently()
                .untilAsserted(
                        () -> assertThat(shown.sv("status", "migrate").line()).startsWith("down: migrate: "));
        assertThat(shown.story()).contains("ChildDone migrate");
    }

    @Test
    void once_runs_it_again() throws IOException {
        ShownTree shown = done();

        shown.sv("once", "migrate");

        patiently().until(() -> runs() == 2);
    }

    @Test
    void down_stops_it_while_it_runs() throws IOException {
        ShownTree shown = done();
        Files.delete(temp.resolve("go"));
        shown.sv("up", "migrate");
        patiently().until(() -> runs() == 2);

        shown.sv("down", "migrate");

        patiently()
                .untilAsserted(
                        () -> assertThat(shown.sv("status", "migrate").line()).startsWith("down: migrate: "));
        patiently().until(() -> get(shown.root().count()).active() == 1);
        assertThat(runs()).isEqualTo(2);
    }

    @Test
    void one_that_is_done_for_good_is_shown_down_while_its_group_is_restarted() throws IOException {
        go();
        ShownTree shown = show(oneForAll(oneshot(OneshotAgain.ONCE), actor("web")));

        shown.crash(shown.root(), "web");

        shown.awaitWritten();
        assertThat(shown.sv("status", "migrate").line())
                .startsWith("down: migrate: ")
                .doesNotContain("want up");
        assertThat(runs()).isEqualTo(1);
    }
}
