package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each program has a page, which tells of each of its options and of no other. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class ManualPagesTest {

    @Test
    void pages_are_those_of_the_programs() throws Exception {
        assertThat(ManualPages.all())
                .containsExactlyInAnyOrderElementsOf(
                        ManualPages.programs().stream().map(ManualPages::of).toList());
    }

    @Test
    void programs_are_those_of_the_distribution_and_its_script() throws Exception {
        try (Stream<Path> files = Files.list(BuiltDist.bin())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(ManualPages.programs().stream()
                            .filter(program -> program.indexOf(' ') < 0)
                            .toList());
        }
        assertThat(Files.readString(ManualPages.of("pekko-supervisor")))
                .contains(ManualPages.programs().stream()
                        .skip(1)
                        .map(program -> ".It Cm " + program.replace("pekko-supervisor ", "") + "\n")
                        .toList());
    }

    static List<String> programs() {
        return ManualPages.programs();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void page_explains_the_options_that_the_usage_has(String program) throws Exception {
        Set<String> inPage = ManualPages.optionsIn(ManualPages.of(program));
        String usage = program.equals("pekko-supervisor") ? "" : usageOf(program);

        assertThat(inPage).containsAll(ManualPages.optionsIn(usage));
        Set<String> further = new HashSet<>(inPage);
        further.removeAll(ManualPages.optionsIn(usage));
        for (String option : further) {
            // such as -V, of which runit's usages say nothing
            assertThat(isRefused(program, option))
                    .as(option + " is in the page, and the program does not know it")
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pekko-supervisor",
                "runsvdir",
                "runsv",
                "pekko-supervisor run",
                "pekko-supervisor template",
                "pekko-supervisor import",
                "pekko-supervisor status",
                "pekko-supervisor tree",
                "pekko-supervisor top",
                "pekko-supervisor page",
                "pekko-supervisor upgrade"
            })
    void who_asks_how_it_is_called_is_told_on_standard_output(String program) throws Exception {
        List<String> words = new ArrayList<>(List.of(program.split(" ")));
        words.add("--help");
        Needs.that(Files.isDirectory(BuiltDist.bin()), "no distribution in " + BuiltDist.bin());
        words.set(0, BuiltDist.bin().resolve(words.get(0)).toString());

        ProcessBuilder builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("JAVA_HOME", BuiltDist.javaHome());
        Process asked = builder.start();
        String said = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(said).startsWith("usage: " + program);
        assertThat(asked.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V", "version"})
    void version_is_that_of_the_build_and_of_java(String word) throws Exception {
        assertThat(run(List.of("pekko-supervisor", word)))
                .matches("pekko-supervisor \\d+\\.\\d+\\.\\d+\\S*, with Java \\d+.*\n");
    }

    private static String usageOf(String program) throws Exception {
        List<String> words = new ArrayList<>(List.of(program.split(" ")));
        if (words.size() > 1) {
            // of those that need no word
            words.add("--no-such-option");
        }
        String said = run(words);
        String usage = said.lines()
                .dropWhile(line -> !line.startsWith("usage: "))
                .limit(1)
                .collect(Collectors.joining());
        assertThat(usage).as(said).startsWith("usage: " + program);
        return usage;
    }

    private static boolean isRefused(String program, String option) throws Exception {
        List<String> words = new ArrayList<>(List.of(program.split(" ")));
        words.add(option);
        if (ManualPages.hasValue(ManualPages.of(program), option)) {
            words.add("1");
        }
        String said = run(words);
        return said.contains("illegal option") || said.contains("unknown option") || said.contains("unknown command");
    }

    @ParameterizedTest
    @CsvSource({"sv,-Q", "chpst,-Q", "svlogd,-Q", "utmpset,-Q", "runsvdir,--quick", "pekko-supervisor,--quick"})
    void option_that_is_none_is_refused(String program, String option) throws Exception {
        assertThat(isRefused(program, option)).isTrue();
    }

    @Test
    void options_of_a_usage_are_found() {
        assertThat(ManualPages.optionsIn(
                        "usage: x [-ttv] [ -nN ] [-l|-L lock] [--init | --stop-in time] [-/ root] a-b"))
                .containsExactlyInAnyOrder("-t", "-v", "-n", "-N", "-l", "-L", "--init", "--stop-in", "-/");
    }

    @Test
    void page_that_is_not_well_formed_is_found(@TempDir Path temp) throws Exception {
        Needs.that(Files.isExecutable(Path.of("/usr/bin/mandoc")), "there is no mandoc; apt install mandoc");
        String page = Files.readString(ManualPages.of("sv"));
        Path wrong = Files.writeString(temp.resolve("sv.8"), page.replaceFirst("\n.El\n", "\n"));

        assertThat(command("mandoc", "-Tlint", "-Wwarning", wrong.toString())).contains("Bl");
    }

    static List<Path> pages() throws IOException {
        return ManualPages.all();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void page_is_well_formed(Path page) throws Exception {
        Needs.that(Files.isExecutable(Path.of("/usr/bin/mandoc")), "there is no mandoc; apt install mandoc");

        assertThat(command("mandoc", "-Tlint", "-Wwarning", page.toString())).isEmpty();
        assertThat(Files.readString(page)).contains("\n.Sh NAME\n", "\n.Sh SYNOPSIS\n", "\n.Sh EXIT STATUS\n");
    }

    private static String run(List<String> words) throws Exception {
        List<String> command = new ArrayList<>(words);
        command.set(0, BuiltDist.bin().resolve(words.get(0)).toString());
        return command(command.toArray(String[]::new));
    }

    private static String command(String... words) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().put("JAVA_HOME", BuiltDist.javaHome());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
