package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.Estate.sv;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that run and that neither a record names nor the list of services: these are garbage or gone, or their
 * supervisor writes none.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionWithoutRecordsTest extends InEstate {

    private static final Path RUNSV = Path.of("/usr/bin/runsv");
    private static final double A_HUNDRED_A_SECOND = 0.01;
    private static final int NO_END = 1_000_000_000;

    /** What becomes of a record. */
    enum Damage {
        NOISE {
            @Override
            void done(Path file) throws IOException {
                byte[] noise = new byte[300];
                new Random(300).nextBytes(noise);
                Files.write(file, noise);
            }
        },
        TORN {
            @Override
            void done(Path file) throws IOException {
                Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
            }
        },
        BOTH_FLIPPED {
            @Override
            void done(Path file) throws IOException {
                byte[] bytes = Files.readAllBytes(file);
                bytes[100] ^= 1;
                bytes[bytes.length - 100] ^= 1;
                Files.write(file, bytes);
            }
        },
        EMPTY {
            @Override
            void done(Path file) throws IOException {
                Files.write(file, new byte[0]);
            }
        },
        GONE {
            @Override
            void done(Path file) throws IOException {
                Files.delete(file);
            }
        },
        DIRECTORY {
            @Override
            void done(Path file) throws IOException {
                Files.delete(file);
                Files.createDirectory(file);
            }
        };

        abstract void done(Path file) throws IOException;
    }

    private static Path record(Path unit) {
        return unit.resolve("supervise/.state");
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void case_16_service_and_logger_whose_records_are_damaged_are_adopted_by_their_status(Damage damage)
            throws Exception {
        Path web = estate.writer("web", A_HUNDRED_A_SECOND, NO_END);
        Path logger = web.resolve("log");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitUp(web, logger, other);
        Map<Path, Integer> before = Map.of(
                web,
                status(web).pid(),
                logger,
                status(logger).pid(),
                other,
                status(other).pid());
        sv("pause", other);
        patiently().until(() -> status(other).paused());
        estate.killLauncher();
        for (Path unit : List.of(web, logger, other)) {
            damage.done(record(unit));
        }
        Files.delete(estate.runs());

        estate.start();
        estate.awaitUp(web, logger, other);

        assertThat(Map.of(
                        web,
                        status(web).pid(),
                        logger,
                        status(logger).pid(),
                        other,
                        status(other).pid()))
                .isEqualTo(before);
        assertThat(Copies.problems(List.of(web, logger, other))).isEmpty();
        assertThat(status(other).paused()).isTrue();
        assertThat(estate.complaints().lines().filter(line -> line.contains("adopted")))
                .hasSize(3)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("runsv web: warning: supervise/.state ")
                        .endsWith(": run is adopted by supervise/status, pid " + before.get(web)))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("runsv web: warning: log/supervise/.state ")
                        .endsWith(": log/run is adopted by log/supervise/status, pid " + before.get(logger)));
        // and they are known to the next one by records, where these can be written
        if (damage != Damage.DIRECTORY) {
            estate.lose();
            estate.awaitUp(web, logger, other);
            assertThat(status(web).pid()).isEqualTo(before.get(web));
            assertThat(estate.complaints()).isEmpty();
        }
        sv("cont", other);
        assertThat(sv("stop", other)).singleElement().asString().startsWith("ok: down: ");
        assertThat(Copies.of(other)).isEmpty();
        estate.stop();
        assertThat(WrittenLines.problems(logger.resolve("lines"), web.resolve("notes")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_16_who_may_be_it_by_where_it_is_alone_is_named_and_nothing_is_started(boolean isDenied) throws Exception {
        Path web = estate.sleeper("web");
        Path other = estate.sleeper("other");
        estate.start();
        estate.awaitAllUp();
        int pid = status(web).pid();
        int beside = status(other).pid();
        estate.killLauncher();
        Damage.NOISE.done(record(web));
        Files.delete(web.resolve("supervise/status"));
        Files.delete(estate.runs());

        estate.start();
        estate.awaitUp(other);
        patiently().until(() -> estate.complaints().contains("nothing is started"));

        assertThat(estate.complaints())
                .isEqualTo("runsv web: warning: supervise/.state is not used, since it has 300 bytes, where 1024 were"
                        + " due, and no record in them is whole, and process " + pid
                        + " may be run: nothing is started; end it, or make an empty supervise/status if it is"
                        + " not\n");
        assertThat(Copies.of(web)).containsExactly((long) pid);
        assertThat(status(other).pid()).isEqualTo(beside);
        // as it says
        if (isDenied) {
            Files.createFile(web.resolve("supervise/status"));
            patiently().until(() -> Copies.of(web).size() == 2);
            kill("KILL", pid);
        } else {
            kill("KILL", pid);
        }
        estate.awaitUp(web);
        assertThat(status(web).pid()).isNotEqualTo(pid);
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
    }

    /** Nobody can see where it is, but the number and the time are right. */
    @ParameterizedTest
    @CsvSource({"GONE, end", "GONE, deny", "NOISE, deny"})
    void case_16_who_may_be_it_by_its_number_and_time_is_named_and_nothing_is_started(Damage damage, String wayOut)
            throws Exception {
        Path web = estate.service(
                "web", "cd /; exec env -i /usr/bin/perl -e 'sleep 100000' " + Copies.token(estate.directory("web")));
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        patiently()
                .until(() ->
                        Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).equals(Path.of("/"))
                                && Estate.run("cat", "/proc/" + pid + "/comm").equals("perl\n"));
        estate.killLauncher();
        damage.done(record(web));
        Files.delete(estate.runs());

        estate.start();
        patiently().until(() -> estate.complaints().contains("nothing is started"));

        assertThat(estate.complaints())
                .startsWith("runsv web: warning: supervise/status says that run is process " + pid
                        + ", which is not certain, and supervise/.state ")
                .endsWith(": nothing is started; end it, or make an empty supervise/status if it is not\n");
        assertThat(Copies.of(web)).containsExactly((long) pid);
        // as it says, to the launcher that has said it or to the next
        if (wayOut.equals("deny")) {
            estate.killLauncher();
            Files.write(web.resolve("supervise/status"), new byte[0]);
            estate.start();
            estate.awaitUp(web);
            assertThat(Copies.of(web)).hasSize(2);
        }
        kill("KILL", pid);
        estate.awaitUp(web);
        assertThat(Copies.problems(List.of(web))).isEmpty();
    }

    /**
     * Its list is gone too. What is there is known by its output, which is ours too, or by its session, which nobody
     * leads any more.
     */
    @ParameterizedTest
    @CsvSource({"output, true, end", "session, true, end", "session, false, say"})
    void case_24_runsv_alone_of_which_all_is_removed_starts_nothing_beside_who_seems_to_be_left(
            String sign, boolean isAllRemoved, String wayOut) throws Exception {
        Path web = estate.make("web", "exec sleep 100000");
        if (sign.equals("session")) {
            estate.startedBy("setsid", "sh", "-c", "exec \"$@\" >/dev/null", "sh");
        }
        estate.start(Estate.program("runsv", web.toString()));
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        Estate.run("rm", "-rf", list(web).toString());
        if (isAllRemoved) {
            Estate.run("rm", "-rf", web.resolve("supervise").toString());
        } else {
            Files.delete(record(web));
            Files.delete(web.resolve("supervise/status"));
        }

        for (int launch = 0; launch < 2; launch++) {
            // the second one finds a supervise that is not new
            estate.start(Estate.program("runsv", web.toString()));
            patiently().until(() -> !estate.complaints().isEmpty());
            assertThat(estate.complaints())
                    .isEqualTo("runsv " + web + ": warning: there is neither supervise/.state nor supervise/status, and"
                            + " process " + pid + ", which was here before, may be run: nothing is started; end it, or"
                            + " make an empty supervise/status if it is not\n");
            assertThat(Copies.of(web)).containsExactly((long) pid);
            if (launch == 0) {
                estate.killLauncher();
            }
        }
        if (wayOut.equals("end")) {
            kill("KILL", pid);
        } else {
            Files.createFile(web.resolve("supervise/status"));
        }
        estate.awaitUp(web);
        assertThat(status(web).pid()).isNotEqualTo(pid);
        kill("KILL", pid);
        patiently()
                .untilAsserted(() -> assertThat(Copies.problems(List.of(web))).isEmpty());
        kill("TERM", estate.launcher().pid());
        assertThat(estate.launcher().waitFor()).isZero();
    }

    /** In which it says who runs, beside supervise. */
    private static Path list(Path service) {
        return service.resolve(".pekko-supervisor");
    }

    /** It has a list of its own, by which it finds them wherever they are, and whoever they are. */
    @ParameterizedTest
    @CsvSource({"here, OURS", "elsewhere, OURS", "elsewhere, NOBODYS", "hidden, ROOTS_WITHOUT_TRACING"})
    void case_24_runsv_alone_adopts_what_it_has_left_though_supervise_is_removed(String where, Rights rights)
            throws Exception {
        Path web = estate.make(
                "web",
                switch (where) {
                    case "here" -> "exec sleep 100000";
                    case "hidden" -> AS_NOBODY;
                    default ->
                        "cd /; exec env -i /usr/bin/perl -e 'sleep 100000' " + Copies.token(estate.directory("web"));
                });
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat");
        launchWith(rights);
        List<String> runsv = Estate.program("runsv", web.toString());
        estate.start(runsv);
        estate.awaitUp(web, logger);
        int pid = status(web).pid();
        int its = status(logger).pid();
        patiently().until(() -> where.equals("here") || !isIn(web, pid));

        for (int life = 0; life < 2; life++) {
            estate.killLauncher();
            Estate.run("rm", "-rf", web.resolve("supervise").toString());
            Estate.run("rm", "-rf", logger.resolve("supervise").toString());
            estate.start(runsv);
            estate.awaitUp(web, logger);

            assertThat(status(web).pid()).isEqualTo(pid);
            assertThat(status(logger).pid()).isEqualTo(its);
            assertThat(estate.complaints().lines())
                    .containsExactly(
                            "runsv " + web + ": warning: supervise/.state does not name it: run is adopted, pid " + pid
                                    + ", which the list of services names",
                            "runsv " + web
                                    + ": warning: log/supervise/.state does not name it: log/run is adopted, pid " + its
                                    + ", which the list of services names");
        }
        sv("restart", web);
        patiently().until(() -> status(web).pid() != 0 && status(web).pid() != pid);
        assertThat(AdoptionOfEntriesTest.runs(pid)).isFalse();
        kill("TERM", estate.launcher().pid());
        assertThat(estate.launcher().waitFor()).isZero();
    }

    private static boolean isIn(Path directory, int pid) {
        return Estate.run("readlink", "/proc/" + pid + "/cwd").equals(directory + "\n")
                && !Estate.run("cat", "/proc/" + pid + "/status").contains("Uid:\t" + NOBODY);
    }

    private static final String AS_NOBODY =
            "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- sleep 100000";

    /** All that there is to see is its name, and that it seems to be left. */
    @ParameterizedTest
    @ValueSource(strings = {"end", "say"})
    void case_04_into_whom_it_cannot_be_looked_and_of_whom_nothing_tells_is_named(String wayOut) throws Exception {
        // those of other tests are not to have that name
        Path web = estate.make(
                "web",
                "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- perl -e '$0 = \"hidden-"
                        + wayOut + "\"; select(undef, undef, undef, 100000)'");
        launchWith(Rights.ROOTS_WITHOUT_TRACING);
        List<String> runsv = Estate.program("runsv", web.toString());
        estate.start(runsv);
        estate.awaitUp(web);
        int pid = status(web).pid();
        patiently()
                .until(() -> AdoptionOfHiddenProcessesTest.isNobodys(pid)
                        && Estate.run("cat", "/proc/" + pid + "/comm").equals("hidden-" + wayOut + "\n"));
        estate.killLauncher();
        Estate.run("rm", "-rf", web.resolve("supervise").toString());
        Estate.run("rm", "-rf", list(web).toString());

        estate.start(runsv);
        patiently().until(() -> !estate.complaints().isEmpty());

        assertThat(estate.complaints())
                .startsWith("runsv " + web + ": warning: there is neither supervise/.state nor supervise/status, and ")
                .containsPattern("\\b" + pid + "\\b")
                .contains(" into which it cannot be looked and which by name is a program of it, may be run: nothing is"
                        + " started; end ");
        assertThat(AdoptionOfEntriesTest.runs(pid)).isTrue();
        assertThat(Files.exists(list(web))).as("nothing has been started").isFalse();
        // as it says
        if (wayOut.equals("end")) {
            kill("KILL", pid);
        } else {
            Files.createFile(web.resolve("supervise/status"));
        }
        estate.awaitUp(web);
        assertThat(status(web).pid()).isNotEqualTo(pid);
        kill("KILL", pid);
        kill("TERM", estate.launcher().pid());
        assertThat(estate.launcher().waitFor()).isZero();
    }

    /** It has a parent, or is in the session of who has started it. */
    @ParameterizedTest
    @ValueSource(strings = {"cd \"$1\"; sleep 100000; true", "cd \"$1\"; (sleep 100000 &); cd /; exec sleep 100000"})
    void case_24_what_an_operator_does_in_the_directory_keeps_no_service_down(String does) throws Exception {
        Path web = estate.make("web", "exec sleep 100000");
        // what is above the launcher could be who takes orphans, so it is not to be the parent
        Process operator = new ProcessBuilder(
                        "sh", "-c", "setsid -w sh -c \"$1\" sh \"$2\"; true", "sh", does, web.toString())
                .redirectErrorStream(true)
                .start();
        try {
            patiently().until(() -> Copies.of(web).size() == 1);
            long there = Copies.of(web).get(0);
            Process runsv = estate.start(Estate.program("runsv", web.toString()));
            estate.awaitUp(web);

            assertThat(estate.complaints()).isEmpty();
            kill("TERM", runsv.pid());
            assertThat(runsv.waitFor()).isZero();
            kill("KILL", there);
        } finally {
            operator.descendants().forEach(ProcessHandle::destroyForcibly);
            operator.destroyForcibly();
            // whoever was there first may not be who stays
            Copies.of(web).forEach(pid -> kill("KILL", pid));
        }
    }

    /** A shell of an operator has a parent. */
    @Test
    void case_16_who_is_only_visiting_is_not_taken_for_it() throws Exception {
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        estate.killLauncher();
        kill("KILL", pid);
        Damage.NOISE.done(record(web));
        Process shell = new ProcessBuilder("sh", "-c", "(cd " + web + "; exec sleep 100000); true")
                .redirectErrorStream(true)
                .start();
        try {
            patiently()
                    .until(() -> shell.children().findAny().isPresent()
                            && Copies.of(web).size() == 1);
            long visitor = Copies.of(web).get(0);
            estate.start();
            estate.awaitUp(web);

            assertThat(estate.complaints())
                    .contains("supervise/.state is not used")
                    .contains("counts as not running")
                    .doesNotContain("nothing is started");
            assertThat(status(web).pid()).isNotIn(pid, (int) visitor);
            assertThat(Copies.of(web)).hasSize(2).contains(visitor);
        } finally {
            shell.descendants().forEach(ProcessHandle::destroyForcibly);
            shell.destroyForcibly();
        }
    }

    /** It writes no records, and its death leaves its service and logger, and their pipe. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void case_25_what_real_runsv_has_left_that_was_killed_is_adopted(boolean oursBefore) throws Exception {
        Needs.that(Files.isExecutable(RUNSV), "runit is not installed");
        Path web = estate.make(
                "web", WrittenLines.command(estate.writer(), A_HUNDRED_A_SECOND, NO_END, estate.directory("web")));
        Path logger = web.resolve("log");
        script(logger.resolve("run"), "exec cat >>lines");
        if (oursBefore) {
            Process ours = estate.start(Estate.program("runsv", web.toString()));
            estate.awaitUp(web, logger);
            kill("TERM", ours.pid());
            assertThat(ours.waitFor()).isZero();
        }
        Process runsv = estate.start(List.of(RUNSV.toString(), web.toString()));
        estate.awaitUp(web, logger);
        int pid = status(web).pid();
        int loggerPid = status(logger).pid();
        runsv.destroyForcibly();
        assertThat(runsv.waitFor(60, TimeUnit.SECONDS)).isTrue();

        estate.link("web");
        estate.start();
        estate.awaitUp(web, logger);

        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(status(logger).pid()).isEqualTo(loggerPid);
        assertThat(Copies.problems(List.of(web, logger))).isEmpty();
        assertThat(estate.complaints().lines())
                .containsExactly(
                        "runsv web: warning: supervise/.state does not name it: run is adopted by supervise/status,"
                                + " pid " + pid,
                        "runsv web: warning: log/supervise/.state does not name it: log/run is adopted by"
                                + " log/supervise/status, pid " + loggerPid);
        // another logger reads what comes by the same pipe
        kill("TERM", loggerPid);
        patiently()
                .until(() ->
                        status(logger).state() == State.RUN && status(logger).pid() != loggerPid);
        int lines = lines(logger.resolve("lines")).size();
        patiently().until(() -> lines(logger.resolve("lines")).size() > lines);
        assertThat(status(web).pid()).isEqualTo(pid);
    }

    /** Of what runit's has started only {@code status} tells, over which the next of ours writes. */
    @Test
    void case_25_second_copy_that_runits_has_started_beside_ours_is_named() throws Exception {
        Needs.that(Files.isExecutable(RUNSV), "runit is not installed");
        Path web = estate.sleeper("web");
        estate.start();
        estate.awaitUp(web);
        int ours = status(web).pid();
        estate.killLauncher();
        Process runsv = estate.start(List.of(RUNSV.toString(), web.toString()));
        patiently().until(() -> status(web).pid() != ours && status(web).state() == State.RUN);
        int theirs = status(web).pid();
        runsv.destroyForcibly();
        assertThat(runsv.waitFor(60, TimeUnit.SECONDS)).isTrue();

        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> status(web).pid() == ours);

        assertThat(estate.complaints().lines())
                .containsExactly("runsv web: warning: run is adopted, pid " + ours + ", which supervise/.state names;"
                        + " supervise/status names another one, process " + theirs + ", which a supervisor has started"
                        + " that knows nothing of that: it goes on beside it and is left alone; end it");
        assertThat(Copies.of(web)).containsExactlyInAnyOrder((long) ours, (long) theirs);
        kill("KILL", theirs);
        patiently().until(() -> Copies.of(web).size() == 1);
        assertThat(status(web).pid()).isEqualTo(ours);
    }
}
