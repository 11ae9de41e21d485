package io.github.pekkosupervisor.runit.realinput;

import static io.github.pekkosupervisor.runit.realinput.Sandbox.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.pekkosupervisor.runit.realinput.DebianServiceDirectories.LinkTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Debian's own service directories, loaded and, where that does no harm, started. */
@Tag("dist")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(1)
class DebianServiceDirectoriesTest {

    private Path root = Path.of("");

    static Stream<Implementation> implementations() {
        return Implementation.selected();
    }

    static Stream<Arguments> implementations_and_link_targets() {
        return Implementation.selected()
                .flatMap(implementation ->
                        Stream.of(LinkTarget.values()).map(target -> Arguments.of(implementation, target)));
    }

    @BeforeEach
    void take_directory(@TempDir Path directory) {
        root = directory;
    }

    /** All of them in one tree, each with a file {@code down}. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Loaded {

        private final Map<Implementation, Observed> observed = new EnumMap<>(Implementation.class);

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.realinput.DebianServiceDirectoriesTest#implementations")
        void every_service_directory_is_loaded_and_stays_down(Implementation implementation) throws IOException {
            DebianServiceDirectories directories = DebianServiceDirectories.find(Requirement.debianTrees());

            Observed loaded = observed(implementation);

            assertThat(directories.names()).hasSizeGreaterThan(50);
            assertThat(loaded.status())
                    .containsExactlyElementsOf(directories.names().stream()
                            .map(name ->
                                    "down: " + name + ": Ns" + (directories.hasLogger(name) ? "; down: log: Ns" : ""))
                            .toList());
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.realinput.DebianServiceDirectoriesTest#implementations")
        void status_and_complaints_are_those_of_the_real_runsvdir(Implementation implementation) throws IOException {
            Observed real = observed(Implementation.RUNIT);

            Observed loaded = observed(implementation);

            assertThat(loaded.status()).isEqualTo(real.status());
            assertThat(real.complaints()).containsAll(loaded.complaints());
        }

        private Observed observed(Implementation implementation) throws IOException {
            Observed known = observed.get(implementation);
            if (known != null) {
                return known;
            }
            DebianServiceDirectories directories = DebianServiceDirectories.find(Requirement.debianTrees());
            Observed now = observeDown(implementation, LinkTarget.PRESENT, directories, directories.names());
            observed.put(implementation, now);
            return now;
        }
    }

    /** mini-httpd-run ships its supervise directories as links into {@code /run}, empty after each boot. */
    @Nested
    class SuperviseLinks {

        private static final String LINKED = "mini-httpd";

