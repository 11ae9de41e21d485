package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.adoption.AdoptionWithoutRecordsTest.Damage;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.Want;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Intent;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Case 18: what becomes of the entries of the services directory, and of what they lead to, while nobody looks. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfEntriesTest extends InEstate {

    private static final String SLEEP = "exec sleep 100000";

    /** Tells of its ends, so that it can be seen in which order things happen. */
    private Path telling(String name) throws Exception {
        return estate.make(name, telling(name, "diary"));
    }

    private String telling(String name, String file) {
        Path diary = estate.root().resolve(file);
        return "trap 'echo end of " + name + " >>" + diary + "; exit' TERM\necho start of " + name + " >>" + diary
                + "\nwhile :; do sleep 0.05; done";
    }

    private List<String> diary() {
        return lines(estate.root().resolve("diary"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_18_link_removed(boolean stateElsewhere) throws Exception {
        if (stateElsewhere) {
            estate.with("--state", estate.root().resolve("state").toString());
        }
        Path gone = telling("gone");
        script(gone.resolve("log/run"), "exec cat >>lines");
        Path kept = estate.sleeper("kept");
        estate.link("gone");
        estate.start();
        estate.awaitAllUp();
        int pid = status(kept).pid();
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        estate.unlink("gone");

        estate.start();
        patiently()
                .until(() -> Copies.of(gone).isEmpty()
                        && Copies.of(gone.resolve("log")).isEmpty());
        estate.awaitUp(kept);

        assertThat(diary()).containsExactly("start of gone", "end of gone");
        patiently().until(() -> status(gone).state() == State.DOWN);
        assertThat(status(kept).pid()).isEqualTo(pid);
        assertThat(Files.exists(estate.services().resolve(".pekko-supervisor"))).isEqualTo(!stateElsewhere);
        assertThat(estate.complaints()).isEmpty();
        // and the next one does not find it any more
        estate.lose();
        estate.awaitUp(kept);
        assertThat(Copies.of(gone)).isEmpty();
    }

    /** All that there is has no entry any more, and the launcher that stops it is killed too. */
    /** As on a disk that is read-only when the launcher begins, and is not later. */
    @Test
    void case_18_link_is_removed_while_its_service_cannot_be_supervised() throws Exception {
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitAllUp();
        long pid = status(web).pid();
        Path lock = web.resolve("supervise/lock");
        estate.killLauncher();
        Files.move(lock, web.resolve("lock.before"));
        Files.createDirectory(lock);
        estate.start();
        estate.awaitUp(other);
        patiently().until(() -> estate.complaints().contains("runsv web: fatal: "));

        estate.unlink("web");
        patiently().until(() -> estate.complaints().contains("is to be stopped, and goes on"));
        assertThat(new OneProcess(pid).runs()).isTrue();
        Files.delete(lock);
        Files.move(web.resolve("lock.before"), lock);

        patiently().until(() -> !new OneProcess(pid).runs());
        estate.awaitUp(other);
    }

    @Test
    void case_18_link_removed_and_the_next_launcher_dies_in_the_middle_of_the_stop() throws Exception {
        Path gone = estate.make(
                "gone",
                "trap 'echo TERM >>seen; while ! [ -e go ]; do sleep 0.05; done; exit 0' TERM\n"
                        + "echo up >>seen; while :; do sleep 0.05; done");
        estate.link("gone");
        estate.start();
        estate.awaitUp(gone);
        patiently().until(() -> lines(gone.resolve("seen")).size() == 1);
        estate.killLauncher();
        estate.unlink("gone");
        estate.start();
        patiently().until(() -> lines(gone.resolve("seen")).size() == 2);

        estate.lose();
        estate.awaitSupervised(gone);
        Files.createFile(gone.resolve("go"));

        patiently().until(() -> Copies.of(gone).isEmpty());
        patiently().until(() -> status(gone).state() == State.DOWN);
        assertThat(lines(gone.resolve("seen"))).startsWith("up").containsOnlyOnce("up");
        assertThat(estate.complaints()).isEmpty();
    }

    /** No entry will bring it back when it can be supervised again, here since nobody has its lock any more. */
    @Test
    void case_18_link_removed_of_one_that_cannot_be_supervised_for_a_while() throws Exception {
        Path gone = telling("gone");
        Path kept = estate.sleeper("kept");
        estate.link("gone");
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        estate.unlink("gone");
        Process holder = new ProcessBuilder(
                        "flock", gone.resolve("supervise/lock").toString(), "sh", "-c", "echo held; exec sleep 1000")
                .start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("held");
            estate.start();
            patiently().until(() -> lines(estate.root().resolve("stderr.2")).size() > 2);
            estate.awaitUp(kept);
            assertThat(Copies.of(gone)).hasSize(1);
        } finally {
            holder.descendants().forEach(ProcessHandle::destroyForcibly);
            holder.destroyForcibly().waitFor();
        }
        patiently().until(() -> Copies.of(gone).isEmpty());
        patiently().until(() -> status(gone).state() == State.DOWN);

        assertThat(diary()).containsExactly("start of gone", "end of gone");
        assertThat(estate.complaints().lines().distinct())
                .containsExactlyInAnyOrder(
                        "runsv gone: fatal: unable to lock supervise/lock: temporary failure",
                        "runsvdir " + estate.services() + ": warning: " + gone
                                + " has no entry any more and is to be stopped, and goes on since it cannot be"
                                + " supervised now: that is tried again, by the next launcher if this one ends before");
        assertThat(estate.complaints().lines().filter(line -> line.contains("tried again")))
                .hasSize(1);
    }

    @Test
    void case_18_link_added() throws Exception {
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(kept);
        int pid = status(kept).pid();
        estate.killLauncher();
        Path added = estate.sleeper("added");

        estate.start();
        estate.awaitUp(kept, added);

        assertThat(status(kept).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void case_18_link_renamed() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        Files.move(estate.services().resolve("web"), estate.services().resolve("www"));

        estate.start();
        estate.awaitUp(estate.services().resolve("www"));

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void case_18_link_switched() throws Exception {
        Path one = telling("one");
        Path two = telling("two");
        Path link = estate.services().resolve("web");
        Files.createSymbolicLink(link, one);
        estate.start();
        estate.awaitUp(one);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        Files.delete(link);
        Files.createSymbolicLink(link, two);

        estate.start();
        estate.awaitUp(two);
        patiently().until(() -> diary().size() == 3);

        assertThat(diary()).containsExactly("start of one", "end of one", "start of two");
        assertThat(Copies.of(one)).isEmpty();
        assertThat(Copies.problems(List.of(two))).isEmpty();
    }

    /** In the other one a launcher has left something too. */
    @Test
    void case_18_link_to_the_services_directory_switched_and_the_launcher_killed_before_the_old_one_has_ended()
            throws Exception {
        Path diary = estate.root().resolve("diary");
        Path one = estate.make(
                "one",
                "trap 'while ! [ -e go ]; do sleep 0.05; done; echo end of one >>" + diary + "; exit' TERM\n"
                        + "echo start of one >>" + diary + "\nwhile :; do sleep 0.05; done");
        Path two = telling("two");
        Path three = telling("three");
        Files.createSymbolicLink(estate.services().resolve("web"), one);
        Path other = Files.createDirectory(estate.root().resolve("other"));
        Files.createSymbolicLink(other.resolve("three"), three);
        estate.start(Estate.program("runsvdir", other.toString()));
        patiently().until(() -> diary().contains("start of three"));
        estate.awaitUp(three);
        estate.killLauncher();
        Files.delete(other.resolve("three"));
        Files.createSymbolicLink(other.resolve("web"), two);
        Path current = Files.createSymbolicLink(estate.root().resolve("current"), estate.services());
        List<String> launcher = Estate.program("runsvdir", current.toString());
        estate.start(launcher);
        patiently().until(() -> diary().contains("start of one"));
        estate.awaitUp(one);

        Path made = Files.createSymbolicLink(estate.root().resolve("made"), other);
        Files.move(made, current, StandardCopyOption.ATOMIC_MOVE);
        kill("ALRM", estate.launcher().pid());
        patiently().until(() -> diary().contains("end of three") && status(one).gotTerm());
        estate.killLauncher();
        estate.start(launcher);
        Path last = estate.make("last", SLEEP);
        Files.createSymbolicLink(other.resolve("last"), last);
        estate.awaitUp(last);

        assertThat(Copies.of(one)).hasSize(1);
        assertThat(diary()).doesNotContain("start of two");
        Files.createFile(one.resolve("go"));
        patiently().until(() -> diary().contains("start of two"));
        assertThat(diary())
                .containsExactly("start of three", "start of one", "end of three", "end of one", "start of two");
        assertThat(Copies.of(one)).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_18_service_directory_renamed_with_its_link() throws Exception {
        Path web = telling("web");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        Path www = Files.move(web, web.resolveSibling("www"));
        estate.unlink("web");
        Files.createSymbolicLink(estate.services().resolve("www"), www);

        estate.start();
        estate.awaitUp(www);

        assertThat(status(www).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(www))).isEmpty();
    }

    @Test
    void case_18_service_directory_renamed_and_its_link_leads_nowhere() throws Exception {
        Path web = telling("web");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        Path www = Files.move(web, web.resolveSibling("www"));

        estate.start();
        patiently().until(() -> Copies.of(www).isEmpty());

        assertThat(diary()).containsExactly("start of web", "end of web");
        patiently().until(() -> status(www).state() == State.DOWN);
    }

    @Test
    void case_18_run_replaced() throws Exception {
        Path web = telling("web");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 1);
        int pid = status(web).pid();
        estate.killLauncher();
        Files.delete(web.resolve("run"));
        script(web.resolve("run"), telling("another", "diary"));

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        kill("KILL", pid);
        patiently().until(() -> diary().contains("start of another"));
        // what the killed one had started itself ends in a moment
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
    }

    /** In place, so that a directory that is made anew has the name that the old one had. */
    @Test
    void case_18_service_directory_removed_and_another_one_made_in_its_place() throws Exception {
        Path web = estate.services().resolve("web");
        script(Files.createDirectory(web).resolve("run"), telling("one", "diary"));
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        Estate.run("rm", "-rf", web.toString());
        // the old one is there as long as its process is, so this is another one
        script(Files.createDirectory(web).resolve("run"), telling("two", "diary"));

        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 3);

        assertThat(diary()).containsExactly("start of one", "end of one", "start of two");
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_18_link_removed_and_added_again_with_a_new_launcher_between() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        estate.killLauncher();
        estate.unlink("web");
        estate.start();
        patiently()
                .until(() -> status(web).state() == State.DOWN && Copies.of(web).isEmpty());

        estate.link("web");
        patiently().until(() -> status(web).state() == State.RUN);

        assertThat(Copies.problems(estate.all())).isEmpty();
    }

    @Test
    void case_18_service_that_was_down_stays_as_it_was_and_one_without_a_process_needs_no_stop() throws Exception {
        Path down = estate.service("down", SLEEP);
        Files.createFile(down.resolve("down"));
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(kept);
        estate.awaitSupervised(down);
        estate.killLauncher();
        estate.unlink("down");

        estate.start();
        estate.awaitUp(kept);

        assertThat(Copies.of(down)).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    // ---- no entry, and a record that tells nothing

    @ParameterizedTest
    @EnumSource(
            value = Damage.class,
            names = {"NOISE", "GONE", "DIRECTORY"})
    void case_18_link_removed_and_its_record_is_damaged(Damage damage) throws Exception {
        Path gone = telling("gone");
        estate.link("gone");
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(gone, kept);
        int pid = status(gone).pid();
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        estate.unlink("gone");
        damage.done(gone.resolve("supervise/.state"));

        estate.start();
        patiently().until(() -> diary().size() == 2);
        estate.awaitUp(kept);

        assertThat(diary()).containsExactly("start of gone", "end of gone");
        // what it does last is to say so
        patiently().until(() -> Copies.of(gone).isEmpty());
        assertThat(estate.complaints().lines())
                .anyMatch(line -> line.startsWith("runsv gone: warning: supervise/.state ")
                        && line.endsWith(": run is adopted, pid " + pid + ", which the list of services names"));
    }

    @Test
    void case_18_link_removed_and_all_of_supervise() throws Exception {
        Path gone = telling("gone");
        estate.link("gone");
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(gone, kept);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        estate.unlink("gone");
        Estate.run("rm", "-rf", gone.resolve("supervise").toString());

        estate.start();
        patiently().until(() -> diary().size() == 2);
        estate.awaitUp(kept);

        assertThat(diary()).containsExactly("start of gone", "end of gone");
        // what it does last is to say so
        patiently().until(() -> Copies.of(gone).isEmpty());
    }

    /** What cannot be understood is left alone, and named by each launcher that finds it. */
    @Test
    void case_18_link_removed_and_its_record_is_of_a_later_version() throws Exception {
        Path gone = telling("gone");
        estate.link("gone");
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(gone, kept);
        int pid = status(gone).pid();
        estate.killLauncher();
        estate.unlink("gone");
        Path record = gone.resolve("supervise/.state");
        Files.write(record, AdoptionOfRecordsTest.newer(Files.readAllBytes(record)));

        for (int launch = 0; launch < 2; launch++) {
            estate.start();
            estate.awaitUp(kept);
            patiently().until(() -> !estate.complaints().isEmpty());

            assertThat(estate.complaints())
                    .isEqualTo("runsvdir " + estate.services() + ": warning: " + gone
                            + " has no entry any more, and its run, process " + pid
                            + ", goes on, with a record of a later version: it is left alone; end it if it is not to"
                            + " go on\n");
            assertThat(runs(pid)).isTrue();
            estate.killLauncher();
        }
        kill("KILL", pid);
        estate.start();
        estate.awaitUp(kept);
        assertThat(estate.complaints()).isEmpty();
    }

    /** The launcher died before there was a process, so there is nothing to be ended. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_18_link_removed_of_one_that_was_about_to_be_started(boolean withLogger) throws Exception {
        Path gone = telling("gone");
        if (withLogger) {
            script(gone.resolve("log/run"), "echo logger >>" + estate.root().resolve("diary") + "\nexec cat >>lines");
        }
        estate.link("gone");
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(gone, kept);
        int begun = withLogger ? 2 : 1;
        patiently().until(() -> diary().size() == begun);
        int pid = status(gone).pid();
        long tick = ProcessIdentity.ofRunning(pid).orElseThrow().startTicks();
        estate.killLauncher();
        kill("KILL", pid);
        patiently()
                .until(() -> Copies.of(gone).isEmpty()
                        && Copies.of(gone.resolve("log")).isEmpty());
        AdoptionOfRecordsTest.change(
                gone,
                record -> AdoptionOfRecordsTest.starting(
                        record, new Intent(Program.RUN, tick + 1, OwnProcess.group(), 0)));
        estate.unlink("gone");

        estate.start();
        estate.awaitUp(kept);
        patiently().until(() -> status(gone).state() == State.DOWN);
        awaitALook();

        assertThat(diary()).hasSize(begun);
        assertThat(estate.complaints()).isEmpty();
        // added again it is started as ever
        estate.link("gone");
        estate.awaitUp(gone);
        patiently().until(() -> diary().size() == 2 * begun);
        assertThat(Copies.problems(List.of(gone))).isEmpty();
    }

    // ---- who is merely in a directory

    /** Somebody's own process in a service directory, as a terminal multiplexer that was started there. */
    private long stranger(Path directory) throws Exception {
        Path said = estate.root().resolve("stranger");
        Files.deleteIfExists(said);
        ProcessBuilder builder = new ProcessBuilder(
                        "sh",
                        "-c",
                        "setsid sh -c 'echo $$ >" + said + "; exec sleep 100000' </dev/null >/dev/null 2>&1 &")
                .directory(directory.toFile());
        String[] mark = estate.mark().split("=", 2);
        builder.environment().put(mark[0], mark[1]);
        builder.start().waitFor();
        patiently().until(() -> lines(said).size() == 1);
        return Long.parseLong(lines(said).get(0));
    }

    /** One that has ended and that nobody has waited for does not. */
    static boolean runs(long pid) {
        return lines(Path.of("/proc/" + pid + "/status")).stream()
                .anyMatch(line -> line.startsWith("State:") && !line.contains("Z (zombie)"));
    }

    /** One that is started when all that a launcher found has been dealt with. */
    private void awaitALook() throws Exception {
        Path last = estate.service("last" + System.nanoTime(), "exec sleep 100000");
        estate.awaitUp(last);
        sv("stop", last);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_18_directory_removed_and_only_a_stranger_is_in_it(boolean renamed) throws Exception {
        Path web = estate.make("web", SLEEP);
        Files.createFile(web.resolve("down"));
        estate.link("web");
        estate.start();
        estate.awaitSupervised(web);
        estate.killLauncher();
        long stranger = stranger(web);
        estate.unlink("web");
        if (renamed) {
            Files.move(web, web.resolveSibling("www"));
        } else {
            Estate.run("rm", "-rf", web.toString());
        }

        estate.start();
        awaitALook();

        assertThat(runs(stranger)).isTrue();
        assertThat(estate.complaints()).isEmpty();
        kill("KILL", stranger);
    }

    @Test
    void case_18_directory_removed_and_a_stranger_is_in_it_beside_the_service() throws Exception {
        Path web = telling("web");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> diary().size() == 1);
        long stranger = stranger(web);
        estate.killLauncher();
        estate.unlink("web");
        Estate.run("rm", "-rf", web.toString());

        estate.start();
        patiently().until(() -> diary().size() == 2);
        awaitALook();

        assertThat(diary()).containsExactly("start of web", "end of web");
        assertThat(runs(stranger)).isTrue();
        assertThat(estate.complaints()).isEmpty();
        kill("KILL", stranger);
    }

    @Test
    void case_18_directory_removed_and_a_service_that_does_not_end_is_named() throws Exception {
        Path web = estate.make(
                "web",
                "trap 'echo TERM >>" + estate.root().resolve("diary") + "' TERM\n" + "while :; do sleep 0.05; done");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        Estate.awaitNoting(web);
        int pid = status(web).pid();
        estate.killLauncher();
        estate.unlink("web");
        Estate.run("rm", "-rf", web.toString());

        estate.start();
        patiently().until(() -> diary().size() == 1);
        patiently().until(() -> !estate.complaints().isEmpty());

        assertThat(estate.complaints())
                .isEqualTo("runsv web: warning: not over 10 seconds after it was asked to end: ./run (pid " + pid
                        + ") goes on, though it got TERM, and its service directory is gone; kill -KILL ends it\n");
        kill("HUP", estate.launcher().pid());
        kill("KILL", pid);
        assertThat(estate.launcher().waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void case_18_directory_removed_and_the_service_has_gone_elsewhere() throws Exception {
        Path web = estate.make("web", "cd /; exec sleep 100000");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        awaitElsewhere(pid);
        estate.killLauncher();
        estate.unlink("web");
        Estate.run("rm", "-rf", web.toString());

        estate.start();
        awaitALook();
        patiently().until(() -> !estate.complaints().isEmpty());

        assertThat(runs(pid)).isTrue();
        assertThat(estate.complaints())
                .isEqualTo("runsvdir " + estate.services() + ": warning: " + web + " is gone, and its run, process "
                        + pid + ", goes on in another directory: it is left alone; end it if it is not to go on\n");
        kill("KILL", pid);
    }

    /**
     * A file system may give the inode of a directory that is gone to one that is made: as here, emptied. It may as
     * well be the same one where it is not known when it was made, so nothing is started beside its run.
     */
    @ParameterizedTest
    @CsvSource({"false, 0", "false, 1", "true, 0"})
    void case_18_directory_made_anew_with_its_inode_waits_for_a_run_that_has_gone_elsewhere(boolean renamed, long birth)
            throws Exception {
        Path web = estate.make("web", "cd /; exec sleep 100000");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        awaitElsewhere(pid);
        estate.killLauncher();
        Estate.run("rm", "-rf", web.resolve("supervise").toString());
        Path next = renamed ? renamed(web) : web;
        estate.listBirth(birth);

        for (int launch = 0; launch < 2; launch++) {
            estate.start();
            awaitALook();
            patiently().until(() -> !estate.complaints().isEmpty());

            assertThat(runs(pid)).isTrue();
            assertThat(Files.exists(next.resolve("supervise/status"))).isFalse();
            assertThat(estate.complaints())
                    .isEqualTo("runsv " + next.getFileName() + ": warning: "
                            + (birth == 0
                                    ? "the list of services says that run is process " + pid + ", which goes on in"
                                            + " another directory, and supervise/.state does not name it"
                                    : "run of the service directory that had this name before, process " + pid
                                            + ", goes on")
                            + ": nothing is started while it runs; end it if it is not to go on\n");
            estate.killLauncher();
        }
        estate.start();
        patiently().until(() -> !estate.complaints().isEmpty());
        kill("KILL", pid);
        estate.awaitUp(next);
        assertThat(status(next).pid()).isNotEqualTo(pid);
    }

    private Path renamed(Path web) throws Exception {
        estate.unlink("web");
        Path next = Files.move(web, web.resolveSibling("www"));
        Files.createSymbolicLink(estate.services().resolve("www"), next);
        return next;
    }

    /** It is another one, by when it was made, and had another name: what has lost its directory is none of its own. */
    @Test
    void case_18_another_directory_with_its_inode_is_started_beside_a_run_that_has_gone_elsewhere() throws Exception {
        Path web = estate.make("web", "cd /; exec sleep 100000");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        awaitElsewhere(pid);
        estate.killLauncher();
        Estate.run("rm", "-rf", web.resolve("supervise").toString());
        Path next = renamed(web);
        estate.listBirth(1);

        estate.start();
        estate.awaitUp(next);
        patiently().until(() -> !estate.complaints().isEmpty());

        assertThat(runs(pid)).isTrue();
        assertThat(status(next).pid()).isNotEqualTo(pid);
        assertThat(estate.complaints())
                .isEqualTo("runsvdir " + estate.services() + ": warning: " + web + " is gone, and its run, process "
                        + pid + ", goes on in another directory: it is left alone; end it if it is not to go on\n");
        kill("KILL", pid);
    }

    /** It is where it was and nobody else's, so its run is, wherever that is. */
    @ParameterizedTest
    @EnumSource(Rights.class)
    void case_18_link_removed_and_all_of_supervise_and_the_service_has_gone_elsewhere(Rights rights) throws Exception {
        Path web = estate.make("web", rights == Rights.ROOTS_WITHOUT_TRACING ? AS_NOBODY : "cd /; exec sleep 100000");
        estate.link("web");
        Path kept = estate.sleeper("kept");
        launchWith(rights);
        estate.start();
        estate.awaitUp(web, kept);
        int pid = status(web).pid();
        patiently().until(() -> isElsewhereOrHidden(pid));
        estate.killLauncher();
        estate.unlink("web");
        Estate.run("rm", "-rf", web.resolve("supervise").toString());

        estate.start();
        patiently().until(() -> !runs(pid));
        estate.awaitUp(kept);

        assertThat(estate.complaints())
                .isEqualTo("runsv web: warning: supervise/.state does not name it: run is adopted, pid " + pid
                        + ", which the list of services names\n");
    }

    /** That of the old one, which may be anybody's by now, is not signalled, and not doubled. */
    @ParameterizedTest
    @CsvSource({"false, OURS", "true, OURS", "false, NOBODYS", "false, ROOTS_WITHOUT_TRACING"})
    void case_18_directory_made_anew_waits_for_a_run_that_has_gone_elsewhere(boolean renamed, Rights rights)
            throws Exception {
        Path web = estate.make("web", rights == Rights.ROOTS_WITHOUT_TRACING ? AS_NOBODY : "cd /; exec sleep 100000");
        estate.link("web");
        launchWith(rights);
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        patiently().until(() -> isElsewhereOrHidden(pid));
        estate.killLauncher();
        // made first, so that it does not get the inode of the old one
        Path next = Files.createDirectory(web.resolveSibling("next"));
        script(next.resolve("run"), SLEEP);
        if (renamed) {
            Files.move(web, web.resolveSibling("www"));
        } else {
            Estate.run("rm", "-rf", web.toString());
        }
        Files.move(next, web);
        launchWith(rights);

        for (int launch = 0; launch < 2; launch++) {
            // the next one has it from the list too
            estate.start();
            patiently().until(() -> !estate.complaints().isEmpty());

            assertThat(estate.complaints())
                    .isEqualTo("runsv web: warning: run of the service directory that had this name before, process "
                            + pid + ", goes on: nothing is started while it runs; end it if it is not to go on\n");
            assertThat(runs(pid)).isTrue();
            assertThat(Copies.of(web)).isSubsetOf((long) pid);
            estate.killLauncher();
        }
        estate.start();
        patiently().until(() -> !estate.complaints().isEmpty());
        kill("KILL", pid);
        estate.awaitUp(web);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    private static final String AS_NOBODY =
            "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000";

    private static void awaitElsewhere(int pid) {
        patiently().until(() -> Estate.run("readlink", "/proc/" + pid + "/cwd").equals("/\n"));
    }

    private static boolean isElsewhereOrHidden(int pid) throws Exception {
        return Estate.run("readlink", "/proc/" + pid + "/cwd").equals("/\n")
                || Files.readString(Path.of("/proc/" + pid + "/status")).contains("Uid:\t" + NOBODY);
    }

    /** It has an entry by then, and the list knows of the other one. */
    @Test
    void case_18_directory_made_anew_later_waits_too() throws Exception {
        Path web = estate.make("web", "cd /; exec sleep 100000");
        estate.link("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        awaitElsewhere(pid);
        estate.killLauncher();
        Path next = Files.createDirectory(web.resolveSibling("next"));
        script(next.resolve("run"), SLEEP);
        estate.unlink("web");
        Estate.run("rm", "-rf", web.toString());
        estate.start();
        awaitALook();

        Files.move(next, web);
        estate.link("web");
        patiently().until(() -> estate.complaints().lines().count() == 2);

        assertThat(estate.complaints())
                .isEqualTo("runsvdir " + estate.services() + ": warning: " + web + " is gone, and its run, process "
                        + pid + ", goes on in another directory: it is left alone; end it if it is not to go on\n"
                        + "runsv web: warning: run of the service directory that had this name before, process " + pid
                        + ", goes on: nothing is started while it runs; end it if it is not to go on\n");
        assertThat(Copies.of(web)).isEmpty();
        kill("KILL", pid);
        estate.awaitUp(web);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    /**
     * The one that had it first is not to end what the other one has adopted.
     *
     * @param elsewhere whether its {@code run} is, on a file system that does not say when a directory was made
     */
    @ParameterizedTest
    @CsvSource({"false, false", "true, false", "true, true"})
    void case_18_moved_to_the_directory_of_another_launcher(boolean link, boolean elsewhere) throws Exception {
        Path others = Files.createDirectory(estate.root().resolve("others"));
        List<String> other = Estate.program("runsvdir", others.toString());
        Path web = link
                ? estate.make("web", elsewhere ? "cd /; " + SLEEP : SLEEP)
                : Files.createDirectory(estate.services().resolve("web"));
        if (link) {
            estate.link("web");
        } else {
            script(web.resolve("run"), SLEEP);
        }
        Path kept = estate.sleeper("kept");
        estate.start();
        estate.awaitUp(web, kept);
        int pid = status(web).pid();
        if (elsewhere) {
            awaitElsewhere(pid);
        }
        estate.killLauncher();
        Path moved = Files.move(estate.services().resolve("web"), others.resolve("web"));
        estate.start(other);
        estate.awaitUp(moved);
        assertThat(status(moved).pid()).isEqualTo(pid);
        estate.killLauncher();

        if (elsewhere) {
            estate.listBirth(0);
        }
        Process first = estate.start();
        awaitALook();

        assertThat(estate.complaints()).isEmpty();
        assertThat(status(moved).pid()).isEqualTo(pid);
        assertThat(runs(pid)).isTrue();
        Process second = estate.start(other);
        estate.awaitUp(moved, kept);
        assertThat(status(moved).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
        kill("HUP", first.pid());
        assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
        kill("HUP", second.pid());
        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    // ---- the list

    @Test
    void case_18_list_that_is_cut_or_too_long_is_mended() throws Exception {
        Path kept = estate.sleeper("kept");
        Path gone = telling("gone");
        estate.link("gone");
        estate.start();
        estate.awaitUp(kept, gone);
        Path list = estate.services().resolve(".pekko-supervisor/services");
        estate.killLauncher();
        // as a write that was cut where the disk was full
        Files.writeString(list, "8 77 lost /lo", java.nio.file.StandardOpenOption.APPEND);
        estate.start();
        Path added = estate.sleeper("added");
        estate.awaitUp(kept, gone, added);
        estate.killLauncher();
        estate.unlink("added");
        estate.start();
        patiently().until(() -> Copies.of(added).isEmpty());
        estate.killLauncher();

        Files.writeString(list, "x".repeat(9_000_000));
        estate.start();
        estate.awaitUp(kept, gone);
        estate.killLauncher();
        assertThat(Files.size(list)).isLessThan(10_000);
        estate.unlink("gone");
        estate.start();

        patiently().until(() -> diary().contains("end of gone"));
        estate.awaitUp(kept);
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_18_state_elsewhere_is_the_same_however_the_directory_is_written() throws Exception {
        Path state = estate.root().resolve("state");
        Path gone = telling("gone");
        estate.link("gone");
        Path kept = estate.sleeper("kept");
        estate.start(Estate.program(
                "runsvdir", "--state", state.toString(), estate.services().toString()));
        estate.awaitUp(gone, kept);
        patiently().until(() -> diary().size() == 1);
        estate.killLauncher();
        estate.unlink("gone");

        estate.start(Estate.program("runsvdir", "--state", state.toString(), "./services/"));
        estate.awaitUp(kept);

        patiently().until(() -> diary().size() == 2);
        assertThat(diary()).containsExactly("start of gone", "end of gone");
    }

    /** As by runit, an up that is read after the request to end takes it back; the launcher ends all the same. */
    @Test
    void one_without_an_entry_that_was_told_to_go_on_is_asked_again_at_the_end() throws Exception {
        Path web = estate.service("web", "trap 'echo TERM >>seen' TERM\necho up >>seen\nwhile :; do sleep 0.05; done");
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> lines(web.resolve("seen")).size() == 1);
        estate.unlink("web");
        patiently()
                .until(() ->
                        lines(web.resolve("seen")).size() == 2 && status(web).want() == Want.DOWN);
        Estate.run("sv", "-w", "1", "up", web.toString());
        patiently().until(() -> status(web).want() == Want.UP);
        Process launcher = estate.launcher();

        kill("HUP", launcher.pid());

        patiently().untilAsserted(() -> assertThat(lines(web.resolve("seen"))).containsExactly("up", "TERM", "TERM"));
        kill("KILL", status(web).pid());
        assertThat(launcher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(launcher.exitValue()).isEqualTo(111);
    }
}
