package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.actor;
import static io.github.pekkosupervisor.runit.export.ShownTree.get;
import static io.github.pekkosupervisor.runit.export.ShownTree.oneForOne;
import static io.github.pekkosupervisor.runit.export.ShownTree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.Scripts;
import io.github.pekkosupervisor.runit.ServiceDirectories;
import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A service directory that is a child by OTP's rules is shown by a link to it: one FIFO, one meaning. */
@Execution(ExecutionMode.CONCURRENT)
final class ExportOneCasesTest {

    @TempDir
    Path temp;

    private final MarkedProcesses processes = new MarkedProcesses();
    private Path service = Path.of("");
    private @Nullable ShownTree shown;

    @BeforeEach
    void make() throws IOException {
        service = Files.createDirectories(temp.resolve("sv/web"));
        script("run", "exec sleep 1000");
    }

    @AfterEach
    void close() {
        try {
            if (shown != null) {
                shown.close();
            }
            assertThat(processes.alive()).isEmpty();
        } finally {
            processes.kill();
        }
    }

    private void script(String name, String text) throws IOException {
        Path script = service.resolve(name);
        Files.createDirectories(script.getParent());
        Scripts.write(
                script, "#!/bin/sh\nexport " + MarkedProcesses.VARIABLE + "=" + processes.value() + "\n" + text + "\n");
    }

    private ChildSpec web() {
        return ServiceDirectories.one("web", service);
    }

    private ShownTree show(SupervisorSpec spec) {
        ShownTree started = ShownTree.start(temp.resolve("service"), spec);
        shown = started;
        return started;
    }

    private ShownTree show(ChildSpec... children) {
        return show(oneForOne(children));
    }

    private Path entry() {
        return temp.resolve("service/web");
    }

    /** What is seen in the entry and, as soon as nothing comes between, in the directory itself; without its name. */
    private String status(ShownTree tree) {
        List<String> both = patiently()
                .until(
                        () -> List.of(
                                tree.sv("status", "web").line().replaceFirst(" web:", ""),
                                ShownTree.sv(temp, "status", service.toString())
                                        .line()
                                        .replaceFirst(" " + service + ":", "")),
                        two -> withoutAge(two.get(0)).equals(withoutAge(two.get(1))));
        return both.get(0);
    }

    private static String withoutAge(String status) {
        return status.replaceAll("\\d+s", "Ns");
    }

    /** A second later than the last start, since sv compares whole seconds. */
    private static void awaitNextSecond(ShownTree tree) {
        Instant next = tree.status("web").stamp().plusMillis(1100);
        patiently().until(() -> Instant.now().isAfter(next));
    }

    private static ProcessHandle run(ShownTree tree) {
        return ProcessHandle.of(tree.status("web").pid()).orElseThrow();
    }

    // ---- commands

    @Test
    void what_sv_says_of_the_entry_it_says_of_the_directory() {
        ShownTree tree = show(actor("cache"), web());

        assertThat(Files.isSymbolicLink(entry())).isTrue();
        assertThat(status(tree)).matches("run: \\(pid \\d+\\) \\d+s");
        awaitNextSecond(tree);
        assertThat(tree.sv("restart", "web").line()).matches("ok: run: web: \\(pid \\d+\\) \\d+s");
        assertThat(tree.sv("stop", "web").line()).matches("ok: down: web: \\d+s, normally up");
        assertThat(status(tree)).matches("down: \\d+s, normally up");
        assertThat(tree.sv("start", "web").line()).matches("ok: run: web: \\(pid \\d+\\) \\d+s");
        assertThat(tree.sv("status", "cache").line()).startsWith("run: cache: ");
    }

    @Test
    void p_and_c_pause_its_process() {
        ShownTree tree = show(web());

        tree.sv("pause", "web");
        patiently().until(() -> status(tree).matches("run: \\(pid \\d+\\) \\d+s, paused"));
        patiently().until(() -> isStopped(run(tree).pid()));
        tree.sv("cont", "web");

        patiently().until(() -> status(tree).matches("run: \\(pid \\d+\\) \\d+s"));
        patiently().until(() -> !isStopped(run(tree).pid()));
    }