        @ParameterizedTest
        @MethodSource(
                "io.github.pekkosupervisor.runit.realinput.DebianServiceDirectoriesTest#implementations_and_link_targets")
        void links_into_run_are_treated_as_the_real_runsv_does(Implementation implementation, LinkTarget target)
                throws IOException {
            DebianServiceDirectories directories = DebianServiceDirectories.find(Requirement.debianTrees());
            Observed real = observeDown(Implementation.RUNIT, target, directories, List.of(LINKED));

            Observed loaded = observeDown(implementation, target, directories, List.of(LINKED));

            assertThat(loaded.status()).isEqualTo(real.status());
            assertThat(loaded.complaints()).isEqualTo(real.complaints());
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.realinput.DebianServiceDirectoriesTest#implementations")
        void the_absent_target_of_a_link_is_made_and_used(Implementation implementation) throws IOException {
            DebianServiceDirectories directories = DebianServiceDirectories.find(Requirement.debianTrees());

            try (Sandbox sandbox = new Sandbox(root, implementation)) {
                directories.copyAsDown(LINKED, LinkTarget.ABSENT, sandbox);
                sandbox.start();

                patiently()
                        .untilAsserted(
                                () -> assertThat(sandbox.sv("status", LINKED).lines())
                                        .containsExactly("down: mini-httpd: Ns; down: log: Ns"));
                Path targets = DebianServiceDirectories.superviseTargets(sandbox);
                assertThat(sandbox.service(LINKED).resolve("supervise")).isSymbolicLink();
                assertThat(sandbox.service(LINKED).resolve("log/supervise")).isSymbolicLink();
                assertThat(targets.resolve(LINKED)).isDirectoryContaining("glob:**/ok");
                assertThat(targets.resolve(LINKED + ".log")).isDirectoryContaining("glob:**/ok");
            }
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.realinput.DebianServiceDirectoriesTest#implementations")
        void a_link_into_a_missing_directory_is_complained_about(Implementation implementation) throws IOException {
            DebianServiceDirectories directories = DebianServiceDirectories.find(Requirement.debianTrees());

            Observed loaded = observeDown(implementation, LinkTarget.PARENT_ABSENT, directories, List.of(LINKED));

            assertThat(loaded.status())
                    .containsExactly("warning: mini-httpd: unable to open supervise/ok: file does not exist");
            assertThat(loaded.complaints())
                    .containsExactly("runsv mini-httpd: fatal: unable to open supervise/lock: file does not exist");
        }
    }

    /** Those that may be started anywhere, all in one tree; see {@link Startable} for what each of them then does. */
    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class Started {

        private final Map<Implementation, RunOfAll> runs = new EnumMap<>(Implementation.class);

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.realinput.DebianServiceDirectoriesTest#implementations")
        void each_service_runs_as_under_the_real_runsvdir(Implementation implementation) throws IOException {
            RunOfAll real = run(Implementation.RUNIT);

            RunOfAll run = run(implementation);

            assertThat(run.courses()).isEqualTo(real.courses());
            assertThat(real.complaints()).containsAll(run.complaints());
        }

        @ParameterizedTest
        @MethodSource("io.github.pekkosupervisor.runit.realinput.DebianServiceDirectoriesTest#implementations")
        void a_missing_program_is_tried_every_second_until_stopped(Implementation implementation) throws IOException {
            RunOfAll run = run(implementation);

            assertThat(run.courses())
                    .containsEntry("default-syslog", Course.STAYS_UP)
                    .containsEntry("mini-httpd", Course.TRIED_EVERY_SECOND)
                    .containsEntry("bcron-sched", Course.TRIED_EVERY_SECOND)
                    .containsEntry("irqbalance", Course.TRIED_EVERY_SECOND);
            assertThat(run.stopped().exitCode()).isZero();
            // sv finds a service down between two tries too, and then says ok before the command was obeyed
            assertThat(run.stopped().lines())
                    .map(line -> line.replaceFirst(", want up$", ""))
                    .containsExactlyInAnyOrderElementsOf(Stream.of(Startable.values())
                            .map(service -> "ok: down: " + service.id() + ": Ns, normally up")
                            .toList());
        }

        private RunOfAll run(Implementation implementation) throws IOException {
            RunOfAll known = runs.get(implementation);
            if (known != null) {
                return known;
            }
            RunOfAll now = runAll(implementation);
            runs.put(implementation, now);
            return now;
        }

        private RunOfAll runAll(Implementation implementation) throws IOException {
            DebianServiceDirectories directories = DebianServiceDirectories.find(Requirement.debianTrees());
            Map<String, Watch> watches = new LinkedHashMap<>();
            try (Sandbox sandbox = freshSandbox(implementation)) {
                for (Startable service : Startable.values()) {
                    service.assumeHarmless();
                    directories.copy(service.id(), LinkTarget.PRESENT, sandbox);
                    watches.put(service.id(), new Watch(sandbox.service(service.id())));
                }
                sandbox.start();
                patiently()
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> watches.values().stream().map(Watch::look).toList().stream()
                                .allMatch(Optional::isPresent));
                Map<String, Course> courses = new LinkedHashMap<>();
                watches.forEach((name, watch) -> courses.put(name, watch.look().orElseThrow()));
                Sandbox.SvAnswer stopped =
                        sandbox.sv(Stream.concat(Stream.of("-w", "60", "stop"), watches.keySet().stream())
                                .toArray(String[]::new));
                patiently().until(() -> watches.values().stream().allMatch(Watch::isStopped));
                sandbox.hangUp();
                sandbox.awaitEmpty();
                return new RunOfAll(courses, stopped, sandbox.complaints());
            }
        }
    }

    /** What becomes of a service that is left alone. */
    enum Course {
        STAYS_UP,
        TRIED_EVERY_SECOND,
        TURNS_ITSELF_DOWN
    }

    /**
     * Services that change nothing outside their directory, given that the program they start is not installed. Chosen
     * by reading: most others make directories in {@code /run} or {@code /var}, change owners there, or start what
     * would really run (sshd, cron, a getty).
     */
    enum Startable {
        /** {@code exec sleep 6000}. */
        DEFAULT_SYSLOG("default-syslog", "/nonexistent"),
        /**
         * Plain scripts: {@code exec} of the program fails with 127; so does the directory of their svlogd, with 111.
         */
        MINI_HTTPD("mini-httpd", "/usr/sbin/mini_httpd"),
        BCRON_SCHED("bcron-sched", "/usr/sbin/bcron-start"),
        IRQBALANCE("irqbalance", "/usr/sbin/irqbalance"),
        /** Interpreted by Debian's invoke-run, which may itself call {@code sv d}; user unknown. */
        TINYDNS("tinydns", "/usr/sbin/tinydns"),
        RBLDNS("rbldns", "/usr/sbin/rbldns"),
        WALLDNS("walldns", "/usr/sbin/walldns"),
        /** The same with finish-exec for a finish, and with a logger directory that has no {@code run}. */
        ACPI_FAKEKEY("acpi-fakekey", "/usr/sbin/acpi_fakekeyd"),
        HAVEGED("haveged", "/usr/sbin/haveged"),
        PRELOAD("preload", "/usr/sbin/preload");

