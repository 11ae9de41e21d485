package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.adoption.AdoptionWithoutRecordsTest.Damage;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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

/** Processes that run and that only the list of services names, since what tells of them has gone. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionByTheListTest extends InEstate {

    private static final double A_HUNDRED_A_SECOND = 0.01;
    private static final int NO_END = 1_000_000_000;

    /** What is lost of {@code supervise}. */
    enum Loss {
        ALL {
            @Override
            void of(Path unit) {
                Estate.run("rm", "-rf", unit.resolve("supervise").toString());
            }
        },
        RECORD_AND_STATUS {
            @Override
            void of(Path unit) throws Exception {
                Damage.GONE.done(unit.resolve("supervise/.state"));
                Files.delete(unit.resolve("supervise/status"));
            }
        },
        STATUS_AND_RECORD_IS_NOISE {
            @Override
            void of(Path unit) throws Exception {
                Damage.NOISE.done(unit.resolve("supervise/.state"));
                Files.delete(unit.resolve("supervise/status"));
            }
        },
        RECORD {
            @Override
            void of(Path unit) throws Exception {
                Damage.GONE.done(unit.resolve("supervise/.state"));
            }
        };

        abstract void of(Path unit) throws Exception;
    }

    private static String adopted(Path service, String log, int pid) {
        return "runsv " + service.getFileName() + ": warning: " + log + "supervise/.state does not name it: " + log
                + "run is adopted, pid " + pid + ", which the list of services names";
    }

    /** The usual remedy where runit says "unable to lock". */
    @ParameterizedTest
    @EnumSource(Loss.class)
    void case_16_service_and_logger_of_which_supervise_has_lost_everything_are_adopted(Loss loss) throws Exception {
        Path web = estate.writer("web", A_HUNDRED_A_SECOND, NO_END);
        Path logger = web.resolve("log");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitUp(web, logger, other);
        List<Path> units = List.of(web, logger, other);
        List<Integer> before = units.stream().map(unit -> status(unit).pid()).toList();
        estate.killLauncher();
        for (Path unit : units) {
            loss.of(unit);
        }

        estate.start();
        estate.awaitUp(web, logger, other);

        assertThat(units.stream().map(unit -> status(unit).pid()).toList()).isEqualTo(before);
        assertThat(Copies.problems(units)).isEmpty();
        List<String> said = estate.complaints().lines().toList();
        assertThat(said).hasSize(3).allMatch(line -> line.contains(" is adopted, pid "));
        if (loss != Loss.STATUS_AND_RECORD_IS_NOISE) {
            assertThat(said)
                    .containsExactlyInAnyOrder(
                            adopted(web, "", before.get(0)),
                            adopted(web, "log/", before.get(1)),
                            adopted(other, "", before.get(2)));
        }
        // the next one knows them by their records, and under control they are
        estate.lose();
        estate.awaitUp(web, logger, other);
        assertThat(units.stream().map(unit -> status(unit).pid()).toList()).isEqualTo(before);
        assertThat(estate.complaints()).isEmpty();
        sv("restart", other);
        patiently()
                .until(() -> status(other).state() == State.RUN && status(other).pid() != before.get(2));
        sv("stop", other);
        assertThat(Copies.of(other)).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(logger.resolve("lines"), web.resolve("notes")))
                .isEmpty();
    }

    /** It could not open the directory, so that it knew nothing of the process, and was stopped. */
    @Test
    void case_16_launcher_in_between_that_cannot_supervise_leaves_the_list_as_it_was() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int before = status(web).pid();
        estate.killLauncher();
        Path control = web.resolve("supervise/control");
        Files.delete(control);
        Files.createFile(control);
        estate.start();
        patiently().until(() -> estate.complaints().contains("supervise/control exists but is not a fifo"));
        estate.stop();
        Loss.ALL.of(web);

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(before);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    /** Who runs is in a file of its own. */
    @Test
    void case_16_list_of_services_that_cannot_be_used_does_not_take_along_who_runs() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int before = status(web).pid();
        estate.killLauncher();
        Path list = estate.runs().resolveSibling("services");
        Files.move(list, list.resolveSibling("moved"));
        Files.createSymbolicLink(list, Path.of("moved"));
        Loss.ALL.of(web);

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(before);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        assertThat(estate.complaints().lines())
                .containsExactlyInAnyOrder(
                        "runsvdir " + estate.services()
                                + ": warning: the list of services in .pekko-supervisor is not used, since services is a"
                                + " link: one whose entry went while no launcher was there is not found",
                        adopted(web, "", before));
    }

    /** It was no launcher's to say that it is down. */
    @Test
    void case_16_what_has_ended_meanwhile_is_begun_anew() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        Loss.ALL.of(web);
        kill("KILL", pid);

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isNotEqualTo(pid);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_03_supervise_is_removed_and_the_launcher_is_not_roots() throws Exception {
        Path web = estate.sleeper("web");
        launchWith(Rights.NOBODYS);
        estate.start();
        estate.awaitUp(web);
        Map<Path, Integer> before = estate.pids();
        estate.killLauncher();
        Loss.ALL.of(web);

        estate.start();
        estate.awaitUp(web);

        assertThat(estate.pids()).isEqualTo(before);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    /** The directory is known by when it was made, wherever its process is. */
    @ParameterizedTest
    @CsvSource({"elsewhere, OURS", "elsewhere, NOBODYS", "hidden, ROOTS_WITHOUT_TRACING"})
    void case_16_wherever_it_is_it_is_adopted(String where, Rights rights) throws Exception {
        Path web = estate.service("web", where.equals("hidden") ? asNobody() : "cd /; exec sleep 100000");
        Path other = estate.sleeper("other");
        launchWith(rights);
        estate.start();
        estate.awaitUp(web, other);
        int pid = status(web).pid();
        patiently().until(() -> isElsewhere(pid) || isNobodys(pid));
        estate.killLauncher();
        Loss.ALL.of(web);

        estate.start();
        estate.awaitUp(web, other);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEqualTo(adopted(web, "", pid) + "\n");
        sv("stop", web);
        assertThat(AdoptionOfEntriesTest.runs(pid)).isFalse();
    }

    /**
     * Perhaps it was the {@code run} of a directory that is gone and had the same inode: it is not signalled, but while
     * it runs nothing is started.
     */
    @ParameterizedTest
    @CsvSource({"elsewhere, OURS", "hidden, ROOTS_WITHOUT_TRACING"})
    void case_16_who_is_not_surely_the_one_is_named_and_followed(String where, Rights rights) throws Exception {
        Path web = estate.service("web", where.equals("hidden") ? asNobody() : "cd /; exec sleep 100000");
        Path other = estate.sleeper("other");
        launchWith(rights);
        estate.start();
        estate.awaitUp(web, other);
        int pid = status(web).pid();
        int beside = status(other).pid();
        patiently().until(() -> isElsewhere(pid) || isNobodys(pid));
        estate.killLauncher();
        Loss.ALL.of(web);
        estate.listBirth(0);

        estate.start();
        estate.awaitUp(other);
        patiently().until(() -> !estate.complaints().isEmpty());

        String line = "runsv web: warning: the list of services says that run is process " + pid + ", which goes on in "
                + (where.equals("hidden") ? "a directory that cannot be seen" : "another directory")
                + ", and supervise/.state does not name it: nothing is started while it runs; end it if it is not to"
                + " go on\n";
        assertThat(estate.complaints()).isEqualTo(line);
        // nor by the next one, which finds a supervise that is not new
        estate.lose();
        estate.awaitUp(other);
        patiently().until(() -> !estate.complaints().isEmpty());
        assertThat(estate.complaints()).isEqualTo(line);
        assertThat(status(other).pid()).isEqualTo(beside);
        assertThat(AdoptionOfEntriesTest.runs(pid)).isTrue();
        assertThat(Files.exists(web.resolve("supervise/status"))).isFalse();
        kill("KILL", pid);
        estate.awaitUp(web);
        assertThat(status(web).pid()).isNotEqualTo(pid);
    }

    /** As on an overlay, which tells another time once something in the directory has changed. */
    @Test
    void case_16_who_is_in_the_directory_is_adopted_though_that_seems_to_be_made_later() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        Loss.ALL.of(web);
        estate.listBirth(1);

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        assertThat(estate.complaints()).isEqualTo(adopted(web, "", pid) + "\n");
    }

    private static String asNobody() {
        return "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000";
    }

    private static boolean isElsewhere(int pid) {
        return Estate.run("readlink", "/proc/" + pid + "/cwd").equals("/\n");
    }

    private static boolean isNobodys(int pid) throws Exception {
        return Files.readString(Path.of("/proc/" + pid + "/status")).contains("Uid:\t" + NOBODY);
    }

    /** What a launcher has left here is over that of another directory, from which all was copied into this one. */
    @Test
    void record_of_another_directory_over_ours_does_not_hide_what_runs() throws Exception {
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitUp(web, other);
        Map<Path, Integer> before = estate.pids();
        estate.killLauncher();
        Loss.ALL.of(web);
        assertThat(Estate.run("cp", "-a", other.resolve("supervise").toString(), web.toString()))
                .isEmpty();

        estate.start();
        estate.awaitUp(web, other);

        assertThat(estate.pids()).isEqualTo(before);
        assertThat(Copies.problems(estate.all())).isEmpty();
        assertThat(estate.complaints())
                .isEqualTo("runsv web: warning: supervise/.state is not used, since it was written for another service"
                        + " directory and copied from there: run is adopted, pid " + before.get(web)
                        + ", which the list of services names\n");
    }

    /** Root's process, of which nobody could have written that it is the service's. */
    @Test
    void who_has_supervise_does_not_keep_us_from_what_the_list_names() throws Exception {
        needsRoot();
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        assertThat(Estate.run("chown", "-R", NOBODY, web.resolve("supervise").toString()))
                .isEmpty();

        estate.start();
        estate.awaitUp(web);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(Copies.problems(List.of(web))).isEmpty();
        assertThat(estate.complaints()).isEmpty();
    }

    /** The logger alone has lost what told of it; its service has not. */
    @Test
    void case_19_logger_of_which_supervise_is_removed_is_not_started_twice() throws Exception {
        Path web = estate.writer("web", A_HUNDRED_A_SECOND, NO_END);
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat >>lines");
        estate.start();
        estate.awaitUp(web, logger);
        int pid = status(web).pid();
        int its = status(logger).pid();
        estate.killLauncher();
        Loss.ALL.of(logger);

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(status(logger).pid()).isEqualTo(its);
        assertThat(Copies.problems(List.of(web, logger))).isEmpty();
        assertThat(estate.complaints()).isEqualTo(adopted(web, "log/", its) + "\n");
        int written = lines(logger.resolve("lines")).size();
        patiently().until(() -> lines(logger.resolve("lines")).size() > written + 10);
        estate.stop();
        assertThat(WrittenLines.problems(logger.resolve("lines"), web.resolve("notes")))
                .isEmpty();
    }

    /** The FIFO has lost its name, and nobody but the service has it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_19_logger_is_killed_and_supervise_is_removed_and_the_next_logger_has_the_same_pipe(boolean loggersToo)
            throws Exception {
        Path web = estate.writer("web", A_HUNDRED_A_SECOND, NO_END);
        Path logger = web.resolve("log");
        estate.start();
        estate.awaitUp(web, logger);
        int pid = status(web).pid();
        estate.killLauncher();
        kill("KILL", status(logger).pid());
        Loss.ALL.of(web);
        if (loggersToo) {
            Loss.ALL.of(logger);
        }
        int written = lines(logger.resolve("lines")).size();

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        patiently().until(() -> lines(logger.resolve("lines")).size() > written + 10);
        assertThat(Copies.problems(List.of(web, logger))).isEmpty();
        assertThat(estate.complaints()).isEqualTo(adopted(web, "", pid) + "\n");
        // the next one finds that pipe too, which still has no name
        estate.killLauncher();
        kill("KILL", status(logger).pid());
        int later = lines(logger.resolve("lines")).size();
        estate.start();
        patiently().until(() -> lines(logger.resolve("lines")).size() > later + 10);
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
    }

    /** A service of another user, into which the launcher may not look, and its logger of root's. */
    private Path serviceThatCannotBeSeen(String logger) throws Exception {
        needsRoot();
        letOthersIn();
        Path web = estate.service(
                "web",
                "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- "
                        + WrittenLines.command(estate.writer(), A_HUNDRED_A_SECOND, NO_END, estate.directory("web"))
                                .substring("exec ".length()));
        script(web.resolve("log/run"), logger);
        Files.setPosixFilePermissions(web, PosixFilePermissions.fromString("rwxrwxrwx"));
        launchWith(Rights.ROOTS_WITHOUT_TRACING);
        estate.start();
        estate.awaitUp(web, web.resolve("log"));
        patiently()
                .until(() -> isNobodys(status(web).pid())
                        && !lines(web.resolve("log/lines")).isEmpty());
        estate.killLauncher();
        return web;
    }

    private static void awaitMoreOf(Path lines) {
        int written = lines(lines).size();
        patiently().until(() -> lines(lines).size() > written + 10);
    }

    /** What the service has for its output cannot be seen; what its logger has for its input can. */
    @Test
    void case_04_pipe_of_a_service_that_cannot_be_seen_is_taken_from_its_logger() throws Exception {
        Path web = serviceThatCannotBeSeen("exec cat >>lines");
        Path logger = web.resolve("log");
        int pid = status(web).pid();
        Loss.ALL.of(web);

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEqualTo(adopted(web, "", pid) + "\n");
        int its = status(logger).pid();
        kill("TERM", its);
        patiently()
                .until(() ->
                        status(logger).state() == State.RUN && status(logger).pid() != its);
        awaitMoreOf(logger.resolve("lines"));
        assertThat(status(web).pid()).isEqualTo(pid);
    }

    /** Whether another FIFO is there by now or not: nobody has it open, so it is not the one of before. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_04_service_that_cannot_be_seen_and_whose_pipe_nobody_reads_is_named(boolean isMadeAnew) throws Exception {
        Path web = serviceThatCannotBeSeen("exec cat >>lines");
        Path logger = web.resolve("log");
        int pid = status(web).pid();
        kill("KILL", status(logger).pid());
        Loss.ALL.of(web);
        if (isMadeAnew) {
            Files.createDirectory(web.resolve("supervise"));
            Estate.run("mkfifo", web.resolve("supervise/.log").toString());
        }

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints())
                .isEqualTo("runsv web: warning: run does not write to the pipe to its logger, and where to cannot be"
                        + " seen: if that is a pipe of before, nobody reads it, and run waits when it is full; restart"
                        + " it\n" + adopted(web, "", pid) + "\n");
        // as it says
        sv("restart", web);
        awaitMoreOf(logger.resolve("lines"));
        assertThat(Copies.problems(List.of(web, logger))).isEmpty();
    }

    /** It reads what a program of its own makes of what comes: that is not the pipe from its service. */
    @Test
    void case_04_pipe_that_the_logger_has_made_itself_is_not_taken_for_that_of_a_service_that_cannot_be_seen()
            throws Exception {
        Path web = serviceThatCannotBeSeen("exec perl -e 'open(my $in, \"-|\", \"echo \\$\\$ >helper; exec cat\");"
                + " open(STDIN, \"<&\", $in); exec \"cat >>lines\"'");
        Path logger = web.resolve("log");
        int pid = status(web).pid();
        Loss.RECORD.of(web);

        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEqualTo(adopted(web, "", pid) + "\n");
        int its = status(logger).pid();
        kill("KILL", Long.parseLong(lines(logger.resolve("helper")).get(0)));
        kill("KILL", its);
        patiently()
                .until(() ->
                        status(logger).state() == State.RUN && status(logger).pid() != its);
        awaitMoreOf(logger.resolve("lines"));
        assertThat(status(web).pid()).isEqualTo(pid);
    }
}
