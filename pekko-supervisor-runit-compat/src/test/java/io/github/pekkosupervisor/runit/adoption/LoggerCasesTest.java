package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.kill;
import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.script;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static io.github.pekkosupervisor.runit.adoption.StampedLog.bytes;
import static io.github.pekkosupervisor.runit.adoption.StampedLog.files;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The acceptance case of adoption that is about loggers without a JVM each: a {@code log/run} that is our
 * {@code svlogd}.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class LoggerCasesTest extends InEstate {

    private static final int LOGGERS = LONG ? 100 : 10;
    private static final int KILLS = LONG ? 60 : 4;
    private static final int NO_END = 1_000_000_000;

    /** A hundred in 30 MB. */
    private static final int MOST_KILOBYTES = 300;

    private static final String SVLOGD = "exec svlogd -tt ./main";
    private static final Path RUNSVDIR = Path.of("/usr/bin/runsvdir");

    @BeforeEach
    void putOursFirst() throws IOException {
        Path bin = OurDist.make(estate.root().resolve("dist"), "svlogd");
        estate.startedBy("env", "PATH=" + bin + ":" + System.getenv("PATH"), "JAVA_HOME=" + BuiltDist.javaHome());
    }

    private Path logged(String name, double pause, String logRun) throws IOException {
        Path service =
                estate.service(name, WrittenLines.command(estate.writer(), pause, NO_END, estate.directory(name)));
        Files.createDirectories(service.resolve("log/main"));
        script(service.resolve("log/run"), logRun);
        return service;
    }

    private List<Path> many(int count, double pause) throws IOException {
        List<Path> services = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            services.add(logged("web" + i, pause, SVLOGD));
        }
        return services;
    }

    // ---- what is to be seen

    private static int logger(Path service) {
        return status(service.resolve("log")).pid();
    }

    private static List<Integer> loggers(List<Path> services) {
        return services.stream().map(LoggerCasesTest::logger).toList();
    }

    private static boolean isJvm(int pid) {
        return new OneProcess(pid).isJvm();
    }

    /** It runs, and is no JVM. */
    private static boolean isSmall(int pid) {
        return pid != 0
                && new OneProcess(pid).runs()
                && !isJvm(pid)
                && new OneProcess(pid).read("cmdline").contains("/bin/svlogd");
    }

    private void awaitSmall(List<Path> services) {
        for (Path service : services) {
            patiently()
                    .untilAsserted(() -> assertThat(isSmall(logger(service)))
                            .as("%s is small; said: %s", service, estate.complaints())
                            .isTrue());
        }
    }

    private static void awaitOther(Path service, int before) {
        patiently().until(() -> {
            ServiceStatus now = status(service.resolve("log"));
            return now.state() == State.RUN && now.pid() != before && now.pid() != 0;
        });
    }

    /** So much more is written than now. */
    private static void awaitMore(Path service, long more) {
        long due = bytes(service) + more;
        patiently().until(() -> bytes(service) >= due);
    }

    private List<String> problems(Path service) throws IOException {
        return StampedLog.problems(service, estate.root());
    }

    /** What the loggers take of the memory, where what several share counts in parts. */
    private static List<String> tooLarge(List<Integer> loggers) throws IOException {
        long kilobytes = 0;
        for (int pid : loggers) {
            kilobytes += lines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
                    .filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
        long most = (long) MOST_KILOBYTES * loggers.size();
        return kilobytes > 0 && kilobytes <= most
                ? List.of()
                : List.of(loggers.size() + " loggers have " + kilobytes + " kB, and may have " + most);
    }

    private void allComplete(List<Path> services) throws IOException {
        for (Path service : services) {
            assertThat(problems(service)).as(service.toString()).isEmpty();
        }
    }

    // ---- case 40

    @Test
    void case_40_loggers_are_small_and_obey() throws Exception {
        List<Path> services = many(LOGGERS, 0.02);
        estate.start();
        estate.awaitAllUp();
        awaitSmall(services);
        services.forEach(service -> awaitMore(service, 1));
        List<Integer> first = loggers(services);

        assertThat(tooLarge(first)).isEmpty();

        for (Path service : services) {
            kill("ALRM", logger(service));
        }
        for (Path service : services) {
            patiently().until(() -> files(service).size() > 1);
        }
        for (Path service : services) {
            // what was read before counts until it is told to look again
            Files.write(service.resolve("log/main/config"), List.of("s4000", "n0"));
            kill("HUP", logger(service));
        }
        for (Path service : services) {
            patiently().until(() -> files(service).size() > 3);
        }
        assertThat(loggers(services)).isEqualTo(first);

        for (int i = 0; i < services.size(); i++) {
            kill("TERM", first.get(i));
            awaitOther(services.get(i), first.get(i));
        }
        awaitSmall(services);
        services.forEach(service -> awaitMore(service, 1));

        Path killed = services.get(0);
        int before = logger(killed);
        kill("KILL", before);
        awaitOther(killed, before);
        awaitSmall(services);
        services.forEach(service -> awaitMore(service, 1));
        assertThat(tooLarge(loggers(services))).isEmpty();
        assertThat(estate.complaints()).isEmpty();

        estate.stop();
        allComplete(services);
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_40_loggers_go_on_by_themselves_when_the_launcher_dies() throws Exception {
        List<Path> services = many(3, 0.01);
        estate.start();
        estate.awaitAllUp();
        awaitSmall(services);
        services.forEach(service -> awaitMore(service, 1));
        List<Integer> before = loggers(services);

        estate.killLauncher();

        for (int pid : before) {
            patiently().until(() -> isJvm(pid));
        }
        services.forEach(service -> awaitMore(service, 2000));
        estate.start();
        estate.awaitAllUp();
        assertThat(loggers(services)).isEqualTo(before);
        services.forEach(service -> awaitMore(service, 2000));
        // its signals reach it as ever
        kill("ALRM", before.get(0));
        patiently().until(() -> files(services.get(0)).size() > 1);
        kill("TERM", before.get(1));
        kill("KILL", before.get(2));
        awaitOther(services.get(1), before.get(1));
        awaitOther(services.get(2), before.get(2));
        awaitSmall(services.subList(1, 3));
        services.forEach(service -> awaitMore(service, 1));

        estate.stop();
        allComplete(services);
        assertThat(estate.complaints()).isEmpty();
    }

    /** Whoever is killed, at whatever moment: the launcher, the logger that waits, or the one that writes. */
    @Test
    void case_40_lines_are_complete_whoever_is_killed() throws Exception {
        Path web = logged("web", 0, SVLOGD);
        Files.write(web.resolve("log/main/config"), List.of("n0", "s20000"));
        Random random = new Random(40);
        estate.start();
        estate.awaitAllUp();

        for (int i = 0; i < KILLS; i++) {
            awaitMore(web, 1 + random.nextInt(500_000));
            int before = logger(web);
            if (i % 2 == 0) {
                estate.lose();
                estate.awaitAllUp();
            } else {
                kill("KILL", before);
                awaitOther(web, before);
            }
        }
        awaitMore(web, 1);

        estate.stop();
        allComplete(List.of(web));
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_40_the_same_directories_under_runit_with_our_svlogd_in_path() throws Exception {
        Needs.that(Files.isExecutable(RUNSVDIR), "the program runsvdir is not installed; apt install runit");
        List<Path> services = many(2, 0.01);
        List<String> runit = List.of(RUNSVDIR.toString(), estate.services().toString());
        estate.start(runit);
        estate.awaitAllUp();
        for (Path service : services) {
            patiently().until(() -> isJvm(logger(service)));
            awaitMore(service, 1);
            kill("ALRM", logger(service));
            patiently().until(() -> files(service).size() > 1);
        }
        estate.stop();
        patiently().until(() -> estate.marked().isEmpty());

        estate.start();
        estate.awaitAllUp();
        awaitSmall(services);
        services.forEach(service -> awaitMore(service, 1));
        estate.stop();
        assertThat(estate.complaints()).isEmpty();

        estate.start(runit);
        estate.awaitAllUp();
        for (Path service : services) {
            patiently().until(() -> isJvm(logger(service)));
            awaitMore(service, 1);
        }
        estate.stop();
        patiently().until(() -> estate.marked().isEmpty());
        allComplete(services);
    }

    /** Where we would write otherwise than the logger, it writes itself. */
    @Test
    void case_40_logger_that_is_not_as_the_launcher_writes_itself() throws Exception {
        List<Path> services = List.of(
                logged("own-umask", 0.02, "umask 077\n" + SVLOGD),
                logged("own-limit", 0.02, "ulimit -c 0; ulimit -f 1000000\n" + SVLOGD),
                logged("elsewhere", 0.02, "cd main\nexec svlogd -tt ."),
                logged("two", 0.02, "mkdir -p other\n" + SVLOGD + " ./other"),
                logged("complains", 0.02, "exec 2>complaints\n" + SVLOGD),
                logged("deaf", 0.02, "trap '' HUP\n" + SVLOGD),
                logged("other-input", 0.02, "cat | { " + SVLOGD + "; }"));
        Path small = logged("small", 0.02, SVLOGD);
        estate.start();
        estate.awaitAllUp();

        for (Path service : services) {
            if (!service.endsWith("other-input")) {
                patiently().until(() -> isJvm(logger(service)));
            }
            awaitMore(service, 1);
        }
        awaitSmall(List.of(small));
        estate.stop();

        allComplete(services);
        assertThat(estate.complaints()).isEmpty();
    }

    @Test
    void case_40_log_of_another_user_is_his() throws Exception {
        needsRoot();
        letOthersIn();
        Path web = logged(
                "web",
                0.02,
                "exec setpriv --reuid=" + NOBODY + " --regid=" + NOBODY + " --clear-groups -- svlogd -tt ./main");
        toNobody(web.resolve("log/main"));
        estate.start();
        estate.awaitAllUp();

        patiently().until(() -> isJvm(logger(web)));
        awaitMore(web, 1);
        estate.stop();

        allComplete(List.of(web));
        assertThat(Files.getAttribute(web.resolve("log/main/current"), "unix:uid"))
                .isEqualTo(Integer.valueOf(NOBODY));
    }

    // ---- what the judges are for is planted

    @Test
    void logger_with_a_jvm_is_reported_as_too_large() throws Exception {
        Path web = logged("web", 0.02, "unset PEKKO_SUPERVISOR_LOGGER\n" + SVLOGD);
        estate.start();
        estate.awaitAllUp();
        patiently().until(() -> isJvm(logger(web)));
        awaitMore(web, 1);

        assertThat(tooLarge(loggers(List.of(web)))).hasSize(1);
        assertThat(isSmall(logger(web))).isFalse();
    }

    @Test
    void lost_line_and_one_without_a_stamp_are_reported() throws Exception {
        Path web = logged("web", 0.02, SVLOGD);
        String stamp = "2026-11-30_01:02:03.45678 ";
        Files.write(web.resolve("notes"), List.of("7 4"));
        List<String> written = IntStream.of(0, 2, 3)
                .mapToObj(n -> (n == 3 ? "" : stamp) + WrittenLines.line(7, n))
                .toList();
        Files.write(web.resolve("log/main/current"), written);

        assertThat(problems(web))
                .containsExactly(
                        "writer 7: line 2 where 1 was due",
                        "no line of a writer: no stamp: " + WrittenLines.line(7, 3),
                        "writer 7: 3 lines of 4");
    }
}
