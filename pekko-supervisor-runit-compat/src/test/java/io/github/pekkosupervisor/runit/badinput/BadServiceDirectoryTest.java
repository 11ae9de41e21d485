package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.patiently;
import static io.github.pekkosupervisor.runit.badinput.Yard.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One service directory is wrong: what is said, what its neighbour notices (nothing), what happens once it is right.
 */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class BadServiceDirectoryTest extends InYard {

    private Path bad;
    private Path good;

    private interface Step {
        void on(Path service) throws IOException;
    }

    @BeforeEach
    void make() throws IOException {
        good = yard.healthy("good");
        bad = yard.service("bad");
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake(
                        "run is missing",
                        Files::createDirectories,
                        "fatal: unable to start ./run: file does not exist"),
                mistake(
                        "run is not executable",
                        service -> chmod(run(service), "rw-r--r--"),
                        "fatal: unable to start ./run: access denied"),
                mistake(
                        "run is no program",
                        service -> Files.writeString(run(service), "exec sleep 1000\n"),
                        "fatal: unable to start ./run: exec format error"),
                mistake(
                        "run is empty",
                        service -> Files.writeString(run(service), ""),
                        "fatal: unable to start ./run: exec format error"),
                mistake(
                        "run names an interpreter that is missing",
                        service -> Files.writeString(run(service), "#!/no/such/interpreter\n"),
                        "fatal: unable to start ./run: file does not exist"),
                mistake(
                        "run is a directory",
                        service -> Files.createDirectories(service.resolve("run")),
                        "fatal: unable to start ./run: access denied"),
                mistake(
                        "run is a link to itself",
                        service -> link(service.resolve("run"), "run"),
                        "fatal: unable to start ./run: symbolic link loop"),
                mistake(
                        "run is a dangling link",
                        service -> link(service.resolve("run"), "../absent"),
                        "fatal: unable to start ./run: file does not exist"),
                mistake(
                        "control is a regular file",
                        service -> file(run(service).resolveSibling("supervise/control")),
                        "fatal: supervise/control exists but is not a fifo"),
                mistake(
                        "control of the logger is a regular file",
                        service -> file(script(run(service).resolveSibling("log/run"), "exec cat")
                                .resolveSibling("supervise/control")),
                        "fatal: log/supervise/control exists but is not a fifo"),
                mistake(
                        "supervise is a regular file",
                        service -> file(run(service).resolveSibling("supervise")),
                        "fatal: unable to open supervise/lock: not a directory"),
                mistake(
                        "supervise is a link to itself",
                        service -> link(run(service).resolveSibling("supervise"), "supervise"),
                        "fatal: unable to open supervise/lock: symbolic link loop"),
                mistake(
                        "supervise is a link to nowhere",
                        service -> link(run(service).resolveSibling("supervise"), "../no/such/place"),
                        "fatal: unable to open supervise/lock: file does not exist"),
                mistake(
                        "lock is a directory",
                        service -> Files.createDirectories(run(service).resolveSibling("supervise/lock")),
                        "fatal: unable to open supervise/lock: is a directory"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void service_says_what_is_wrong_and_comes_up_once_it_is_right(
            String name, Step mistake, String message, String culprit) throws IOException {
        mistake.on(bad);
        yard.start();
        int pid = yard.awaitRun(good);

        yard.awaitComplaint("runsv bad: " + message + "\n");
        // a start that found no run would complain of that; a directory is all that cannot be replaced at once
        if (!culprit.equals("run") || Files.isDirectory(bad.resolve("run"))) {
            delete(bad, culprit);
        }
        delete(bad, "log");
        yard.healthy("bad");
        yard.awaitRun(bad);

        assertThat(Yard.pid(good)).isEqualTo(pid);
        assertThat(yard.complaints().lines()).allMatch(("runsv bad: " + message)::equals);
    }

    /** Each is told; the service runs as without it, and at the end of the test the launcher ends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a = \"\"\"x\"\"\"\" , b = ${HOME}\n",
                "a = \"\"\"x\"\"\"\" , log = { directory = m, x = ${HOME} }\n",
                "a = \"\"\"x\"\"\"\" , b = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n",
                "log { directory = ${HOME} }\n",
                "log += 1\n",
                "[log]\ndirectory = main\n",
                "\0\1\2",
            })
    void service_conf_stops_neither_its_service_nor_the_end_of_all(String text) throws IOException {
        yard.healthy("bad");
        Files.writeString(bad.resolve("service.conf"), text);
        yard.start();

        yard.awaitRun(bad);
        yard.awaitRun(good);

        assertThat(yard.complaints())
                .startsWith("runsv bad: warning: service.conf: ")
                .contains("until it is corrected and read again, after sv exit, the file is not used\n")
                .doesNotContain("please report", "Config");
    }

    /** That may say as which user it is to run, and is not read. */
    @ParameterizedTest
    @ValueSource(strings = {"include \"other\"\n", "include file(\"fifo\")\n"})
    void service_conf_that_asks_for_another_file_has_run_not_started(String text) throws IOException {
        yard.healthy("bad");
        Yard.command("mkfifo", bad.resolve("fifo").toString());
        Files.writeString(bad.resolve("service.conf"), text);
        yard.start();

        yard.awaitRun(good);
        yard.awaitComplaint("runsv bad: warning: run is not started, since service.conf seems to say as which user");

        assertThat(yard.complaints()).contains("include is not possible here");
        assertThat(Yard.command("kill", "-HUP", Long.toString(yard.launcherPid())))
                .isEmpty();
        assertThat(yard.exitCode()).isEqualTo(111);
    }

    @Test
    void log_that_is_a_file_is_warned_of_and_ignored() throws IOException {
        yard.healthy("bad");
        file(bad.resolve("log"));
        yard.start();

        yard.awaitRun(bad);

        assertThat(yard.complaints()).isEqualTo("runsv bad: warning: ./log: not a directory.\n");
    }

    static Stream<Arguments> confs() {
        return Stream.of(
                conf("[[[", file -> Files.writeString(file, "log=" + "[".repeat(600)), "1: it has more than 32 levels"),
                conf(
                        "doubling",
                        file -> Files.writeString(file, doubling()),
                        "\"log.directory\" uses another value (by ${ } or +=), which is not known here"),
                conf("link to a secret", file -> link(file, "../../secret"), "it is a link, which is not followed"));
    }

    static Stream<Arguments> unreadable() {
        return Stream.of(
                conf(
                        "1 GB",
                        file -> Yard.command("truncate", "-s", "1G", file.toString()),
                        "it is longer than 65536 bytes"),
                conf("FIFO", file -> Yard.command("mkfifo", file.toString()), "it is not a regular file"),
                conf("link to /dev/zero", file -> link(file, "/dev/zero"), "it is a link, which is not followed"),
                conf("directory", Files::createDirectories, "it is not a regular file"));
    }

    private static String doubling() {
        StringBuilder text = new StringBuilder("log.directory = xxxxxxxxxxxxxxxxxxxx\n");
        for (int i = 1; i < 40; i++) {
            text.append("log.directory = ${log.directory}${log.directory}\n");
        }
        return text.toString();
    }

    private static Arguments conf(String name, Step content, String message) {
        return Arguments.of(name, content, message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("confs")
    void service_conf_harms_nobody_and_the_service_runs_without_it(String name, Step content, String message)
            throws IOException {
        makeThree(content);
        yard.start();

        threeRun();

        threeAreWarnedOf(message);
    }

    /** Who is not root has no rights that {@code run} could have by mistake. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void service_conf_that_cannot_be_read_is_done_without_where_the_launcher_is_not_of_root(
            String name, Step content, String message) throws IOException {
        makeThree(content);
        yard.giveToNobody();
        yard.start(Yard.asNobody(
                        Yard.dist().resolve("runsvdir").toString(),
                        yard.services().toString())
                .toArray(String[]::new));

        threeRun();

        threeAreWarnedOf(message);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unreadable")
    void service_conf_that_cannot_be_read_has_run_not_started_by_root(String name, Step content, String message)
            throws IOException {
        assumeTrue(Yard.isRoot(), "only root has rights to lose");
        makeThree(content);
        yard.start();

        yard.awaitRun(good);
        for (String service : List.of("bad", "worse", "worst")) {
            yard.awaitComplaint(
                    "runsv " + service + ": warning: run is not started, since service.conf cannot be read,");
        }

        assertThat(yard.complaints().lines())
                .hasSize(6)
                .filteredOn(line -> line.contains(message))
                .hasSize(3);
        assertThat(Yard.command("kill", "-HUP", Long.toString(yard.launcherPid())))
                .isEmpty();
        assertThat(yard.exitCode()).isEqualTo(111);
    }

    private void makeThree(Step content) throws IOException {
        Files.writeString(yard.root().resolve("secret"), "keyword = 1\n");
        for (String service : List.of("bad", "worse", "worst")) {
            content.on(yard.healthy(service).resolve("service.conf"));
        }
    }

    private void threeRun() {
        yard.awaitRun(good);
        for (String service : List.of("bad", "worse", "worst")) {
            yard.awaitRun(yard.service(service));
        }
    }

    private void threeAreWarnedOf(String message) {
        assertThat(yard.complaints().lines())
                .hasSize(3)
                .allMatch(
                        line -> line.contains(": warning: ") && line.contains("service.conf") && line.contains(message))
                .noneMatch(line -> line.contains("keyword"));
        assertThat(Yard.command("kill", "-HUP", Long.toString(yard.launcherPid())))
                .isEmpty();
        assertThat(yard.exitCode()).isEqualTo(111);
    }

    @Test
    void entries_that_lead_nowhere_are_named_once_and_followed_when_they_do() throws IOException {
        link(yard.service("dangling"), "../elsewhere");
        link(yard.service("loop"), "loop");
        link(yard.service("first"), "second");
        link(yard.service("second"), "first");
        link(yard.service("file"), "../stderr");
        yard.start();
        int pid = yard.awaitRun(good);
        yard.awaitComplaint("unable to stat loop: symbolic link loop\n");
        yard.awaitComplaint("unable to stat first: symbolic link loop\n");
        yard.awaitComplaint("unable to stat second: symbolic link loop\n");
        yard.awaitComplaint("unable to stat dangling: file does not exist\n");

        Path elsewhere = Yard.sleeper(yard.root().resolve("elsewhere"));
        yard.awaitRun(elsewhere);

        assertThat(Yard.pid(good)).isEqualTo(pid);
        assertThat(yard.complaints()).doesNotContain("unable to stat file");
        assertThat(yard.complaints().lines().filter(line -> line.contains("stat loop")))
                .hasSize(1);
    }

    @Test
    void two_links_to_one_directory_are_one_service() throws IOException {
        Path shared = Yard.sleeper(yard.root().resolve("shared"));
        link(yard.service("one"), "../shared");
        link(yard.service("two"), "../shared");

        yard.start();
        yard.awaitRun(shared);
        yard.awaitRun(good);

        patiently().until(() -> yard.pids().size() == 3);
        assertThat(yard.complaints()).isEmpty();
    }

    @Test
    void second_supervisor_is_refused_and_takes_over_when_the_first_has_gone() throws Exception {
        yard.healthy("bad");
        Files.createDirectories(bad.resolve("supervise"));
        Path locked = bad.resolve("supervise/lock");
        file(locked);
        Process first =
                new ProcessBuilder("flock", "-x", locked.toString(), "sh", "-c", "echo locked; exec cat").start();
        assertThat(first.getInputStream().read()).isEqualTo('l');
        yard.start();
        int pid = yard.awaitRun(good);

        yard.awaitComplaint("runsv bad: fatal: unable to lock supervise/lock: temporary failure\n");
        assertThat(Yard.pid(bad)).isZero();
        first.getOutputStream().close();
        yard.awaitRun(bad);

        assertThat(Yard.pid(good)).isEqualTo(pid);
    }

    @Test
    void read_only_supervise_is_named_and_left_when_it_can_be_written() throws IOException {
        yard.healthy("bad");
        Path supervise = yard.mount(bad.resolve("supervise"), "size=64k");
        Yard.remount(supervise, "ro");
        yard.start();
        int pid = yard.awaitRun(good);

        yard.awaitComplaint("runsv bad: fatal: unable to open supervise/lock: read-only file system\n");
        Yard.remount(supervise, "rw");
        yard.awaitRun(bad);

        assertThat(Yard.pid(good)).isEqualTo(pid);
        assertThat(Yard.command("kill", "-HUP", Long.toString(yard.launcherPid())))
                .isEmpty();
        assertThat(yard.exitCode()).isEqualTo(111);
    }

    @Test
    void full_file_system_is_named_once_and_the_service_runs_all_the_same() throws IOException {
        script(bad.resolve("run"), "echo up >>../../ups; exec sleep 1000");
        Path supervise = yard.mount(bad.resolve("supervise"), "size=64k");
        Yard.command("dd", "if=/dev/zero", "of=" + supervise.resolve("ballast"), "bs=4k");
        yard.start();
        int pid = yard.awaitRun(good);

        yard.awaitComplaint("runsv bad: warning: unable to write supervise/pid.new: out of disk space\n");
        Path ups = yard.root().resolve("ups");
        patiently().until(() -> Files.exists(ups) && Files.readAllLines(ups).size() == 1);
        Files.delete(supervise.resolve("ballast"));
        yard.awaitRun(bad);

        assertThat(Yard.pid(good)).isEqualTo(pid);
        assertThat(Files.readAllLines(yard.root().resolve("ups"))).hasSize(1);
        assertThat(yard.complaints().lines().filter(line -> line.contains("pid.new")))
                .hasSize(1);
        assertThat(Yard.command("kill", "-HUP", Long.toString(yard.launcherPid())))
                .isEmpty();
        assertThat(yard.exitCode()).isEqualTo(111);
    }

    @Test
    void unreadable_directories_are_named_and_used_when_they_can_be() throws IOException {
        yard.healthy("bad");
        script(yard.service("mute").resolve("run"), "exec sleep 1000");
        Files.createDirectories(yard.service("mute").resolve("supervise"));
        yard.giveToNobody();
        chmod(bad, "---------");
        chmod(yard.service("mute").resolve("supervise"), "---------");
        yard.start(Yard.asNobody(
                        Yard.dist().resolve("runsvdir").toString(),
                        yard.services().toString())
                .toArray(String[]::new));
        int pid = yard.awaitRun(good);

        yard.awaitComplaint("runsv bad: fatal: unable to change to directory: access denied\n");
        yard.awaitComplaint("runsv mute: fatal: unable to open supervise/lock: access denied\n");
        chmod(bad, "rwx------");
        chmod(yard.service("mute").resolve("supervise"), "rwx------");
        yard.awaitRun(bad);
        yard.awaitRun(yard.service("mute"));

        assertThat(Yard.pid(good)).isEqualTo(pid);
    }

    @Test
    void services_directory_that_is_missing_or_unreadable_is_waited_for() throws IOException {
        Path later = yard.root().resolve("later");
        yard.giveToNobody();
        yard.start(Yard.asNobody(Yard.dist().resolve("runsvdir").toString(), later.toString())
                .toArray(String[]::new));
        yard.awaitComplaint("runsvdir " + later + ": warning: unable to stat " + later + ": file does not exist\n");

        Files.move(yard.services(), later);
        yard.awaitRun(later.resolve("good"));
        int pid = Yard.pid(later.resolve("good"));
        Files.createDirectory(yard.services());
        chmod(later, "-wx------");
        script(later.resolve("another/run"), "exec sleep 1000");
        yard.giveToNobody();
        yard.awaitComplaint("runsvdir " + later + ": warning: unable to open directory " + later + ": access denied\n");
        chmod(later, "rwx------");
        yard.awaitRun(later.resolve("another"));

        assertThat(Yard.pid(later.resolve("good"))).isEqualTo(pid);
    }

    @Test
    void removed_service_directory_ends_its_service_and_no_other() throws IOException {
        yard.healthy("bad");
        yard.start();
        int pid = yard.awaitRun(good);
        int removed = yard.awaitRun(bad);

        delete(yard.services(), "bad");
        patiently().until(() -> !yard.pids().contains((long) removed));

        assertThat(Yard.pid(good)).isEqualTo(pid);
    }

    @Test
    void stop_that_waits_says_for_whom_and_why() throws IOException {
        yard.healthy("bad");
        script(bad.resolve("control/t"), "exit 0");
        script(yard.healthy("worse").resolve("finish"), "exec sleep 1000");
        script(yard.service("worst").resolve("run"), "sleep 1000 & : >begun; exec sleep 1000");
        script(yard.service("worst").resolve("log/run"), "exec cat >/dev/null");
        yard.start();
        yard.awaitRun(good);
        int pid = yard.awaitRun(bad);
        yard.awaitRun(yard.service("worse"));
        yard.awaitRun(yard.service("worst"));
        patiently().until(() -> Files.exists(yard.service("worst").resolve("begun")));
        String waits = ": warning: not over 10 seconds after it was asked to end: ";

        Yard.command("kill", "-HUP", Long.toString(yard.launcherPid()));
        yard.awaitComplaint("runsv bad" + waits + "./run (pid " + pid + ") goes on, and control/t keeps TERM back;"
                + " sv kill ends it\n");
        yard.awaitComplaint("runsv worse" + waits + "./finish (pid " + Yard.pid(yard.service("worse")) + ") goes on\n");
        yard.awaitComplaint("runsv worst" + waits + "log/run (pid "
                + Yard.pid(yard.service("worst").resolve("log")) + ") goes on: somebody whom the service has started");

        assertThat(yard.complaints().lines()).hasSize(3);
        Yard.control(bad, new byte[] {'k'});
        yard.pids().stream()
                .filter(left -> left != yard.launcherPid() && left != pid)
                .forEach(left -> Yard.command("kill", "-KILL", Long.toString(left)));
        assertThat(yard.exitCode()).isEqualTo(111);
    }

    @Test
    void lone_runsv_that_waits_says_for_what_and_why() throws IOException {
        yard.healthy("bad");
        script(bad.resolve("control/t"), "exit 0");
        yard.start(Yard.dist().resolve("runsv").toString(), bad.toString());
        int pid = yard.awaitRun(bad);

        Yard.command("kill", "-TERM", Long.toString(yard.launcherPid()));
        yard.awaitComplaint("runsv " + bad + ": warning: not over 10 seconds after it was asked to end: ./run (pid "
                + pid + ") goes on, and control/t keeps TERM back; sv kill ends it\n");

        Yard.control(bad, new byte[] {'k'});
        assertThat(yard.exitCode()).isZero();
    }

    @Test
    void renamed_service_directory_goes_on() throws IOException {
        yard.healthy("bad");
        yard.start();
        int pid = yard.awaitRun(bad);
        Path renamed = yard.service("better");

        Files.move(bad, renamed);
        Yard.control(renamed, new byte[] {'p'});
        patiently().until(() -> Yard.stat(renamed).equals("run, paused\n"));

        assertThat(Yard.pid(renamed)).isEqualTo(pid);
        assertThat(yard.pids()).contains((long) pid);
    }

    private static Path run(Path service) throws IOException {
        return script(service.resolve("run"), "exec sleep 1000");
    }

    private static void file(Path file) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, "");
    }

    private static void link(Path link, String target) throws IOException {
        Files.createDirectories(link.resolveSibling("."));
        Files.createSymbolicLink(link, Path.of(target));
    }

    private static void chmod(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    /** Deletes names below a directory with all that is in them; links are not followed. */
    private static void delete(Path directory, String... names) throws IOException {
        for (String name : names) {
            Path named = directory.resolve(name);
            if (Files.exists(named, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                // at once for whoever looks
                Path top = Files.move(named, directory.resolve(".deleted"));
                try (Stream<Path> files = Files.walk(top)) {
                    List<Path> deepestFirst =
                            files.sorted(Comparator.reverseOrder()).toList();
                    for (Path file : deepestFirst) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    /** The first word names the culprit. */
    private static Arguments mistake(String name, Step step, String message) {
        return Arguments.of(name, step, message, name.startsWith("run") ? "run" : "supervise");
    }
}
