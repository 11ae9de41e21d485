package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.svlogd.LogMark;
import io.github.pekkosupervisor.runit.svlogd.LogSpool;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Services whose {@code service.conf} has us write their logs. */
@Execution(ExecutionMode.CONCURRENT)
class OwnLogTest extends InTree {

    private static final String CONF = "log { directory = main }\n";
    private static final String CURRENT = "log/main/current";

    /** Says what it is told through a FIFO, a line each; nothing is between FIFO and log but the service. */
    private static final String REPEATER = "exec cat <>commands";

    private Service service(String name, String run) throws IOException {
        Service service = tree.service(name).script("run", run);
        Files.writeString(service.path().resolve("service.conf"), CONF);
        return service;
    }

    private static void config(Service service, String lines) throws IOException {
        for (String directory : List.of("log", "log/main")) {
            Path made = Files.createDirectories(service.path().resolve(directory));
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(service.path().resolve("log/main/config"), lines);
    }

    /** All lines in the log, rotated files first. */
    private static List<String> logged(Service service) {
        try (Stream<Path> files = Files.list(service.path().resolve("log/main"))) {
            List<String> lines = new ArrayList<>();
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("@"))
                    .sorted()
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
            lines.addAll(service.lines(CURRENT));
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String mode(Path file) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void lines_are_in_the_log_as_svlogd_leaves_it() throws IOException {
        Service web = service("web", "echo one; echo two; exec sleep 1000");
        tree.start();

        assertThat(web.awaitLines(CURRENT, 2)).containsExactly("one", "two");
        assertThat(mode(web.path().resolve(CURRENT))).isEqualTo("rw-r--r--");
        assertThat(mode(web.path().resolve("log/main/lock"))).isEqualTo("rw-------");
        patiently().until(() -> tree.pids().size() == 1);
        tree.close();
        assertThat(mode(web.path().resolve(CURRENT))).isEqualTo("rwxr--r--");
        assertThat(tree.messages()).isEmpty();
    }

    @Test
    void log_shows_as_a_running_logger_with_the_pid_of_this_jvm() throws IOException {
        Service web = service("web", "exec sleep 1000");
        tree.start();

        assertThat(web.awaitLogRun())
                .isEqualTo(Math.toIntExact(ProcessHandle.current().pid()));
        assertThat(web.logStatus().want()).isEqualTo(Want.UP);
        assertThat(web.lines("log/supervise/stat")).containsExactly("run");
        assertThat(web.path().resolve("log/supervise/control")).exists();
        assertThat(web.path().resolve("log/supervise/ok")).exists();
    }

    /** A script that sends HUP to the process in this file would hit the launcher, and stop all services. */
    @Test
    void pid_file_of_the_log_names_nobody() throws IOException {
        Service web = service("web", "exec sleep 1000");
        tree.start();
        int pid = web.awaitRun();
        web.awaitLogRun();

        assertThat(web.path().resolve("log/supervise/pid")).isEmptyFile();
        assertThat(web.lines("supervise/pid")).containsExactly(Integer.toString(pid));
        web.logControl("du");
        web.awaitLogRun();
        assertThat(web.path().resolve("log/supervise/pid")).isEmptyFile();
    }

    @Test
    void no_line_is_lost_over_restarts_of_the_service() throws IOException {
        int lines = 300;
        // each run says the next line, the last one in two pieces, and ends
        Service web = service(
                "web",
                "i=$(cat next 2>/dev/null || echo 0)\n"
                        + "[ $i -lt " + lines + " ] || exec sleep 1000\n"
                        + "j=$((i + 100)); while [ $i -lt $j ]; do printf \"line \"; echo $i; i=$((i + 1)); done\n"
                        + "echo $i >next");
        tree.start();

        web.awaitLines(CURRENT, lines);

        assertThat(logged(web))
                .containsExactlyElementsOf(
                        IntStream.range(0, lines).mapToObj(i -> "line " + i).toList());
    }

    /** @param written whether it had written them, and died before it was done with the rest */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lines_that_were_on_their_way_when_a_log_was_used_last_are_named(boolean written) throws Exception {
        Service web = service("web", "exec sleep 1000").script("log/run", "exec cat");
        Path supervise = Files.createDirectories(web.path().resolve("log/supervise"));
        Files.delete(web.path().resolve("service.conf"));
        try (Directory home = Directory.open(OsString.of(supervise.toString()));
                LogSpool spool = LogSpool.open(home, OsString.of(".intake"));
                Pipe pipe = Posix.open(PosixSettings.defaults()).pipe()) {
            pipe.writeEnd().write("one\ntwo\n".getBytes(StandardCharsets.US_ASCII));
            spool.took(spool.next(pipe.readEnd(), new byte[100]));
            if (written) {
                spool.keep(LogMark.NOWHERE);
            }
        }
        tree.start();
        web.awaitRun();
        web.awaitLogRun();

        assertThat(tree.messages())
                .isEqualTo(
                        written
                                ? List.of()
                                : List.of("runsv web: warning: 8 bytes that run has written are in"
                                        + " log/supervise/.intake and in no log, since its launcher died on the way and"
                                        + " log in service.conf is not used any more; they stay there until it is, or"
                                        + " until you remove the file\n"));
    }

    @Test
    void down_leaves_lines_in_the_pipe_and_up_takes_them() throws IOException {
        Service web = service("web", "[ -p commands ] || mkfifo commands; " + REPEATER);
        tree.start();
        web.awaitRun();
        patiently().until(() -> Files.exists(web.path().resolve("commands")));
        say(web, "one");
        web.awaitLines(CURRENT, 1);

        web.logControl("d");
        patiently().until(() -> web.logStatus().state() == State.DOWN);
        say(web, "two");

        assertThat(mode(web.path().resolve(CURRENT))).isEqualTo("rwxr--r--");
        assertThat(web.logStatus().want()).isEqualTo(Want.DOWN);
        assertThat(web.lines(CURRENT)).containsExactly("one");
        web.logControl("u");
        assertThat(web.awaitLines(CURRENT, 2)).containsExactly("one", "two");
    }

    private static void say(Service service, String line) throws IOException {
        Files.write(
                service.path().resolve("commands"),
                (line + "\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                java.nio.file.StandardOpenOption.WRITE);
    }

    @Test
    void hangup_reads_the_configuration_anew_and_alarm_rotates() throws IOException {
        Service web = service("web", "[ -p commands ] || mkfifo commands; " + REPEATER);
        tree.start();
        web.awaitRun();
        patiently().until(() -> Files.exists(web.path().resolve("commands")));
        say(web, "one");
        web.awaitLines(CURRENT, 1);

        web.logControl("a");
        patiently().until(() -> web.lines(CURRENT).isEmpty());
        config(web, "pnow: \n");
        web.logControl("h");
        patiently().until(() -> {
            say(web, "two");
            return web.lines(CURRENT).contains("now: two");
        });

        assertThat(logged(web).get(0)).isEqualTo("one");
    }

    @Test
    void term_ends_the_log_cleanly_and_it_starts_again() throws IOException {
        Service web = service("web", "[ -p commands ] || mkfifo commands; " + REPEATER);
        tree.start();
        web.awaitRun();
        patiently().until(() -> Files.exists(web.path().resolve("commands")));
        say(web, "one");
        web.awaitLines(CURRENT, 1);
        var before = web.logStatus().stamp();

        web.logControl("t");
        patiently()
                .until(() -> web.logStatus().state() == State.RUN
                        && web.logStatus().stamp().isAfter(before));
        say(web, "two");

        assertThat(web.awaitLines(CURRENT, 2)).containsExactly("one", "two");
        assertThat(tree.messages()).isEmpty();
    }

    @Test
    void exit_waits_for_the_last_lines_also_one_without_an_end() throws IOException {
        Service web = service(
                "web", "trap 'echo last; printf unfinished; exit' TERM; echo begun\n" + "while :; do sleep 0.05; done");
        tree.start();
        web.awaitLines(CURRENT, 1);

        tree.close();

        assertThat(web.lines(CURRENT)).containsExactly("begun", "last", "unfinished");
    }

    @Test
    void rotation_and_processor_follow_svlogds_configuration() throws IOException {
        Service web = service("web", "for i in 1 2 3 4 5; do echo number $i; done; exec sleep 1000");
        // full at 1018 bytes less the thousand of the longest line: after every second one
        config(web, "s1018\nn0\n!tr a-z A-Z\n");
        tree.start();

        patiently()
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(logged(web))
                        .containsExactly("NUMBER 1", "NUMBER 2", "NUMBER 3", "NUMBER 4", "number 5"));
    }

    @Test
    void log_that_cannot_go_on_holds_back_its_own_service_only() throws IOException {
        // its second rotation waits for the first processor, which waits for us
        Service stuck = service("stuck", "while :; do echo 0123456789; done");
        config(stuck, "s2000\nn0\n!cat; while [ ! -e ../../open ]; do sleep 0.05; done\n");
        Service free = service("free", "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i + 1)); done; exec sleep 1000");
        tree.start();

        patiently().until(() -> blockedInPipe(stuck.awaitRun()));
        patiently().ignoreExceptions().until(() -> free.lines(CURRENT).contains("19999"));

        // it may have waited for its turn before, and not yet for the processor of its log
        patiently().until(() -> blockedInPipe(stuck.status().pid()));
        stuck.file("open");
        stuck.control("d");
        patiently().until(() -> stuck.status().state() == State.DOWN);
    }

    /** It waits in a write, as its state in the kernel says. */
    private static boolean blockedInPipe(int pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/wchan")).contains("pipe_w")
                    || Files.readString(Path.of("/proc/" + pid + "/syscall")).startsWith("1 ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void log_goes_on_after_a_failure_of_its_runsv() throws IOException {
        Service web = service("web", "[ -p commands ] || mkfifo commands; " + REPEATER);
        tree.start();
        int pid = web.awaitRun();
        patiently().until(() -> Files.exists(web.path().resolve("commands")));
        say(web, "one");
        web.awaitLines(CURRENT, 1);

        tree.clock().crash(1);
        web.control(".");
        tree.awaitCrash();
        say(web, "two");

        assertThat(web.awaitLines(CURRENT, 2)).containsExactly("one", "two");
        assertThat(web.awaitRun()).isEqualTo(pid);
    }

    @Test
    void service_survives_that_nobody_reads_its_log_any_more() throws IOException {
        Service web = service("web", "exec sleep 1000");
        tree.start();
        int pid = web.awaitRun();

        Path out = Path.of("/proc/" + pid + "/fd/1");

        // it is a reader of its own pipe: the flags are those of an end opened for both directions
        assertThat(Files.readAllLines(Path.of("/proc/" + pid + "/fdinfo/1")))
                .anyMatch(line -> line.matches("flags:\\s+0\\d*2"));
        assertThat(Files.readSymbolicLink(out).toString()).endsWith("/supervise/.log");
    }

    @Test
    void logger_of_the_service_comes_first() throws IOException {
        Service web = service("web", "echo one; exec sleep 1000").script("log/run", "exec cat >>lines");
        tree.start();

        assertThat(web.awaitLines("log/lines", 1)).containsExactly("one");
        assertThat(tree.messages())
                .containsExactly("runsv web: warning: service.conf: log is not used, since there is log/run;"
                        + " remove one of them\n");
        assertThat(Files.readString(web.path().resolve("supervise/.shortcomings")))
                .startsWith("log of service.conf not used\tservice.conf: log is not used, since ");
        assertThat(web.path().resolve("log/main")).doesNotExist();
    }

    @Test
    void mistakes_in_service_conf_are_told_once_and_the_service_runs() throws IOException {
        Service web = tree.service("web").script("run", "exec sleep 1000");
        Files.writeString(
                web.path().resolve("service.conf"),
                "log {\n  directory = main\n  timestmps = utc\n  line-length = 0\n}\nfoo = 1\n");
        tree.start();

        assertThat(web.awaitRun()).isPositive();
        assertThat(tree.messages())
                .containsExactly(
                        "runsv web: warning: service.conf: 3: key \"log.timestmps\" is not known here; did you mean"
                                + " \"log.timestamps\"?\n",
                        "runsv web: warning: service.conf: 4: \"log.line-length\" must be 1 to 1048576 bytes, was 0\n",
                        "runsv web: warning: service.conf: 6: key \"foo\" is not known here; known are [access,"
                                + " after, cgroup, clear-environment, environment, environment-files, essential, give-up,"
                                + " ignore-exit-codes, limits, live, log, needs, nice, normal-exit-codes,"
                                + " normal-exit-signals, oneshot, oneshot-again, oom-score-adj, process-group, ready,"
                                + " restart, restart-delay, sockets, start-timeout, stop, tree, umask, user, when-need-dies,"
                                + " when-supervisor-dies]; until it is corrected and read again, after sv exit, the file is not used\n");
        assertThat(web.path().resolve("log")).doesNotExist();
    }

    @Test
    void log_directory_in_use_is_complained_of_and_tried_again() throws IOException {
        Service one = service("one", "echo one; exec sleep 1000");
        tree.start();
        one.awaitLines(CURRENT, 1);
        Service made = tree.service(".two").script("run", "echo two; exec sleep 1000");
        Path shared = one.path().resolve("log/main");
        Files.writeString(made.path().resolve("service.conf"), "log { directory = \"" + shared + "\" }");
        Files.move(made.path(), made.path().resolveSibling("two"));

        tree.awaitMessage("runsv two: warning: log: unable to lock directory: " + shared + ": temporary failure");
        one.logControl("d");

        assertThat(one.awaitLines(CURRENT, 2)).containsExactly("one", "two");
    }

    @Test
    void log_that_can_write_nothing_does_not_keep_its_service_from_the_end() throws IOException {
        Service web = service("web", "[ -p commands ] || mkfifo commands; " + REPEATER);
        // a file is full with ten bytes, as there has to be room for a line of 1,000
        config(web, "s1010");
        tree.start();
        Path pipe = Path.of("/proc/" + web.awaitRun() + "/fd/1");
        patiently().until(() -> Files.exists(web.path().resolve("commands")));
        say(web, "zero");
        web.awaitLines(CURRENT, 1);
        // its rotation will be refused, and whatever comes later waits for that
        Files.delete(web.path().resolve(CURRENT));
        say(web, "one\ntwo\nthree");
        tree.awaitMessage("pausing: unable to rename current: main: ");
        say(web, "four");

        try (FileInputStream reader = new FileInputStream(pipe.toFile())) {
            patiently().until(() -> reader.available() == "four\n".length());
            tree.close();

            assertThat(tree.messages()).anyMatch(message -> message.contains("it is not awaited any longer"));
            // what is unread is in the pipe when all is over, and what has been read and not written is for the next
            // time
            assertThat(new BufferedInputStream(reader).readAllBytes())
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo("four\n");
            assertThat(web.path().resolve("log/supervise/.intake"))
                    .content(StandardCharsets.ISO_8859_1)
                    .endsWith("three\n");
        }
    }

    @Test
    void what_was_read_and_not_written_is_written_the_next_time() throws IOException {
        Service web = service("web", "[ -e begun ] || { >begun; echo zero; }; exec sleep 1000");
        config(web, "");
        tree.start();
        web.awaitLines(CURRENT, 1);
        tree.close();

        Path intake = web.path().resolve("log/supervise/.intake");
        Files.writeString(intake, "one\ntwo", java.nio.file.StandardOpenOption.APPEND);
        tree = new Tree(temp, kit());
        tree.start();

        assertThat(web.awaitLines(CURRENT, 2)).containsExactly("zero", "one");
        tree.close();
        assertThat(web.lines(CURRENT)).containsExactly("zero", "one", "two");
    }

    @ParameterizedTest
    @ValueSource(strings = {"directory", "link"})
    void log_goes_on_without_what_keeps_it_whole_and_says_so(String kind) throws IOException {
        Service web = service("web", "echo one; exec sleep 1000");
        config(web, "");
        Path intake = web.path().resolve("log/supervise/.intake");
        Files.createDirectories(intake.getParent());
        Path elsewhere = Files.writeString(temp.resolve(".elsewhere"), "precious\n");
        boolean isLink = kind.equals("link");
        Files.createSymbolicLink(temp.resolve(".link"), elsewhere);
        Files.move(isLink ? temp.resolve(".link") : Files.createDirectory(temp.resolve(".directory")), intake);
        tree.start();

        assertThat(web.awaitLines(CURRENT, 1)).containsExactly("one");

        // a link is replaced, and a directory cannot be
        assertThat(elsewhere).hasContent("precious\n");
        assertThat(tree.messages())
                .isEqualTo(
                        isLink
                                ? List.of()
                                : List.of("runsv web: warning: log: unable to open log/supervise/.intake: is a"
                                        + " directory; if this process is killed, the lines that it is writing may"
                                        + " be written twice\n"));
    }

    @Test
    void log_directory_that_others_can_write_to_is_refused_until_they_cannot() throws IOException {
        Service web = service("web", "echo one; exec sleep 1000");
        config(web, "");
        Path log = web.path().resolve("log/main");
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rwxrwxrwx"));
        tree.start();

        tree.awaitMessage("runsv web: warning: log: refused: main: " + real(log)
                + " can be written to by others than its owner (mode 777); only root and the launcher's own user may be"
                + " able to change it, the directories above it and the log's files: chown and chmod go-w; until then"
                + " lines wait in the pipe\n");
        web.awaitRun();
        assertThat(log.resolve("current")).doesNotExist();
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(web.awaitLines(CURRENT, 1)).containsExactly("one");
        assertThat(tree.messages()).hasSize(1);
    }

    private static Path real(Path path) throws IOException {
        return path.toRealPath();
    }

    @Test
    void log_directory_of_another_user_is_refused() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can give a directory away");
        Service web = service("web", "echo one; exec sleep 1000");
        config(web, "s2000\n!touch ../../ran\n");
        Path log = web.path().resolve("log/main");
        Files.setAttribute(log, "unix:uid", 65534);
        tree.start();

        tree.awaitMessage("log: refused: main: " + real(log) + " belongs to user 65534; ");

        web.awaitRun();
        assertThat(log.resolve("current")).doesNotExist();
        assertThat(log.resolve("lock")).doesNotExist();
    }

    @Test
    void directory_above_that_others_can_write_to_is_as_bad() throws IOException {
        Path yard = Files.createDirectory(temp.resolve(".yard"));
        Path log = Files.createDirectory(yard.resolve("web"));
        Files.setPosixFilePermissions(log, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(yard, PosixFilePermissions.fromString("rwxrwxr-x"));
        Service web = tree.service("web").script("run", "echo one; exec sleep 1000");
        Files.writeString(web.path().resolve("service.conf"), "log { directory = \"" + log + "\" }");
        tree.start();

        tree.awaitMessage("log: refused: " + log + ": " + real(yard)
                + " can be written to by others than its owner (mode 775); ");

        assertThat(log.resolve("current")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"current", "lock", "config", "state", "newstate", "@400000000000000000000000.u"})
    void file_of_the_log_that_is_a_link_is_refused_and_not_followed(String name) throws IOException {
        Service web = service("web", "echo one; exec sleep 1000");
        config(web, "");
        Path target = Files.writeString(web.path().resolve("target"), "precious\n");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-------"));
        Files.deleteIfExists(web.path().resolve("log/main").resolve(name));
        Files.createSymbolicLink(web.path().resolve("log/main").resolve(name), target);
        tree.start();

        tree.awaitMessage("log: refused: main: " + name + " is a link; ");

        web.awaitRun();
        assertThat(target).hasContent("precious\n");
        assertThat(mode(target)).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"current", "config"})
    void file_of_the_log_that_others_can_write_to_is_refused(String name) throws IOException {
        Service web = service("web", "echo one; exec sleep 1000");
        config(web, "");
        Path file = web.path().resolve("log/main").resolve(name);
        Files.writeString(file, "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        tree.start();

        tree.awaitMessage("log: refused: main: " + name + " can be written to by others than its owner (mode 666); ");
    }

    @Test
    void current_that_is_a_fifo_is_refused_and_keeps_nobody_from_the_end() throws Exception {
        Service web = service("web", "echo one; exec sleep 1000");
        config(web, "");
        assertThat(new ProcessBuilder("mkfifo", web.path().resolve(CURRENT).toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.setPosixFilePermissions(web.path().resolve(CURRENT), PosixFilePermissions.fromString("rw-r--r--"));
        tree.start();

        tree.awaitMessage("log: refused: main: current is not a regular file; ");
        web.awaitRun();
        tree.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "service.conf"})
    void service_conf_that_others_can_change_is_not_used(String what) throws IOException {
        Service web = service("web", "exec sleep 1000");
        Path open = web.path().resolve(what);
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxr-x"));
        tree.start();

        assertThat(web.awaitRun()).isPositive();
        assertThat(tree.messages()).hasSize(1);
        assertThat(tree.messages().get(0))
                .startsWith("runsv web: warning: service.conf: log is not used: ")
                .contains(" can be written to by others than its owner (mode 775); ");
        assertThat(web.path().resolve("log")).doesNotExist();
    }

    @Test
    void configuration_without_end_is_complained_of_and_not_read() throws IOException {
        Service web = service("web", "echo one; exec sleep 1000");
        config(web, "");
        try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(
                web.path().resolve("log/main/config").toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        tree.start();

        assertThat(web.awaitLines(CURRENT, 1)).containsExactly("one");
        assertThat(tree.messages())
                .containsExactly("runsv web: warning: log: unable to read config: main: file too big\n");
    }

    @Test
    void message_about_a_service_of_any_name_is_one_line() throws IOException {
        Service odd = tree.service("odd\n\u001b[31mname").script("run", "exec sleep 1000");
        Files.writeString(odd.path().resolve("service.conf"), "log = 1");
        tree.start();

        odd.awaitRun();

        assertThat(tree.messages()).hasSize(1);
        assertThat(tree.messages().get(0)).startsWith("runsv odd\\n\\x1b[31mname: warning: ");
        assertThat(tree.messages().get(0).lines()).hasSize(1);
    }
}
