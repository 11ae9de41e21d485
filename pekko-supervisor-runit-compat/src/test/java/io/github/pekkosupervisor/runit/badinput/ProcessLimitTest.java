package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where no thread and no process can be made any more, signals are heard and obeyed all the same. */
@Tag("dist")
@Order(1)
class ProcessLimitTest {

    /** The tests may have been started as a job in the background, which ignores these. */
    private static final String UNIGNORED = "--default-signal=HUP,INT,QUIT";

    private static final String LIMIT = "70";

    /** Whoever fills it up goes a little beyond, so that it stays full when he is gone himself. */
    private static final String BEYOND = "76";

    /** Forks until that is refused, and leaves all that behind. */
    private static final String GREEDY =
            "prlimit --nproc=" + BEYOND + " --pid $$ || exit; while sleep 1000 & do :; done";

    @TempDir
    private Path temp;

    private final String user = Integer.toString(40_000 + new Random().nextInt(20_000));
    private Yard yard;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(Yard.isRoot(), "only root can become a user with no other process");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "no setpriv to become another user with");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "no prlimit to set the limit with");
        yard = new Yard(temp);
    }

    @AfterEach
    void close() {
        if (yard != null) {
            yard.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"HUP, 111", "TERM, 0", "INT, 130"})
    void launcher_stops_at_a_limit_that_others_of_its_user_have_reached(String signal, int exitCode)
            throws IOException {
        Path web = yard.healthy("web");
        startLimited("exec dist/bin/runsvdir --stop-on-term services");
        int pid = yard.awaitRun(web);
        Process others = others();
        try {
            send(signal);

            assertThat(yard.exitCode()).isEqualTo(exitCode);
            assertThat(ProcessHandle.of(pid)).isEmpty();
        } finally {
            Yard.command("kill", "-KILL", "--", "-" + others.pid());
        }
    }

    @Test
    void launcher_rescans_and_stops_at_a_limit_that_its_services_have_reached() throws IOException {
        Path web = yard.healthy("web");
        Path greedy = yard.service("greedy");
        startLimited("exec dist/bin/runsvdir services");
        int pid = yard.awaitRun(web);
        Yard.script(greedy.resolve("run"), GREEDY);
        Yard.command("chown", "-R", user, greedy.toString());
        try {
            // of the shell
            yard.awaitComplaint("fork");
            send("ALRM");
            patiently().until(() -> Files.exists(yard.services().resolve(".forced-rescan")));
            send("HUP");

            assertThat(yard.exitCode()).isEqualTo(111);
            assertThat(ProcessHandle.of(pid)).isEmpty();
        } finally {
            // again and again, for one may be in the middle of a fork, and one that was killed needs a moment
            patiently().until(() -> {
                List<Long> left = yard.pids().stream()
                        .filter(one -> one != yard.launcherPid())
                        .toList();
                left.forEach(one -> Yard.command("kill", "-KILL", one.toString()));
                return left.isEmpty();
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 0", "HUP, 129", "INT, 130"})
    void runsv_obeys_at_the_limit(String signal, int exitCode) throws IOException {
        Path web = yard.healthy("web");
        startLimited("exec dist/bin/runsv services/web");
        int pid = yard.awaitRun(web);
        Process others = others();
        try {
            send(signal);

            assertThat(yard.exitCode()).isEqualTo(exitCode);
        } finally {
            Yard.command("kill", "-KILL", "--", "-" + others.pid(), Integer.toString(pid));
            patiently().until(() -> ProcessHandle.of(pid).isEmpty());
        }
    }

    @Test
    void svlogd_obeys_at_the_limit() throws IOException {
        Path log = Files.createDirectory(yard.root().resolve("main"));
        Yard.command("mkfifo", yard.root().resolve("fifo").toString());
        startLimited("exec dist/bin/svlogd -v main <>fifo");
        patiently().until(() -> Files.exists(log.resolve("current")));
        Process others = others();
        try {
            send("HUP");
            yard.awaitComplaint("svlogd: info: sighangup received.\n");
            send("TERM");

            assertThat(yard.exitCode()).isZero();
        } finally {
            Yard.command("kill", "-KILL", "--", "-" + others.pid());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HUP", "INT"})
    void launcher_stops_in_a_full_control_group(String signal) throws IOException {
        Path group = controlGroup();
        Path web = yard.healthy("web");
        try {
            yard.start(
                    "env",
                    UNIGNORED,
                    "sh",
                    "-c",
                    "echo $$ >" + group.resolve("cgroup.procs") + "; exec \"$0\" \"$@\"",
                    Yard.dist().resolve("runsvdir").toString(),
                    yard.services().toString());
            int pid = yard.awaitRun(web);
            Files.writeString(group.resolve("pids.max"), "1");

            send(signal);

            assertThat(yard.exitCode()).isEqualTo(signal.equals("HUP") ? 111 : 130);
            assertThat(ProcessHandle.of(pid)).isEmpty();
        } finally {
            Files.writeString(group.resolve("pids.max"), "max");
            yard.pids().forEach(left -> Yard.command("kill", "-KILL", left.toString()));
            patiently()
                    .until(() -> Files.readString(group.resolve("cgroup.procs")).isEmpty());
            Files.delete(group);
        }
    }

    /** Where the processor is none whose instructions we know. */
    @ParameterizedTest
    @CsvSource({"HUP, 111", "TERM, 0", "INT, 130"})
    void signals_are_heard_by_the_jvms_way_too(String signal, int exitCode) throws IOException {
        Path web = yard.healthy("web");
        yard.with("PEKKO_SUPERVISOR_JAVA_OPTS", "-Dpekko-supervisor.signals=jvm");
        yard.start(
                "env",
                UNIGNORED,
                Yard.dist().resolve("runsvdir").toString(),
                "--stop-on-term",
                yard.services().toString());
        yard.awaitRun(web);

        send(signal);

        assertThat(yard.exitCode()).isEqualTo(exitCode);
    }

    // ---- how the limit comes about

    private void startLimited(String command) throws IOException {
        Path dist = yard.root().resolve("dist");
        // from where the user can reach it
        assertThat(Yard.command("cp", "-r", Yard.dist().resolve("..").toString(), dist.toString()))
                .isEmpty();
        // not the distribution, lest it be made ready for its new place
        assertThat(Yard.command(
                        "find",
                        yard.root().toString(),
                        "-name",
                        "dist",
                        "-prune",
                        "-o",
                        "-exec",
                        "chown",
                        user,
                        "{}",
                        "+"))
                .isEmpty();
        yard.start(
                "env",
                UNIGNORED,
                "setpriv",
                "--reuid=" + user,
                "--clear-groups",
                "--",
                "prlimit",
                "--nproc=" + LIMIT + ":" + BEYOND,
                "sh",
                "-c",
                command);
    }

    /** Other processes of the same user, as many as there may be. */
    private Process others() throws IOException {
        Path words = yard.root().resolve("others");
        Process others = new ProcessBuilder(
                        "setsid",
                        "setpriv",
                        "--reuid=" + user,
                        "--clear-groups",
                        "--",
                        "prlimit",
                        "--nproc=" + BEYOND,
                        "sh",
                        "-c",
                        GREEDY)
                .redirectErrorStream(true)
                .redirectOutput(words.toFile())
                .start();
        patiently().until(() -> !others.isAlive() && Files.readString(words).contains("fork"));
        return others;
    }

    private void send(String signal) {
        assertThat(Yard.command("kill", "-" + signal, Long.toString(yard.launcherPid())))
                .isEmpty();
    }

    private static Path controlGroup() throws IOException {
        Path first = Path.of("/sys/fs/cgroup/pids");
        Path all = Files.isDirectory(first) ? first : Path.of("/sys/fs/cgroup");
        Path group = all.resolve("pekko-supervisor-" + ProcessHandle.current().pid());
        Yard.command("mkdir", group.toString());
        boolean limits = Files.isWritable(group.resolve("pids.max"));
        if (!limits) {
            Yard.command("rmdir", group.toString());
        }
        assumeTrue(limits, "no control group with a limit of processes can be made here");
        return group;
    }
}
