package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.patiently;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors and signals as the launcher and the tools were started with them, and what {@code ps} shows of them. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class LaunchedAsItWasTest extends InYard {

    // ---- descriptors

    @ParameterizedTest
    @CsvSource({
        "runsvdir, <&-",
        "runsvdir, >&-",
        "runsvdir, 2>&-",
        "runsvdir, <&- >&- 2>&-",
        "pekko-supervisor runsvdir, <&- >&- 2>&-",
        "runsv, <&-",
        "runsv, <&- >&- 2>&-",
        "jar runsvdir, <&-",
        "jar runsvdir, <&- >&- 2>&-",
        "jar runsv, <&- >&- 2>&-"
    })
    void standard_descriptor_that_was_closed_is_no_file_of_ours_in_a_service(String program, String closed)
            throws IOException {
        Path web = yard.healthy("web");
        String directory = program.endsWith("runsv") ? "services/web" : "services";

        yard.start("sh", "-c", "exec " + command(program) + " " + directory + " " + closed);
        int pid = yard.awaitRun(web);

        Path root = yard.root();
        closedByNow().untilAsserted(() -> {
            Map<Integer, String> open = descriptors(pid);
            assertThat(open.keySet()).as(open::toString).isSubsetOf(0, 1, 2);
            assertThat(open.values())
                    .isSubsetOf(
                            "/dev/null",
                            root.resolve("stdout").toString(),
                            root.resolve("stderr").toString());
        });
        if (program.equals("runsv") || program.equals("jar runsv")) {
            Yard.command("kill", "-TERM", Long.toString(yard.launcherPid()));
            assertThat(yard.exitCode()).isZero();
        }
    }

    /** The JVM opens such files for itself, at any time, and does not close them on exec. */
    @ParameterizedTest
    @ValueSource(strings = {"runsvdir", "jar runsvdir"})
    void what_a_jvm_reads_of_memory_is_not_handed_to_a_service(String program) throws IOException {
        Path web = yard.healthy("web");
        Path given = Files.createFile(yard.root().resolve("given"));

        yard.start("sh", "-c", "exec " + command(program) + " services 7</proc/meminfo 8<" + given);
        int pid = yard.awaitRun(web);

        closedByNow()
                .untilAsserted(() -> assertThat(descriptors(pid))
                        .containsEntry(8, given.toString())
                        .doesNotContainKey(7)
                        .doesNotContainKey(10));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "chpst",
                "setuidgid root",
                "envuidgid root",
                "envdir none",
                "pgrphack",
                "setlock lock",
                "softlimit",
                "jar chpst",
                "jar setlock lock"
            })
    void standard_descriptor_that_was_closed_is_no_file_of_ours_in_what_a_tool_becomes(String tool) throws IOException {
        assumeTrue(Yard.isRoot() || !tool.endsWith("root"), "only root can become root");
        String program = command(tool) + " sh -c 'ls -l /proc/$$/fd >&3'";

        String seen = shell(
                "cd \"$0\"; mkdir none; " + program + " 3>seen <&-; " + program + " 3>>seen <&- >&- 2>&-; cat seen");

        assertThat(seen).contains("seen").doesNotContain("modules", ".jar", ".jsa");
    }

    @ParameterizedTest
    @ValueSource(strings = {"svlogd", "jar svlogd"})
    void svlogd_without_an_input_logs_nothing(String program) throws IOException {
        Files.createDirectory(yard.root().resolve("log"));

        shell("cd \"$0\"; " + command(program) + " log <&- 2>/dev/null");

        assertThat(yard.root().resolve("log/current")).isEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(strings = {"runsvdir", "jar runsvdir"})
    void further_descriptor_reaches_service_logger_and_scripts_and_none_of_ours_does(String program)
            throws IOException {
        Path web = yard.healthy("web");
        Yard.script(web.resolve("log/run"), "exec cat >/dev/null");
        Yard.script(web.resolve("control/t"), "cat <&9 >../../term.new; mv ../../term.new ../../term; exit 1");
        Files.writeString(yard.root().resolve("handed"), "down");

        yard.start("sh", "-c", "exec 9<handed; exec " + command(program) + " services");
        int pid = yard.awaitRun(web);
        int logger = yard.awaitRun(web.resolve("log"));

        closedByNow().untilAsserted(() -> {
            assertThat(descriptors(pid).keySet()).containsExactly(0, 1, 2, 9);
            assertThat(descriptors(logger).keySet()).containsExactly(0, 1, 2, 9);
        });
        Yard.control(web, new byte[] {'t'});
        Path term = yard.root().resolve("term");
        patiently().until(() -> Files.exists(term) && Files.readString(term).equals("down"));
    }

    @Test
    void lock_that_the_launcher_was_started_under_is_held_by_its_services() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "no flock to lock with");
        Path web = yard.healthy("web");
        yard.start("flock", "--no-fork", "lock", Yard.dist().resolve("runsvdir").toString(), "services");
        int pid = yard.awaitRun(web);

        Yard.command("kill", "-TERM", Long.toString(yard.launcherPid()));
        assertThat(yard.exitCode()).isZero();

        String attempt = "flock -n '" + yard.root().resolve("lock") + "' true";
        assertThat(Yard.command("sh", "-c", attempt)).isEqualTo("exit code 1");
        Yard.command("kill", "-KILL", Integer.toString(pid));
        patiently().until(() -> Yard.command("sh", "-c", attempt).isEmpty());
    }

    // ---- signals

    /** Signal 64 is the last one. */
    @ParameterizedTest
    @ValueSource(strings = {"INT QUIT PIPE USR1 ALRM TSTP XFSZ 64", "HUP TERM USR2 SEGV", ""})
    void program_of_chpst_ignores_what_was_ignored_and_nothing_else(String ignored) {
        String look = "grep SigIgn /proc/self/status";
        String trap = ignored.isEmpty() ? ":" : "trap '' " + ignored;

        String seen = Yard.command("bash", "-c", trap + "; " + look + "; " + command("chpst") + " " + look + "; :");

        List<String> masks = seen.lines().toList();
        assertThat(masks).hasSize(2);
        assertThat(masks.get(1)).isEqualTo(masks.get(0));
    }

    /**
     * A shell stops ignoring CHLD before its script can look, but not so its parent; without a shell nothing is lost.
     */
    @Test
    void program_of_chpst_ignores_chld() {
        String look = "grep SigIgn /proc/self/status";
        // whatever this JVM was started with, a job in the background for example
        String ignoring = "env --default-signal --ignore-signal=CHLD ";

        String expected = Yard.command("sh", "-c", ignoring + look);

        // the JVM takes 33, one of the C library's own
        String fromTheJar = expected.replace("SigIgn:\t00000001", "SigIgn:\t00000000");
        assertThat(expected).startsWith("SigIgn:").endsWith("10000\n");
        assertThat(Yard.command("sh", "-c", ignoring + command("jar chpst") + " " + look))
                .isEqualTo(fromTheJar);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no python3 to be a parent that ignores CHLD");
        assertThat(Yard.command(
                        "env",
                        "--default-signal",
                        "python3",
                        "-c",
                        "import signal, subprocess, sys; signal.signal(17, 1); signal.signal(13, 0);"
                                + " signal.signal(25, 0); subprocess.call(sys.argv[1:])",
                        Yard.dist().resolve("chpst").toString(),
                        "grep",
                        "SigIgn",
                        "/proc/self/status"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"runsv, ALRM HUP 64", "runsvdir, USR1 64 QUIT"})
    void service_ignores_what_was_ignored(String program, String ignored) throws IOException {
        Path web = yard.healthy("web");
        // without what this JVM was started with: HUP is not for a launcher to ignore
        String all = "env --default-signal bash -c \"trap '' " + ignored + "; ";
        String expected = Yard.command("sh", "-c", all + "grep SigIgn /proc/self/status; :\"");
        String directory = program.equals("runsv") ? "services/web" : "services";

        yard.start("sh", "-c", "exec " + all + "exec " + command(program) + " " + directory + "\"");
        int pid = yard.awaitRun(web);

        assertThat(Files.readString(Path.of("/proc/" + pid + "/status"))).contains(expected);
        Yard.command("kill", "-TERM", Long.toString(yard.launcherPid()));
        yard.exitCode();
        Yard.command("kill", "-KILL", Integer.toString(pid));
    }

    // ---- the title

    @ParameterizedTest
    @CsvSource({
        "runsvdir, runsvdir, services",
        "runsvdir, runsvdir, -P services log:......................",
        "pekko-supervisor runsvdir, runsvdir, services",
        "jar runsvdir, runsvdir, services log:......................",
        "runsv, runsv, services/web"
    })
    void title_begins_with_the_program_and_its_arguments(String program, String name, String words) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/pidof")), "no pidof to look with");
        Path web = yard.healthy("web");

        yard.start("sh", "-c", "exec " + command(program) + " " + words);
        yard.awaitRun(web);

        long pid = yard.launcherPid();
        String title = Files.readString(Path.of("/proc/" + pid + "/cmdline"), ISO_8859_1);
        assertThat(title).startsWith((name + " " + words + " ").replace(' ', '\0'));
        assertThat(title.replaceFirst("\0+$", "")).isEqualTo((name + " " + words).replace(' ', '\0'));
        assertThat(Yard.command("pidof", name).strip().split(" ", -1)).contains(Long.toString(pid));
        assertThat(Files.readString(Path.of("/proc/" + pid + "/comm"))).isEqualTo(name + "\n");
        Yard.command("kill", program.equals("runsv") ? "-TERM" : "-HUP", Long.toString(pid));
        yard.exitCode();
    }

    // ---- what they are started by

    /** How a shell calls it. */
    private static String command(String program) {
        String[] words = program.split(" ", 2);
        return words[0].equals("jar")
                ? "'" + System.getProperty("java.home") + "/bin/java' -jar '" + Yard.jar() + "' " + words[1]
                : "'" + Yard.dist() + "/" + words[0] + "'" + (words.length > 1 ? " " + words[1] : "");
    }

    /** What it prints, run with the yard as {@code $0}. */
    private String shell(String script) {
        return Yard.command("sh", "-c", script, yard.root().toString());
    }

    /** The kernel closes what is not to be inherited a moment after a program has begun. */
    private static ConditionFactory closedByNow() {
        return patiently().ignoreException(NoSuchFileException.class);
    }

    private static Map<Integer, String> descriptors(long pid) throws IOException {
        Map<Integer, String> open = new TreeMap<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : new TreeSet<>(files.toList())) {
                open.put(
                        Integer.valueOf(file.getFileName().toString()),
                        Files.readSymbolicLink(file).toString());
            }
        }
        return open;
    }
}