        private final String id;
        private final Path program;

        Startable(String id, String program) {
            this.id = id;
            this.program = Path.of(program);
        }

        String id() {
            return id;
        }

        void assumeHarmless() {
            assumeThat(program).as("%s would really run", id).doesNotExist();
            assumeThat(Path.of("/etc/init.d", id))
                    .as("invoke-run would stop %s", id)
                    .doesNotExist();
            assumeThat(Path.of("/var/log/runit", id))
                    .as("its logger would change the owner of")
                    .doesNotExist();
        }
    }

    /** Follows the status of one service until its course is clear. */
    private static final class Watch {

        private static final int ENDS_TO_SEE = 6;
        private static final Duration LONG_ENOUGH = Duration.ofSeconds(3);

        /**
         * Starts are at least a second apart; ends are not: while runsv sleeps for the logger's sake it notes an end
         * late, by up to a second. The first stamp does not count, it may be that of the supervisor's own start.
         */
        private static final Duration ENDS_TAKE_AT_LEAST = Duration.ofMillis((ENDS_TO_SEE - 3) * 1000L - 10);

        private final Path service;
        private final List<Instant> ends = new ArrayList<>();

        Watch(Path service) {
            this.service = service;
        }

        Optional<Course> look() {
            return StatusFile.read(service).flatMap(this::judge);
        }

        private Optional<Course> judge(StatusFile status) {
            if (status.state() == StatusFile.State.DOWN && !ends.contains(status.stamp())) {
                ends.add(status.stamp());
            }
            if (status.state() == StatusFile.State.DOWN && !status.wantsUp()) {
                return Optional.of(Course.TURNS_ITSELF_DOWN);
            }
            // one that is not a shell any more: a shell may be held up
            if (status.state() == StatusFile.State.RUN
                    && isSleep(status.pid())
                    && Duration.between(status.stamp(), Instant.now()).compareTo(LONG_ENOUGH) > 0) {
                return Optional.of(Course.STAYS_UP);
            }
            if (ends.size() < ENDS_TO_SEE) {
                return Optional.empty();
            }
            assertThat(Duration.between(ends.get(1), ends.get(ENDS_TO_SEE - 1)))
                    .as("%s: time taken by %d ends", service.getFileName(), ENDS_TO_SEE - 2)
                    .isGreaterThanOrEqualTo(ENDS_TAKE_AT_LEAST);
            return Optional.of(Course.TRIED_EVERY_SECOND);
        }

        private static boolean isSleep(long pid) {
            try {
                return Files.readString(Path.of("/proc", Long.toString(pid), "comm"))
                        .equals("sleep\n");
            } catch (IOException gone) {
                return false;
            }
        }

        boolean isStopped() {
            return StatusFile.read(service)
                    .filter(status -> status.state() == StatusFile.State.DOWN && !status.wantsUp())
                    .isPresent();
        }
    }

    private record Observed(List<String> status, Set<String> complaints) {}

    private record RunOfAll(Map<String, Course> courses, Sandbox.SvAnswer stopped, Set<String> complaints) {}

    private Sandbox freshSandbox(Implementation implementation) throws IOException {
        return new Sandbox(Files.createTempDirectory(root, "tree"), implementation);
    }

    /** Each, and its logger, which has a status of its own. */
    private static boolean isAnswered(Sandbox.SvAnswer answer) {
        return answer.exitCode() == 0 && !answer.text().contains("unable to");
    }

    private Observed observeDown(
            Implementation implementation, LinkTarget target, DebianServiceDirectories directories, List<String> names)
            throws IOException {
        try (Sandbox sandbox = freshSandbox(implementation)) {
            for (String name : names) {
                directories.copyAsDown(name, target, sandbox);
            }
            String[] question =
                    Stream.concat(Stream.of("status"), names.stream()).toArray(String[]::new);
            sandbox.start();
            // where a supervisor cannot even make its directory, saying so is all that can be waited for
            patiently()
                    .until(() -> target == LinkTarget.PARENT_ABSENT
                            ? !sandbox.complaints().isEmpty()
                            : isAnswered(sandbox.sv(question)));
            List<String> status = sandbox.sv(question).lines();
            sandbox.hangUp();
            sandbox.awaitEmpty();
            return new Observed(status, sandbox.complaints());
        }
    }
}
