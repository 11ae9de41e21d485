package io.github.pekkosupervisor.runit.launcher;

import static io.github.pekkosupervisor.runit.launcher.RunningFile.command;
import static io.github.pekkosupervisor.runit.launcher.RunningFile.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pekko-supervisor run} as process 1, and as a user with few rights. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class RunElsewhereTest {

    private static final String SLEEPER = "{ id = a, process.command = [sleep, 1000] }";

    @TempDir
    private Path temp;

    private RunningFile run;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        run = new RunningFile(temp);
    }

    @AfterEach
    void close() {
        if (run != null) {
            run.close();
        }
    }

    // ---- process 1

    private void startAsFirst() throws IOException {
        Needs.that(Files.isExecutable(Path.of("/usr/bin/unshare")), "there is no unshare; apt install util-linux");
        List<String> namespaces = List.of("unshare", "--pid", "--fork", "--kill-child", "--mount-proc");
        List<String> attempt = new ArrayList<>(namespaces);
        attempt.add("true");
        assumeTrue(command(attempt.toArray(String[]::new)).isEmpty(), "namespaces cannot be made here");
        // whoever starts first makes the archives of classes, and names them by its number, which 1 always seems to use
        // still
        command(
                "env",
                "JAVA_HOME=" + BuiltDist.javaHome(),
                BuiltDist.bin().resolve("pekko-supervisor").toString(),
                "archive");
        List<String> words = new ArrayList<>(namespaces);
        words.addAll(List.of(BuiltDist.bin().resolve("pekko-supervisor").toString(), "run", "shop.conf"));
        run.start(words);
    }

    /** As it is known here. */
    private long first() {
        patiently().until(() -> children(run.launcherPid()).size() == 1);
        return children(run.launcherPid()).get(0);
    }

    /** Zombies too. */
    private static List<Long> children(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .toList();
    }

    private static boolean isZombie(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }

    /** In a container both are how it is asked to end. */
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void as_process_1_it_ends_well_by_a_signal_within_the_time_that_containers_have(String signal) throws IOException {
        run.tree("children = [ " + SLEEPER + ", { id = deaf, shutdown = infinite, process.command ="
                + " [sh, -c, \"trap '' TERM; echo up >>notes; while :; do sleep 0.1; done\"] } ]");
        startAsFirst();
        patiently().until(() -> !run.read("notes").isEmpty());

        command("kill", "-" + signal, Long.toString(first()));

        assertThat(run.exitCode()).isZero();
        assertThat(run.said()).contains("killed, since the stop is to be over: /deaf");
    }

    @Test
    void as_process_1_it_waits_for_orphans() throws IOException {
        run.tree(
                "children = [ { id = a, process.command = [sh, -c,"
                        + " \"for i in 1 2 3 4 5; do (sleep 0.1 &); done; sleep 0.5; echo left >>notes; exec sleep 1000\"] } ]");
        startAsFirst();
        patiently().until(() -> !run.read("notes").isEmpty());

        long first = first();
        patiently().until(() -> children(first).stream().noneMatch(RunElsewhereTest::isZombie));
        assertThat(children(first)).isNotEmpty();
        command("kill", "-TERM", Long.toString(first));
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void as_process_1_it_has_the_code_of_a_significant_child() throws IOException {
        run.tree("auto-shutdown = any-significant, children = [ " + SLEEPER
                + ", { id = main, restart = temporary, significant = true, process.command = [sh, -c, \"exit 7\"] } ]");
        startAsFirst();

        assertThat(run.exitCode()).isEqualTo(7);
    }

    // ---- nobody

    /** Of a file in which there is a tree alone, with a distribution that anybody can read. */
    private void startAsNobody(String children, String variable) throws IOException {
        Needs.that(Files.isExecutable(Path.of("/usr/bin/setpriv")), "there is no setpriv; apt install util-linux");
        Files.setPosixFilePermissions(run.path(""), PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(command(
                        "cp",
                        "-a",
                        BuiltDist.bin().resolve("..").toString(),
                        run.path("dist").toString()))
                .isEmpty();
        Files.writeString(run.path("shop.conf"), "tree { children = [ " + children + " ] }\n");
        run.start(List.of(
                "setpriv",
                "--reuid=nobody",
                "--regid=nogroup",
                "--clear-groups",
                "env",
                "-u",
                "XDG_RUNTIME_DIR",
                variable,
                run.path("dist/bin/pekko-supervisor").toString(),
                "run",
                "shop.conf"));
    }

    @Test
    void as_nobody_without_a_place_for_it_the_tree_is_not_shown_and_runs() throws IOException {
        startAsNobody("{ id = a, process { command = [sleep, 1000], when-supervisor-dies = keep } }", "A=b");

        run.awaitSaid("there is no place for what the next start has to know");
        run.awaitSaid("XDG_RUNTIME_DIR");
        patiently().until(() -> run.alive("sleep").size() == 1);
        run.signal("TERM");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void as_nobody_the_tree_is_shown_in_the_directory_of_that_users_session() throws IOException {
        Path place = Files.createDirectory(run.path("runtime"));
        assertThat(command("chown", "nobody:nogroup", place.toString())).isEmpty();
        startAsNobody(SLEEPER, "XDG_RUNTIME_DIR=" + place);

        patiently()
                .until(() -> !run.read("runtime/shop/service/a/supervise/pid").isBlank());
        assertThat(command("stat", "-c", "%U", place.resolve("shop/service/a").toString()))
                .isEqualTo("nobody\n");
        run.signal("TERM");
        assertThat(run.exitCode()).isZero();
    }
}