    private static boolean isStopped(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") T ");
    }

    @Test
    void k_and_signals_pass_its_control() throws IOException {
        script("control/k", "echo k >>heard; kill -9 $(cat supervise/pid)");
        script("control/h", "echo h >>heard");
        ShownTree tree = show(web());
        long pid = run(tree).pid();

        tree.sv("hup", "web");
        patiently().until(() -> Files.exists(service.resolve("heard")));
        tree.sv("kill", "web");

        patiently()
                .until(() -> tree.status("web").pid() != 0 && tree.status("web").pid() != pid);
        assertThat(Files.readAllLines(service.resolve("heard"))).isEqualTo(List.of("h", "k"));
    }

    @Test
    void d_holds_in_restarts_of_the_group_and_a_wait_for_a_restart_is_shown() {
        ShownTree tree = show(SupervisorSpec.oneForAll()
                .withIntensity(5, Duration.ofHours(10))
                .withChild(web().withRestartDelay(RestartDelay.fixed(Duration.ofHours(1))))
                .withChild(actor("other")));
        tree.sv("stop", "web");
        tree.crash(tree.root(), "other");
        assertThat(status(tree)).matches("down: \\d+s, normally up");
        assertThat(tree.sv("start", "web").line()).startsWith("ok: run: web: ");

        run(tree).destroyForcibly();

        patiently().until(() -> status(tree).matches("down: \\d+s, normally up, want up"));
    }

    @Test
    void its_own_file_down_counts() throws IOException {
        Files.createFile(service.resolve("down"));
        ShownTree tree = show(actor("cache"), web());

        patiently().until(() -> status(tree).matches("down: \\d+s"));
        assertThat(tree.sv("start", "web").line()).matches("ok: run: web: \\(pid \\d+\\) \\d+s, normally down");
    }

    @Test
    void one_that_is_reconfigured_in_can_be_started() {
        ShownTree tree = show(actor("cache"));
        get(tree.root().reconfigure(oneForOne(actor("cache"), web())));
        tree.awaitWritten();

        patiently().until(() -> status(tree).matches("down: \\d+s, normally up"));
        assertThat(tree.sv("start", "web").line()).startsWith("ok: run: web: ");
    }

    // ---- life

    @Test
    void when_the_tree_is_over_nobody_is_behind_it() {
        ShownTree tree = show(web());

        tree.close();

        assertThat(ShownTree.sv(temp.resolve("service"), "status", "web").line())
                .isEqualTo("fail: web: runsv not running");
        assertThat(Files.isSymbolicLink(entry())).isTrue();
    }

    @Test
    void one_that_is_forgotten_is_linked_to_for_ten_seconds_more() {
        ShownTree tree = show(actor("cache"), web().withRestart(RestartType.TEMPORARY));

        run(tree).destroyForcibly();

        patiently().until(() -> tree.sv("status", "web").line().equals("fail: web: runsv not running"));
        patiently().until(() -> !Files.exists(entry(), LinkOption.NOFOLLOW_LINKS));
        assertThat(service.resolve("run")).exists();
    }

    @Test
    void what_an_earlier_tree_has_made_gives_way_in_both_directions() throws IOException {
        ShownTree.start(temp.resolve("service"), oneForOne(actor("web"))).close();
        assertThat(Files.isSymbolicLink(entry())).isFalse();
        ShownTree.start(temp.resolve("service"), oneForOne(web())).close();
        assertThat(Files.isSymbolicLink(entry())).isTrue();
        byte[] status = Files.readAllBytes(service.resolve("supervise/status"));

        ShownTree tree = show(actor("web"));

        assertThat(tree.sv("status", "web").line()).startsWith("run: web: (pid " + ShownTree.JVM + ")");
        assertThat(Files.isSymbolicLink(entry())).isFalse();
        assertThat(service.resolve("supervise/status")).hasBinaryContent(status);
    }

    @Test
    void another_kind_of_the_same_id_is_shown_as_what_it_is() {
        ShownTree tree = show(web());
        get(tree.root().terminateChild("web"));
        get(tree.root().reconfigure(oneForOne(actor("web"))));
        get(tree.root().restartChild("web"));
        tree.awaitWritten();
        assertThat(tree.sv("status", "web").line()).startsWith("run: web: (pid " + ShownTree.JVM + ")");

        get(tree.root().terminateChild("web"));
        get(tree.root().reconfigure(oneForOne(web())));
        get(tree.root().restartChild("web"));
        tree.awaitWritten();

        assertThat(status(tree)).matches("run: \\(pid \\d+\\) \\d+s");
    }

    @Test
    void one_that_lies_where_the_tree_is_shown_is_its_own_entry() throws IOException {
        Files.createDirectories(temp.resolve("service"));
        Files.move(service, entry());
        service = entry();

        ShownTree tree = show(actor("cache"), web());

        assertThat(status(tree)).matches("run: \\(pid \\d+\\) \\d+s");
        tree.close();
        assertThat(service.resolve("run")).exists();
    }
}
