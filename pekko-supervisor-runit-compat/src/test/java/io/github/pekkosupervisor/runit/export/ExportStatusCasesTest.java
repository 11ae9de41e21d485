package io.github.pekkosupervisor.runit.export;

import static io.github.pekkosupervisor.runit.export.ShownTree.JVM;
import static io.github.pekkosupervisor.runit.export.ShownTree.incarnation;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.RestartType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the real sv, svstat and svok see of a tree: cases 1 to 3, 8 to 11 and 47 of the specification of exports. */
final class ExportStatusCasesTest {

    @TempDir
    Path temp;

    private ShownTree shown;

    @BeforeEach
    void start() {
        shown = ShownTree.start(temp.resolve("service"), ShownTree.quickTree());
    }

    @AfterEach
    void close() {
        shown.close();
    }

    private long sleeperPid() {
        return ShownTree.get(shown.tree().process("sleeper")).orElseThrow().pid();
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void case_01_all_kinds_of_children_are_shown_as_running() {
        ShownTree.Said said = shown.sv("status", "cache", "sleeper", "workers", "workers.w1");

        assertThat(said.said().lines().toList())
                .satisfiesExactly(
                        line -> assertThat(line).matches("run: cache: \\(pid " + JVM + "\\) \\d+s"),
                        line -> assertThat(line).matches("run: sleeper: \\(pid " + sleeperPid() + "\\) \\d+s"),
                        line -> assertThat(line).matches("run: workers: \\(pid " + JVM + "\\) \\d+s"),
                        line -> assertThat(line).matches("run: workers.w1: \\(pid " + JVM + "\\) \\d+s"));
        assertThat(said.exit()).isZero();
    }

    @Test
    void case_02_a_directory_has_these_files_with_these_modes() throws IOException {
        Path supervise = shown.supervise("cache");

        assertThat(names(supervise.resolveSibling("."))).containsExactly("check", "supervise");
        assertThat(names(supervise)).containsExactly(".ready", "control", "lock", "ok", "pid", "stat", "status");
        assertThat(mode(supervise)).isEqualTo("rwx------");
        assertThat(mode(supervise.resolve("control"))).isEqualTo("rw-------");
        assertThat(mode(supervise.resolve("ok"))).isEqualTo("rw-------");
        assertThat(mode(supervise.resolve("lock"))).isEqualTo("rw-------");
        for (String file : List.of("pid", "stat", "status")) {
            assertThat(mode(supervise.resolve(file))).as(file).isEqualTo("rw-r--r--");
        }
        for (String fifo : List.of("control", "ok")) {
            assertThat(Files.getAttribute(supervise.resolve(fifo), "unix:mode"))
                    .as(fifo)
                    .matches(value -> ((int) value & 0170000) == 0010000);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Nested
    class DaemontoolsAndCheck {

        @Test
        void case_03_svstat_and_svok() {
            Needs.that(
                    Files.isExecutable(Path.of("/usr/bin/svstat")), "svstat is not installed; apt install daemontools");
            String cache = shown.directory().resolve("cache").toString();

            assertThat(ShownTree.run("svstat", cache).line())
                    .matches(".*/cache: up \\(pid " + JVM + "\\) \\d+ seconds");
            assertThat(ShownTree.run("svok", cache).exit()).isZero();
        }

        @Test
        void case_03_the_status_file_has_twenty_bytes() throws IOException {
            assertThat(Files.readAllBytes(shown.supervise("cache").resolve("status")))
                    .hasSize(20)
                    .endsWith(0, 'u', 0, 1);
            ServiceStatus status = shown.status("cache");
            assertThat(status.pid()).isEqualTo((int) JVM);
            assertThat(shown.stat("cache")).isEqualTo("run\n");
            assertThat(shown.supervise("cache").resolve("pid")).isEmptyFile();
            assertThat(shown.supervise("sleeper").resolve("pid")).hasContent(sleeperPid() + "\n");
        }

        @Test
        void case_03_check_tells_from_any_directory() {
            String check = shown.directory().resolve("cache/check").toString();

            assertThat(ShownTree.run(check).exit()).isZero();
            assertThat(ShownTree.run("sh", "-c", "cd / && " + check).exit()).isZero();
            assertThat(ShownTree.run("sh", "-c", "cd " + shown.directory() + "/cache && ./check && sh check")
                            .exit())
                    .isZero();
            shown.sv("stop", "cache");
            assertThat(ShownTree.run(check).exit()).isEqualTo(1);
        }
    }

    private ShownTree.Said tool(String... words) {
        List<String> command = new ArrayList<>(List.of(
                BuiltDist.javaHome() + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                "io.github.pekkosupervisor.runit.launcher.Main"));
        command.addAll(List.of(words));
        return ShownTree.run(command.toArray(String[]::new));
    }

    @Test
    void case_47_the_tree_is_drawn_with_its_strategies() {
        ShownTree.Said drawn = tool("tree", shown.directory().toString());

        assertThat(drawn.said().lines())
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo(shown.directory().toString()),
                        line -> assertThat(line)
                                .matches("└─ @tree run " + JVM + ", \\d+s \\[one-for-one, 100 in 5 s\\]"),
                        line -> assertThat(line).matches("   ├─ cache run " + JVM + ", \\d+s"),
                        line -> assertThat(line).matches("   ├─ sleeper run " + sleeperPid() + ", \\d+s"),
                        line -> assertThat(line)
                                .matches("   └─ workers run " + JVM + ", \\d+s \\[one-for-all, 100 in 5 s\\]"),
                        line -> assertThat(line).matches("      ├─ workers.w1 run " + JVM + ", \\d+s"),
                        line -> assertThat(line).matches("      └─ workers.w2 run " + JVM + ", \\d+s"));
        assertThat(drawn.exit()).isZero();
        assertThat(tool("tree", "--json", shown.directory().toString()).said())
                .startsWith("[{")
                .contains("\"name\":\"workers.w2\"")
                .contains(",\"supervision\":{\"strategy\":\"one-for-all\",\"intensity\":\"100\",\"period\":\"5 s\"}");
    }

    /** Names that mean something in a service directory mean nothing where a tree is shown. */
    @Test
    void case_31_children_called_run_and_log_are_children_to_our_own_tools_too() {
        Path directory = temp.resolve("odd");
        try (ShownTree odd = ShownTree.start(
                directory,
                ShownTree.oneForOne(
                        ShownTree.actor("run"),
                        ChildSpec.supervisor("log", ShownTree.oneForAll(ShownTree.actor("a")))))) {
            ShownTree.Said status = tool("status", directory.toString());
            assertThat(status.said().lines().skip(1))
                    .satisfiesExactly(
                            line -> assertThat(line).matches("@tree +run +" + JVM + " .*"),
                            line -> assertThat(line).matches("log +run +" + JVM + " .*"),
                            line -> assertThat(line).matches("log\\.a +run +" + JVM + " .*"),
                            line -> assertThat(line).matches("run +run +" + JVM + " .*"));
            assertThat(status.exit()).isZero();
            assertThat(tool("tree", directory.toString()).said().lines().skip(2))
                    .satisfiesExactly(
                            line -> assertThat(line).matches("   ├─ log run .*\\[one-for-all, 100 in 5 s\\]"),
                            line -> assertThat(line).matches("   │  └─ log\\.a run .*"),
                            line -> assertThat(line).matches("   └─ run run .*"));
            for (String child : List.of("run", "log", "log.a")) {
                assertThat(odd.sv("restart", child).line()).startsWith("ok: run: " + child + ": ");
            }
        }
    }

    @Test
    void case_47_what_a_supervisor_goes_by_is_shown_as_it_changes() throws IOException {
        Path workers = shown.directory().resolve("workers/.supervision");
        assertThat(workers).hasContent("strategy one-for-all\nintensity 100\nperiod 5 s\n");
        assertThat(shown.directory().resolve("cache/.supervision")).doesNotExist();

        ShownTree.get(shown.supervisor("workers")
                .reconfigure(ShownTree.restForOne(ShownTree.actor("w1"), ShownTree.actor("w2"))
                        .withIntensity(7, Duration.ofSeconds(9))));
        shown.awaitWritten();

        assertThat(workers).hasContent("strategy rest-for-one\nintensity 7\nperiod 9 s\n");
        assertThat(shown.directory().resolve("@tree/.supervision"))
                .hasContent("strategy one-for-one\nintensity 100\nperiod 5 s\ntop\n");
    }

    @Test
    void case_08_a_stop_is_ok_when_it_is_down_and_so_is_a_second_one() {
        long sleeper = incarnation(shown.root(), "sleeper");

        ShownTree.Said stopped = shown.sv("stop", "cache");

        assertThat(stopped.line()).matches("ok: down: cache: \\d+s, normally up");
        assertThat(stopped.exit()).isZero();
        assertThat(incarnation(shown.root(), "sleeper")).isEqualTo(sleeper);
        assertThat(ShownTree.info(shown.root(), "cache").state()).isEqualTo(ChildState.STOPPED);
        // that nobody is asked for anything is in the log: cases 8 and 9 of a JVM of its own
        assertThat(shown.sv("stop", "cache").line()).startsWith("ok: down: cache: ");
    }

    @Test
    void case_09_a_start_is_ok_when_it_runs_and_u_asks_for_nothing_while_it_does() {
        shown.sv("stop", "cache");

        ShownTree.Said started = shown.sv("start", "cache");

        assertThat(started.line()).matches("ok: run: cache: \\(pid " + JVM + "\\) \\d+s");
        assertThat(started.exit()).isZero();
        ShownTree.patiently().until(() -> Collections.frequency(shown.story(), "ChildStarted cache") == 2);
        shown.forgetEvents();
        shown.write("cache", "u");
        shown.sv("restart", "sleeper");
        assertThat(shown.story()).noneMatch(event -> event.endsWith(" cache"));
    }

    @Nested
    class WhatIsOver {

        @Test
        void case_10_a_transient_child_that_has_finished_is_down_and_can_be_started() {
            try (ShownTree finite = ShownTree.start(
                    temp.resolve("finite"),
                    ShownTree.oneForOne(ShownTree.actor("t").withRestart(RestartType.TRANSIENT)))) {
                finite.tell("end", "t");
                ShownTree.patiently()
                        .untilAsserted(() ->
                                assertThat(finite.sv("status", "t").line()).matches("down: t: \\d+s, normally up"));

                assertThat(finite.sv("start", "t").line()).startsWith("ok: run: t: ");
            }
        }

        @Test
        void case_11_a_temporary_child_that_is_stopped_goes_after_a_while() {
            ChildSpec temporary = ShownTree.actor("tmp").withRestart(RestartType.TEMPORARY);
            try (ShownTree finite = ShownTree.start(temp.resolve("finite"), ShownTree.oneForOne(temporary))) {
                assertThat(finite.sv("stop", "tmp").line()).startsWith("ok: down: tmp: ");
                assertThat(finite.sv("status", "tmp").line()).startsWith("down: tmp: ");

                ShownTree.patiently()
                        .until(() -> !Files.exists(finite.directory().resolve("tmp")));
                ShownTree.Said gone = finite.sv("status", "tmp");
                assertThat(gone.line()).contains("unable to change to service directory");
                assertThat(gone.exit()).isEqualTo(1);
            }
        }
    }
}
