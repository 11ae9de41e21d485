package io.github.pekkosupervisor.runit.badinput;

import static io.github.pekkosupervisor.runit.badinput.Yard.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.launcher.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code dist/} wherever it is put, with whatever JDK, its first start interrupted. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class DistributionTest extends InYard {

    static List<String> programs() {
        return Main.programs();
    }

    @Test
    void has_all_programs_of_runit_but_init() throws IOException {
        try (Stream<Path> files = Files.list(Yard.dist())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsAll(programs())
                    .contains("pekko-supervisor");
        }
    }

    // ---- places

    /** The shell makes the directory: a JVM in the C locale cannot name it. */
    @ParameterizedTest
    @CsvSource({
        "C, gr\\303\\266\\303\\237e, archived",
        "C.UTF-8, gr\\303\\266\\303\\237e, plain",
        "C, two words, plain",
        "C, a\\nb, plain",
        "C, -dash, plain",
        "C, \"quoted\" it\\047s $HOME *, plain"
    })
    void runs_from_any_path_in_any_locale(String locale, String name, String start) throws IOException {
        Path web = yard.service("web");
        Yard.script(web.resolve("run"), "echo \"${LC_ALL-none}\" >../../locale; exec sleep 1000");
        Yard.script(web.resolve("check"), "echo \"${LC_ALL-none}\" >../../checked");
        yard.with("LC_ALL", locale);

        yard.start("sh", "-c", """
                place=$(printf '%bX' "$0") place=${place%X}
                mkdir -- "./$place" && cp -r "$1/.." "./$place/dist" || exit
                # as if an archive had been made, which takes its time
                [ "$2" = archived ] || printf '0\\n%s\\n%s\\n' "$JAVA_HOME/bin/java" "./$place/dist/lib" >"./$place/dist/lib/made-for"
                CDPATH=/ exec env -- "$place/dist/bin/runsvdir" services
                """, name, Yard.dist().toString(), start);
        yard.awaitRun(web);
        assertThat(Yard.command("sh", "-c", """
                        place=$(printf '%bX' "$0") place=${place%X}
                        cd "$1" && LC_ALL=$2 "$place/dist/bin/sv" check ./services/web
                        """, name, yard.root().toString(), locale))
                .startsWith("ok: run: ./services/web:");

        assertThat(yard.complaints()).isEmpty();
        // run says it a moment after it has been started
        Path said = yard.root().resolve("locale");
        patiently().until(() -> Files.exists(said) && Files.readString(said).equals(locale + "\n"));
        assertThat(Files.readString(yard.root().resolve("checked"))).isEqualTo(locale + "\n");
    }

    // ---- first starts

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM", "INT", "HUP"})
    void interrupted_first_start_leaves_nothing_once_there_was_another(String signal) throws IOException {
        Path web = yard.healthy("web");
        Path lib = copyOfDist().resolve("lib");
        String runsvdir = lib.resolveSibling("bin/runsvdir").toString();
        do {
            // if this thread has come too late, all of it again
            yard.pids().forEach(left -> Yard.command("kill", "-KILL", left.toString()));
            patiently().until(() -> yard.pids().isEmpty());
            Yard.command("sh", "-c", "rm -f \"$0\"/*.jsa \"$0/made-for\"", lib.toString());
        } while (!isInterruptedAmid(signal, runsvdir, lib));
        if (!signal.equals("KILL")) {
            assertThat(names(lib)).noneMatch(name -> name.startsWith("archive-") || name.endsWith(".jsa"));
        }
        yard.start(runsvdir, "services");
        yard.awaitRun(web);

        assertThat(names(lib).filter(name -> name.endsWith(".jsa"))).hasSize(2);
        assertThat(names(lib)).contains("made-for").noneMatch(name -> name.startsWith("archive-"));
    }

    /** Whether it was in time: the archives had been begun and were not there yet. */
    private boolean isInterruptedAmid(String signal, String runsvdir, Path lib) throws IOException {
        yard.start("env", "--default-signal=HUP,INT", runsvdir, "services");
        patiently().until(() -> names(lib).anyMatch(name -> name.startsWith("archive-") || name.equals("made-for")));
        Yard.command("kill", "-" + signal, Long.toString(yard.launcherPid()));
        yard.exitCode();
        if (names(lib).anyMatch("made-for"::equals)) {
            return false;
        }
        patiently().until(() -> yard.pids().isEmpty());
        return true;
    }

    @Test
    void first_starts_at_the_same_time_leave_the_archives_of_one() throws IOException {
        Path lib = copyOfDist().resolve("lib");

        String said = Yard.command("sh", "-c", """
                for i in 1 2 3; do
                    "$0" status x &
                done
                wait
                """, lib.resolveSibling("bin/sv").toString());

        assertThat(said).hasLineCount(3);
        assertThat(names(lib).filter(name -> name.endsWith(".jsa"))).hasSize(2);
        assertThat(names(lib)).noneMatch(name -> name.startsWith("archive-"));
    }

    @Test
    void archives_are_made_once_with_no_program_in_the_path() throws IOException {
        Path web = yard.service("web");
        Yard.script(web.resolve("run"), "PATH=/usr/bin:/bin exec sleep 1000");
        Path lib = copyOfDist().resolve("lib");
        yard.with("PATH", "/nonexistent");
        String runsvdir = lib.resolveSibling("bin/runsvdir").toString();
        yard.start(runsvdir, "services");
        yard.awaitRun(web);
        List<String> first = names(lib).toList();
        Yard.command("kill", "-HUP", Long.toString(yard.launcherPid()));
        yard.exitCode();

        yard.start(runsvdir, "services");
        yard.awaitRun(web);

        assertThat(first.stream().filter(name -> name.endsWith(".jsa"))).hasSize(2);
        assertThat(names(lib)).containsExactlyElementsOf(first);
        assertThat(yard.complaints()).isEmpty();
    }

    @Test
    void link_without_readlink_is_refused_in_one_sentence() throws IOException {
        Files.createSymbolicLink(yard.root().resolve("runsvdir"), Yard.dist().resolve("runsvdir"));
        yard.with("PATH", "/nonexistent").start("./runsvdir", "services");

        assertThat(yard.exitCode()).isEqualTo(111);
        assertThat(yard.complaints())
                .hasLineCount(1)
                .startsWith("runsvdir: fatal: ./runsvdir is a link")
                .contains("readlink");
    }

    // ---- JDKs

    @ParameterizedTest
    @MethodSource("programs")
    void jdk_that_is_too_old_is_named_in_one_sentence(String program) throws IOException {
        Path java = Yard.script(yard.root().resolve("old/bin/java"), """
                [ "$1" = -version ] || exec echo 'Error: LinkageError' >&2
                echo 'openjdk version "11.0.2" 2019-01-15' >&2""");
        yard.with("JAVA_HOME", yard.root().resolve("old").toString());

        yard.start(Yard.dist().resolve(program).toString(), "services");

        assertThat(yard.exitCode()).isEqualTo(111);
        assertThat(yard.complaints())
                .hasLineCount(1)
                .startsWith(program + ": fatal: needs Java 17, found 11 at " + java + ";");
    }

    /** As the alternatives of a distribution are switched behind {@code /usr/bin/java}. */
    @Test
    void jdk_that_is_too_old_is_named_behind_a_link_that_led_to_another() throws IOException {
        Path home = yard.root().resolve("linked");
        Path bin = Files.createDirectories(home.resolve("bin"));
        Path java = Path.of(System.getProperty("java.home"), "bin/java");
        String sv = copyOfDist().resolve("bin/sv").toString();
        yard.with("JAVA_HOME", home.toString());
        Files.createSymbolicLink(bin.resolve("java"), java);
        yard.start(sv, "status", "x");
        yard.exitCode();
        Path old = Yard.script(yard.root().resolve("old/bin/java"), """
                [ "$1" = -version ] || exec echo 'Error: LinkageError' >&2
                echo 'openjdk version "11.0.2" 2019-01-15' >&2""");

        Files.delete(bin.resolve("java"));
        Files.createSymbolicLink(bin.resolve("java"), old);
        yard.start(sv, "status", "x");

        assertThat(yard.exitCode()).isEqualTo(111);
        assertThat(yard.complaints()).startsWith("sv: fatal: needs Java 17, found 11 at " + bin.resolve("java") + ";");
    }

    @Test
    void java_8_is_too_old_though_it_calls_itself_1_8() throws IOException {
        Yard.script(yard.root().resolve("old/bin/java"), "echo 'java version \"1.8.0_402\"' >&2");
        yard.with("JAVA_HOME", yard.root().resolve("old").toString());

        yard.start(Yard.dist().resolve("pekko-supervisor").toString(), "runsv", "services");

        assertThat(yard.exitCode()).isEqualTo(111);
        assertThat(yard.complaints()).startsWith("runsv: fatal: needs Java 17, found 8 at ");
    }

    @Test
    void jar_begins_with_the_class_that_an_old_jdk_can_load() throws IOException {
        try (JarFile jar = new JarFile(Yard.jar().toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isEqualTo("io.github.pekkosupervisor.runit.launcher.Start");
        }
    }

    // ---- environment

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LC_ALL=", "A=b"})
    void locale_is_the_callers_where_there_is_no_od(String given) {
        String seen = Yard.command(
                "env",
                "-i",
                "JAVA_HOME=" + BuiltDist.javaHome(),
                "PATH=/nonexistent",
                given,
                Yard.dist().resolve("chpst").toString(),
                "/usr/bin/env");

        assertThat(seen.lines()).contains(given);
        assertThat(seen.lines().filter(line -> !line.equals(given)))
                .noneMatch(line -> line.startsWith("LC_ALL=") || line.startsWith("PEKKO_"));
    }

    // ---- options

    @Test
    void options_of_the_user_come_last() throws IOException {
        Path web = yard.healthy("web");
        yard.with("PEKKO_SUPERVISOR_JAVA_OPTS", "-Xmx16m -Xss2m -XX:+UseParallelGC -XX:+PrintFlagsFinal -Dpattern=*");

        yard.start();
        yard.awaitRun(web);

        assertThat(yard.complaints()).isEmpty();
        assertThat(Files.readString(yard.root().resolve("stdout")))
                .containsPattern("MaxHeapSize += 16777216 ")
                .containsPattern("ThreadStackSize += 2048 ")
                .containsPattern("UseParallelGC += true ");
        assertThat(Yard.command(
                        "env",
                        "PEKKO_SUPERVISOR_JAVA_OPTS=-Xmx16m -XX:TieredStopAtLevel=3 -XX:+PrintFlagsFinal",
                        Yard.dist().resolve("sv").toString(),
                        "status",
                        web.toString()))
                .containsPattern("MaxHeapSize += 16777216 ")
                .containsPattern("TieredStopAtLevel += 3 ");
    }

    private Path copyOfDist() {
        Path copy = yard.root().resolve("dist");
        assertThat(Yard.command("cp", "-r", Yard.dist().resolve("..").toString(), copy.toString()))
                .isEmpty();
        return copy;
    }

    private static Stream<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }
}
