package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adoption of processes of which a launcher may not see everything, and by a launcher that may not do everything. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfHiddenProcessesTest extends InEstate {

    @Test
    void case_03_as_an_unprivileged_user() throws Exception {
        Path web = estate.writer("web", 0.01, 1_000_000_000);
        Path other = estate.sleeper("other");
        script(other.resolve("finish"), "echo \"$1 $2\" >>ends");
        launchWith(Rights.NOBODYS);
        estate.start();
        estate.awaitUp(web, web.resolve("log"), other);
        Map<Path, Integer> before = estate.pids();

        estate.lose();
        estate.awaitUp(web, web.resolve("log"), other);

        assertThat(estate.pids()).isEqualTo(before);
        kill("KILL", status(other).pid());
        patiently().until(() -> lines(other.resolve("ends")).size() == 1);
        assertThat(lines(other.resolve("ends"))).isSubsetOf(toldOf("-1 9"));
        estate.awaitUp(other);
        // status may say that it runs until finish has been started
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(estate.all())).isEmpty());
        assertThat(estate.complaints()).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(web.resolve("log/lines"), web.resolve("notes")))
                .isEmpty();
    }

    /** @param loggerToo whether the logger is another user's too, as with {@code chpst -u log svlogd} */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_04_as_root_who_may_not_trace_with_services_of_other_users(boolean loggerToo) throws Exception {
        needsRoot();
        letOthersIn();
        String asNobody = "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- ";
        Path web = estate.service(
                "web",
                asNobody
                        + WrittenLines.command(estate.writer(), 0.01, 1_000_000_000, estate.directory("web"))
                                .substring("exec ".length()));
        Path logger = web.resolve("log");
        script(logger.resolve("run"), (loggerToo ? asNobody : "exec ") + "cat >>lines");
        Path other = estate.service("other", asNobody + "sleep 100000");
        script(other.resolve("finish"), "echo \"$1 $2\" >>ends");
        Files.setPosixFilePermissions(web, PosixFilePermissions.fromString("rwxrwxrwx"));
        launchWith(Rights.ROOTS_WITHOUT_TRACING);
        estate.startBelow(PROMPTLY);
        estate.awaitUp(web, logger, other);
        patiently()
                .until(() ->
                        isNobodys(status(web).pid()) && isNobodys(status(other).pid()));
        int ofLogger = status(logger).pid();
        patiently().until(() -> isNobodys(ofLogger) == loggerToo);
        Estate.awaitNoting(web);
        Map<Path, Integer> before = estate.pids();

        estate.loseBelow();
        estate.awaitUp(web, logger, other);

        assertThat(estate.pids()).isEqualTo(before);
        assertThat(status(logger).pid()).isEqualTo(ofLogger);
        kill("KILL", status(other).pid());
        patiently().until(() -> lines(other.resolve("ends")).size() == 1);
        assertThat(lines(other.resolve("ends"))).isSubsetOf(toldOf("-1 9"));
        estate.awaitUp(other);
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(estate.all())).isEmpty());
        assertThat(estate.complaints()).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(web.resolve("log/lines"), web.resolve("notes")))
                .isEmpty();
    }

    @Test
    void case_18_directory_removed_and_where_the_service_is_cannot_be_seen() throws Exception {
        needsRoot();
        letOthersIn();
        Path web = estate.make(
                "web", "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000");
        estate.link("web");
        launchWith(Rights.ROOTS_WITHOUT_TRACING);
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        patiently().until(() -> isNobodys(pid));
        estate.killLauncher();
        estate.unlink("web");
        Estate.run("rm", "-rf", web.toString());

        estate.start();
        patiently().until(() -> !estate.complaints().isEmpty());

        assertThat(estate.complaints())
                .isEqualTo("runsvdir " + estate.services() + ": warning: " + web + " is gone, and its run, process "
                        + pid + ", goes on in a directory that cannot be seen: it is left alone; end it if it is not"
                        + " to go on\n");
        assertThat(Files.exists(Path.of("/proc/" + pid))).isTrue();
        kill("KILL", pid);
    }

    static boolean isNobodys(int pid) throws IOException {
        return Files.getAttribute(Path.of("/proc/" + pid), "unix:uid").equals(Integer.valueOf(NOBODY))
                || Files.readString(Path.of("/proc/" + pid + "/status")).contains("Uid:\t" + NOBODY);
    }

    /** As people do who let a user use {@code sv} by giving him all of {@code supervise}. */
    private static void giveSupervise(Path service, String user) {
        assertThat(Estate.run("chown", "-R", user, service.resolve("supervise").toString()))
                .isEmpty();
    }

    @Test
    void who_has_supervise_has_no_process_of_others_signalled() throws Exception {
        needsRoot();
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitAllUp();
        int pid = status(web).pid();
        estate.killLauncher();
        giveSupervise(web, NOBODY);
        Files.delete(estate.runs());

        estate.start();
        estate.awaitUp(other);
        patiently().until(() -> estate.complaints().contains("belongs to user"));

        assertThat(estate.complaints().lines())
                .containsExactly("runsv web: warning: supervise/.state names process " + pid + ", and somebody else may"
                        + " have written that, since supervise belongs to user " + NOBODY + ": nothing is started or"
                        + " signalled; if that is the service's process, give supervise and .state back to the user of"
                        + " this supervisor, or end it; else remove supervise/.state and make an empty"
                        + " supervise/status");
        assertThat(Copies.of(web)).containsExactly((long) pid);
        giveSupervise(web, "0");
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    /** Somebody has written the number of one that is not the service's. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void who_is_not_the_service_s_is_left_alone_when_the_operator_says_so(boolean recordIsThere) throws Exception {
        needsRoot();
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        giveSupervise(web, NOBODY);
        Files.delete(estate.runs());
        Path record = web.resolve("supervise/.state");
        if (!recordIsThere) {
            Files.delete(record);
        }
        estate.start();
        patiently().until(() -> estate.complaints().contains("somebody else may have written that"));

        // as it says
        if (recordIsThere) {
            Files.delete(record);
        }
        Files.write(web.resolve("supervise/status"), new byte[0]);
        patiently().until(() -> Copies.of(web).size() == 2);

        estate.awaitUp(web);
        assertThat(status(web).pid()).isNotEqualTo(pid);
        sv("stop", web);
        assertThat(Copies.of(web)).as("it has not been signalled").containsExactly((long) pid);
        kill("KILL", pid);
        patiently().until(() -> Copies.of(web).isEmpty());
    }

    /** It is by this file that is adopted what no record names. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void who_has_status_has_no_process_of_others_signalled(boolean his) throws Exception {
        needsRoot();
        letOthersIn();
        Path web = estate.service(
                "web",
                his
                        ? "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000"
                        : "exec sleep 100000");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitUp(web, other);
        int pid = status(web).pid();
        patiently().until(() -> isNobodys(pid) == his);
        estate.killLauncher();
        Files.delete(web.resolve("supervise/.state"));
        Files.delete(estate.runs());
        Path status = web.resolve("supervise/status");
        Files.setAttribute(status, "unix:uid", Integer.valueOf(NOBODY));

        estate.start();
        estate.awaitUp(other);
        patiently().until(() -> !estate.complaints().isEmpty());

        assertThat(estate.complaints())
                .isEqualTo(
                        his
                                ? "runsv web: warning: supervise/.state does not name it: run is adopted by"
                                        + " supervise/status, pid " + pid + "\n"
                                : "runsv web: warning: supervise/status names process " + pid + ", and somebody else"
                                        + " may have written that, since supervise/status belongs to user " + NOBODY
                                        + ": nothing is started or signalled; if that is the service's process, give"
                                        + " supervise and status back to the user of this supervisor, or end it; else"
                                        + " make an empty supervise/status\n");
        assertThat(Copies.of(web)).containsExactly((long) pid);
        Files.setAttribute(status, "unix:uid", 0);
        estate.awaitUp(web);
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void who_has_supervise_and_whose_the_service_is_has_it_adopted() throws Exception {
        needsRoot();
        letOthersIn();
        Path web = estate.service(
                "web", "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> isNobodys(status(web).pid()));
        int pid = status(web).pid();
        estate.killLauncher();
        giveSupervise(web, NOBODY);

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        sv("stop", web);
        assertThat(Copies.of(web)).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    private static void needsMounts() {
        needsRoot();
        assumeTrue(
                Estate.run("unshare", "-m", "sh", "-c", "mount -t tmpfs none /proc/sys/kernel/random")
                        .isEmpty(),
                "mounts are not allowed here");
    }

    /** What this prints to standard output is nothing; then the launcher follows. */
    private void startedAfter(String mount) {
        estate.startedBy("unshare", "-m", "sh", "-c", mount + " && exec \"$@\"", "sh");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "true, false"})
    void where_the_id_of_the_boot_is_hidden_nothing_is_started_twice(boolean before, boolean after) throws Exception {
        needsMounts();
        String hide = "mount -t tmpfs none /proc/sys/kernel/random";
        Path web = estate.writer("web", 0.01, 1_000_000_000);
        startedAfter(before ? hide : "true");
        estate.start();
        estate.awaitUp(web, web.resolve("log"));
        Map<Path, Integer> pids = estate.pids();
        int logger = status(web.resolve("log")).pid();

        estate.killLauncher();
        startedAfter(after ? hide : "true");
        estate.start();
        estate.awaitUp(web, web.resolve("log"));

        assertThat(estate.pids()).isEqualTo(pids);
        assertThat(status(web.resolve("log")).pid()).isEqualTo(logger);
        assertThat(Copies.problems(estate.all())).isEmpty();
        sv("stop", web);
        assertThat(status(web).state()).isEqualTo(State.DOWN);
        assertThat(Copies.of(web)).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    /** It lets nobody look into it, so {@code /proc} does not show it even to who has started it. */
    @ParameterizedTest
    @CsvSource({"1, false, adopted", "1, true, adopted", "2, false, adopted", "2, true, adopted", "2, true, named"})
    void process_that_proc_hides_is_known_by_its_pidfd(int hidepid, boolean isRemoved, String expected)
            throws Exception {
        needsMounts();
        Path web = estate.service(
                "web", "exec perl -e 'syscall(" + numberOfPrctl() + ", 4, 0, 0, 0, 0); sleep 1 while 1'");
        Path other = estate.sleeper("other");
        letOthersIn();
        toNobody(estate.root());
        startedAfter("mount -t proc -o hidepid=" + hidepid + " proc /proc && set -- setpriv --reuid=" + NOBODY
                + " --regid=" + NOBODY + " --clear-groups -- \"$@\"");
        estate.start();
        estate.awaitUp(web, other);
        int pid = status(web).pid();
        patiently()
                .until(() -> Files.getAttribute(Path.of("/proc/" + pid + "/fd"), "unix:uid")
                        .equals(0));
        estate.killLauncher();
        if (isRemoved) {
            Estate.run("rm", "-rf", web.resolve("supervise").toString());
        }
        if (expected.equals("named")) {
            estate.listBirth(0);
        }

        estate.start();
        estate.awaitUp(other);
        if (expected.equals("named")) {
            patiently().until(() -> !estate.complaints().isEmpty());
            assertThat(estate.complaints())
                    .isEqualTo("runsv web: warning: the list of services says that run is process " + pid
                            + ", which goes on in a directory that cannot be seen, and supervise/.state does not name"
                            + " it: nothing is started while it runs; end it if it is not to go on\n");
            kill("KILL", pid);
            estate.awaitUp(web);
            return;
        }
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints())
                .isEqualTo(
                        isRemoved
                                ? "runsv web: warning: supervise/.state does not name it: run is adopted, pid " + pid
                                        + ", which the list of services names\n"
                                : "");
        sv("restart", web);
        // since when it runs is not to be seen, so for sv it may have been started in this second
        patiently().until(() -> status(web).pid() != 0 && status(web).pid() != pid);
        assertThat(AdoptionOfEntriesTest.runs(pid)).isFalse();
    }

    /** What has ended stays in the list, and by now its number is that of somebody whom {@code /proc} hides. */
    @Test
    void number_of_one_that_has_ended_is_a_strangers_whom_proc_hides() throws Exception {
        needsMounts();
        Path web = estate.sleeper("web");
        letOthersIn();
        toNobody(estate.root());
        startedAfter("mount -t proc -o hidepid=1 proc /proc && set -- setpriv --reuid=" + NOBODY + " --regid=" + NOBODY
                + " --clear-groups -- \"$@\"");
        estate.start();
        estate.awaitUp(web);
        estate.killLauncher();
        kill("KILL", status(web).pid());
        patiently().until(() -> Copies.of(web).isEmpty());
        Estate.run("rm", "-rf", web.resolve("supervise").toString());
        ListedRun listed = ListedRun.parse(Files.readAllBytes(estate.runs())).get(0);
        Known run = listed.run();
        assumeTrue(run.pidfdInode() != 0, "this kernel does not number pidfds");
        int stranger = (int) ProcessHandle.current().pid();
        ProcessIdentity who = new ProcessIdentity(
                stranger, run.identity().startTicks(), run.identity().bootId());
        Files.write(
                estate.runs(),
                new ListedRun(listed.id(), listed.birth(), new Known(who, run.pidfdInode(), run.leadsGroup()))
                        .toLine());

        estate.start();
        estate.awaitUp(web);

        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    /** Its record is on a bad block, so to say: nobody will ever be able to read it. */
    @Test
    void record_that_can_never_be_read_keeps_nobody_from_the_end_for_longer_than_ten_seconds() throws Exception {
        needsMounts();
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitAllUp();
        int pid = status(web).pid();
        estate.killLauncher();
        // nothing is at the address 0 of a process
        startedAfter("mount --bind /proc/$$/mem " + web.resolve("supervise/.state"));
        estate.start();
        estate.awaitUp(other);
        patiently().until(() -> estate.complaints().contains("input/output error"));

        estate.stop();

        assertThat(estate.complaints().lines().filter(line -> line.startsWith("runsv ")))
                .hasSize(2)
                .last()
                .isEqualTo("runsv web: warning: not over 10 seconds after it was asked to end: it still cannot be told"
                        + " whether processes run here that were started before: it ends now, and what runs goes on");
        assertThat(Copies.of(web)).containsExactly((long) pid);
        assertThat(Copies.of(other)).isEmpty();
        kill("KILL", pid);
    }

    /** Of a start that was cut, with the processes of others beside it. */
    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void cut_start_of_an_unprivileged_launcher_is_not_mistaken_for_the_processes_of_others(
            boolean hidden, boolean there) throws Exception {
        needsMounts();
        letOthersIn();
        Path web = estate.sleeper("web");
        assertThat(Estate.run(
                        "chown", "-R", NOBODY + ":" + NOBODY, estate.root().toString()))
                .isEmpty();
        startedAfter((hidden ? "mount -t proc -o hidepid=1 proc /proc" : "true") + " && set -- setpriv --reuid="
                + NOBODY + " --regid=" + NOBODY + " --clear-groups -- \"$@\"");
        estate.with("-P");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        long tick = ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();
        estate.killLauncher();
        if (!there) {
            kill("KILL", pid);
            patiently().until(() -> Copies.of(web).isEmpty());
        }
        AdoptionOfRecordsTest.change(
                web, record -> AdoptionOfRecordsTest.starting(record, new Intent(Program.RUN, tick - 1, 1, 0)));
        // daemons of somebody else, each in a session of its own
        Path daemons = estate.root().resolve("daemons");
        for (int i = 0; i < 2; i++) {
            Estate.run(
                    "sh",
                    "-c",
                    "cd /; " + estate.mark() + " setsid -f sh -c 'echo $$ >>" + daemons
                            + "; exec sleep 300000' >/dev/null 2>&1");
        }
        patiently().until(() -> lines(daemons).size() == 2);

        estate.start();
        estate.awaitUp(web);

        lines(daemons).forEach(daemon -> kill("KILL", Long.parseLong(daemon)));
        assertThat(status(web).pid() == pid).isEqualTo(there);
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    /** By prctl(2), which shells have not: number 4 is PR_SET_DUMPABLE. */
    @ParameterizedTest
    @EnumSource(Rights.class)
    void case_05_process_that_lets_nobody_look(Rights rights) throws Exception {
        int prctl = numberOfPrctl();
        Path web = estate.service(
                "web",
                "exec perl -e '$| = 1; syscall(" + prctl + ", 4, 0, 0, 0, 0);"
                        + " $SIG{TERM} = sub { print \"over\\n\"; exit 3 }; print \"begun\\n\"; sleep 1 while 1'");
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat >>lines");
        script(web.resolve("finish"), "echo \"$1 $2\" >>ends");
        launchWith(rights);
        estate.startBelow(PROMPTLY);
        estate.awaitUp(web, logger);
        patiently().until(() -> lines(logger.resolve("lines")).size() == 1);
        int pid = status(web).pid();
        int its = status(logger).pid();

        estate.loseBelow();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(status(logger).pid()).isEqualTo(its);
        sv("stop", web);
        assertThat(status(web).state()).as(estate.complaints()).isEqualTo(State.DOWN);
        assertThat(lines(web.resolve("ends"))).hasSize(1).isSubsetOf(toldOf("3 0"));
        patiently()
                .untilAsserted(() -> assertThat(lines(logger.resolve("lines"))).containsExactly("begun", "over"));
        assertThat(estate.complaints()).isEmpty();
    }
}
