package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.patiently;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the machine refuses, what is thrown at a FIFO, how things are named, and what a service is born into. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class LauncherEnvironmentTest extends InYard {

    private static final String USED_UP = " open files, and they are used up: ";

    private static final int LONGEST_NAME = 255;
    /** More than a FIFO holds; a mebibyte takes forty seconds. */
    private static final int JUNK = Integer.getInteger("pekko-supervisor.test.junk", 1 << 17);

    private static final long INT = 0x2;
    private static final long INT_QUIT_PIPE = 0x1006;

    private static final String TELL_ALL = """
            {
                ulimit -Sn
                umask
                pwd -P
                echo "$SEEN"
                sed -n 's/SigIgn:.//p' /proc/$$/status
            } >../../seen.new && mv ../../seen.new ../../seen
            exec sleep 1000""";

    // ---- limits

    @Test
    void services_beyond_the_descriptors_say_so_and_come_up_when_there_is_room() throws IOException {
        final int wanted = 80;
        List<Path> services = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            services.add(yard.healthy("s" + i));
        }
        yard.startAfter("ulimit -n 64");
        yard.awaitComplaint(USED_UP);
        patiently().until(() -> running(services).size() >= 3);
        List<Path> first = running(services);
        List<Path> leaving = first.subList(0, first.size() / 2);
        List<Path> staying = first.subList(first.size() / 2, first.size());
        List<Integer> pids = staying.stream().map(Yard::pid).toList();

        leaving.forEach(
                service -> Yard.command("mv", service.toString(), yard.root().toString()));
        patiently().until(() -> running(services).size() > staying.size());

        assertThat(staying.stream().map(Yard::pid)).isEqualTo(pids);
        // of who leaves between the look at the list and the look at its entry, runsvdir says so
        List<String> gone = leaving.stream()
                .map(service -> "unable to stat " + service.getFileName() + ": file does not exist")
                .toList();
        assertThat(yard.complaints().lines())
                .allMatch(line -> line.contains(USED_UP)
                        || line.endsWith(": process cannot open more files")
                        || gone.stream().anyMatch(line::endsWith));
    }

    @Test
    void what_runs_where_descriptors_are_few_is_found_by_the_next_launcher() throws IOException {
        final int wanted = 200;
        List<Path> services = new ArrayList<>();
        for (int i = 0; i < wanted; i++) {
            services.add(yard.healthy("s" + i));
        }
        yard.startAfter("ulimit -n 150");
        yard.awaitComplaint(USED_UP);
        patiently().until(() -> running(services).size() > wanted / 3);
        Yard.command("kill", "-KILL", Long.toString(yard.launcherPid()));
        assertThat(yard.exitCode()).isEqualTo(128 + 9);
        int left = yard.pids().size();

        yard.start();
        patiently().until(() -> running(services).size() == wanted);

        assertThat(left).isBetween(wanted / 3, wanted);
        // each once, and the launcher
        patiently().until(() -> yard.pids().size() == wanted + 1);
    }

    @Test
    void services_beyond_the_processes_are_forked_when_there_is_room() throws IOException {
        assumeTrue(Yard.isRoot(), "only root can become a user with no other process");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "no prlimit to set the limit with");
        Path web = yard.healthy("web");
        String user = Integer.toString(40_000 + new Random().nextInt(20_000));
        assertThat(Yard.command("chown", "-R", user, yard.root().toString())).isEmpty();
        yard.start(
                "setpriv",
                "--reuid=" + user,
                "--clear-groups",
                "--",
                "env",
                "LC_ALL=C",
                Yard.dist().resolve("runsvdir").toString(),
                yard.services().toString());
        int pid = yard.awaitRun(web);

        limitProcesses(user, "1:");
        Yard.command("chown", "-R", user, yard.healthy(".late").toString());
        Path late = yard.appears("late");
        yard.awaitComplaint("runsv late: warning: unable to fork, sleeping: temporary failure\n");
        limitProcesses(user, "1000:");
        yard.awaitRun(late);

        assertThat(Yard.pid(web)).isEqualTo(pid);
    }

    private void limitProcesses(String user, String limit) {
        assertThat(Yard.command(
                        "setpriv",
                        "--reuid=" + user,
                        "--clear-groups",
                        "--",
                        "prlimit",
                        "--nproc=" + limit,
                        "--pid",
                        Long.toString(yard.launcherPid())))
                .isEmpty();
    }

    // ---- floods

    @Test
    void junk_in_the_control_fifo_changes_nothing() throws IOException {
        Path web = yard.healthy("web");
        yard.start();
        int pid = yard.awaitRun(web);
        String stat = Yard.stat(web);
        byte[] junk = new byte[JUNK];
        new Random(1).nextBytes(junk);
        for (int i = 0; i < JUNK; i++) {
            if ("udoxtkpchaiq12".indexOf(junk[i]) >= 0) {
                junk[i] = '.';
            }
        }
        long before = residentKilobytes();

        Yard.control(web, junk);
        Yard.control(web, new byte[] {'p'});
        patiently().until(() -> Yard.stat(web).equals("run, paused\n"));

        final int tolerated = 40_000;
        assertThat(stat).isEqualTo("run\n");
        assertThat(Yard.pid(web)).isEqualTo(pid);
        assertThat(residentKilobytes() - before).isLessThan(tolerated);
        assertThat(yard.complaints()).isEmpty();
    }

    @Test
    void flood_of_terms_leaves_the_neighbour_alone_and_the_fifo_readable() throws IOException {
        Path web = yard.service("web");
        Yard.script(web.resolve("run"), """
                [ -e ../../second ] && exec sleep 1000
                : >../../second
                trap : TERM
                while :; do sleep 0.05; done""");
        Path good = yard.healthy("good");
        yard.start();
        int pid = yard.awaitRun(web);
        int goodPid = yard.awaitRun(good);

        Yard.control(web, "t".repeat(3_000).getBytes(US_ASCII));
        Yard.control(web, "k".getBytes(US_ASCII));
        patiently().until(() -> yard.awaitRun(web) != pid);

        assertThat(Yard.pid(good)).isEqualTo(goodPid);
    }

    private long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + yard.launcherPid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    // ---- names

    /** All names at once for each locale: the shell makes them, since a JVM in the C locale cannot. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void names_of_any_bytes_are_supervised_and_spelt_as_they_are(String locale) throws IOException {
        Yard.script(yard.root().resolve("make"), """
                cd services
                for name in 'two words' "$(printf 'caf\\303\\251')" "$(printf 'not \\377 utf-8')" '"quoted"' \\
                    "it's" "$(printf 'a\\nb')" -dash -P '*' LONG; do
                    mkdir -- "$name"
                    printf '#!/bin/sh\\npwd >>../../where\\nexec sleep 1000\\n' >"./$name/run"
                    chmod 755 "./$name/run"
                    mkdir -- "./$name/log"
                done
                """.replace("LONG", "x".repeat(LONGEST_NAME)));
        assertThat(Yard.command("sh", "-c", "cd \"$0\" && ./make", yard.root().toString()))
                .isEmpty();
        yard.with("LC_ALL", locale);

        yard.start();
        for (String name : List.of(
                "two words",
                "caf\303\251",
                "not \377 utf-8",
                "\"quoted\"",
                "it's",
                "a\nb",
                "-dash",
                "-P",
                "*",
                "x".repeat(LONGEST_NAME))) {
            String message = "runsv " + name + ": fatal: unable to start log/./run: file does not exist\n";
            yard.awaitComplaint(message);
            patiently()
                    .ignoreExceptions()
                    .until(() -> Files.readString(yard.root().resolve("where"), ISO_8859_1)
                            .contains("/services/" + name + "\n"));
        }

        patiently().until(() -> yard.pids().size() == 11);
    }

    // ---- the launcher itself

    @ParameterizedTest
    @ValueSource(
            strings = {"runsvdir .", "runsv .", "sv status .", "svlogd .", "chpst true", "setlock lock true", "status"})
    void noexec_place_for_the_native_library_is_named_with_a_way_out(String program) throws IOException {
        Path closed = yard.mount(yard.root().resolve("closed"), "size=8m,noexec");
        yard.start(
                "sh",
                "-c",
                "cd \"$0\" && exec \"$1\" -Djava.io.tmpdir=\"$0\" -jar \"$2\" " + program,
                closed.toString(),
                java(System.getProperty("java.home")),
                Yard.jar().toString());

        assertThat(yard.exitCode()).isEqualTo(111);

        assertThat(yard.complaints())
                .startsWith((program.equals("status") ? "pekko-supervisor" : program.split(" ", -1)[0])
                        + ": fatal: the native library of jffi could not be loaded")
                .contains("noexec")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource({"17, jar", "25, jar", "17, script", "25, script"})
    void jvm_says_nothing_of_its_own(int version, String way) throws IOException {
        Path web = yard.healthy("web");
        String home = jdk(version);
        yard.with("JAVA_HOME", home);

        if (way.equals("jar")) {
            yard.start(
                    java(home),
                    "-jar",
                    Yard.jar().toString(),
                    "runsvdir",
                    yard.services().toString());
        } else {
            Path dist = copyOfDist("dist");
            yard.start(dist.resolve("bin/runsvdir").toString(), yard.services().toString());
        }
        yard.awaitRun(web);

        assertThat(yard.complaints()).isEmpty();
        assertThat(yard.root().resolve("stdout")).isEmptyFile();
    }

    @Test
    void copied_distribution_runs_through_links_from_a_read_only_place() throws IOException {
        Path web = yard.healthy("web");
        Path place = yard.mount(yard.root().resolve("read only"), "size=64m");
        Yard.command(
                "cp",
                "-r",
                Yard.dist().resolve("..").toString(),
                place.resolve("a dist").toString());
        Files.createSymbolicLink(place.resolve("runsvdir"), Path.of("a dist/bin/runsvdir"));
        Files.createSymbolicLink(yard.root().resolve("runsvdir"), place.resolve("runsvdir"));
        Yard.remount(place, "ro");

        yard.start("./runsvdir", yard.services().toString());
        yard.awaitRun(web);

        assertThat(yard.complaints()).isEmpty();
        Yard.command("kill", "-HUP", Long.toString(yard.launcherPid()));
        assertThat(yard.exitCode()).isEqualTo(111);
    }

    @Test
    void service_is_born_into_what_the_script_was_started_with() throws IOException {
        Path web = yard.service("web");
        Yard.script(web.resolve("run"), TELL_ALL);

        startTrapping("INT QUIT PIPE", Yard.dist().resolve("runsvdir").toString());

        List<String> seen = awaitSeen();
        assertThat(seen.subList(0, 4))
                .containsExactly("333", "0027", web.toRealPath().toString(), "caf\u00e9 = $HOME");
        assertThat(Long.parseLong(seen.get(4), 16) & INT_QUIT_PIPE).isEqualTo(INT_QUIT_PIPE);
    }

    /** The JVM takes QUIT and PIPE for itself, and without the script nobody tells it that they were ignored. */
    @Test
    void service_is_born_into_what_the_jar_was_started_with() throws IOException {
        Path web = yard.service("web");
        Yard.script(web.resolve("run"), TELL_ALL);
        String limit = Yard.command("sh", "-c", "ulimit -Sn").strip();

        startTrapping("INT", java(System.getProperty("java.home")) + " -jar " + Yard.jar() + " runsvdir");

        List<String> seen = awaitSeen();
        // the parent of the JVM, which has the limit that is passed on, is this test
        assertThat(seen.subList(0, 4))
                .containsExactly(limit, "0027", web.toRealPath().toString(), "caf\u00e9 = $HOME");
        assertThat(Long.parseLong(seen.get(4), 16) & INT_QUIT_PIPE).isEqualTo(INT);
    }

    private void startTrapping(String ignored, String launch) throws IOException {
        yard.with("SEEN", "caf\u00e9 = $HOME");
        yard.start("bash", "-c", "ulimit -Sn 333; umask 027; trap '' " + ignored + "; exec " + launch + " services");
    }

    private List<String> awaitSeen() throws IOException {
        Path seen = yard.root().resolve("seen");
        patiently().until(() -> Files.exists(seen));
        return Files.readAllLines(seen);
    }

    private static List<Path> running(List<Path> services) {
        return services.stream().filter(service -> Yard.pid(service) != 0).toList();
    }

    private Path copyOfDist(String name) {
        Path copy = yard.root().resolve(name);
        assertThat(Yard.command("cp", "-r", Yard.dist().resolve("..").toString(), copy.toString()))
                .isEmpty();
        return copy;
    }

    private static String java(String home) {
        return home + "/bin/java";
    }

    /** Where a JDK of this version is; the test is skipped where there is none. */
    private static String jdk(int version) throws IOException {
        List<String> found = new ArrayList<>();
        Path all = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(all)) {
            try (Stream<Path> homes = Files.list(all)) {
                homes.filter(home -> isVersion(home, version))
                        .map(Path::toString)
                        .sorted()
                        .forEach(found::add);
            }
        }
        assumeTrue(!found.isEmpty(), "no JDK " + version + " in " + all);
        return found.get(0);
    }

    private static boolean isVersion(Path home, int version) {
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"" + version + ".");
        } catch (IOException e) {
            return false;
        }
    }
}
