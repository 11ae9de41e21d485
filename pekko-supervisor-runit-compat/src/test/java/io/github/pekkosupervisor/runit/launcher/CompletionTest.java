package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a real bash offers for a word of a command line. */
@Execution(ExecutionMode.CONCURRENT)
class CompletionTest {

    private static final Path SCRIPT = Path.of("src/main/dist/share/bash-completion/completions/pekko-supervisor")
            .toAbsolutePath();

    /** By the function that bash itself would call. */
    private static final String COMPLETE = """
            . "$1" || exit
            shift
            COMP_WORDS=("$@")
            COMP_CWORD=$(($# - 1))
            of=$(complete -p "${1##*/}") || exit
            of=${of##*-F }
            "${of%% *}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || exit
            [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
            """;

    @TempDir
    private Path services;

    @BeforeEach
    void some_services() throws IOException {
        Needs.that(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
        Files.createDirectories(services.resolve("web/log"));
        Files.createDirectories(services.resolve("web-old"));
        Files.createDirectories(services.resolve("db"));
        Files.createDirectories(services.resolve("my app"));
        Files.createDirectories(services.resolve(".hidden"));
        Files.createFile(services.resolve("file"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            pekko-supervisor t                      | tree, template, top
            pekko-supervisor sv st                  | status, start, stop
            pekko-supervisor -                      | --help, --version
            /opt/dist/bin/pekko-supervisor up       | upgrade
            sv force-s                              | force-stop, force-shutdown
            sv up d                                 | db
            sv -v -w 5 restart db we                | web, web-old
            pekko-supervisor sv status web          | web, web/log, web-old
            sv status web/                          | web/log
            sv status db/                           |
            sv status m                             | my app
            sv -w _                                 |
            runsvdir --st                           | --stop-on-term, --stop-within, --state
            pekko-supervisor runsvdir --stop-within 1 | 1500ms
            runsvdir -P --state=/us                 | /usr
            runsvdir --state /us                    | /usr
            runsv --                                | --verbose
            pekko-supervisor run --                 | --check, --stop-within, --help
            pekko-supervisor run --stop-within 1    | 1500ms
            pekko-supervisor import --              | --from, --help
            pekko-supervisor import --from c        | compose
            pekko-supervisor import --from compose /us | /usr
            pekko-supervisor status --j             | --json
            pekko-supervisor tree --json /us        | /usr
            pekko-supervisor top /us                | /usr
            pekko-supervisor page --l               | --listen
            pekko-supervisor page --commands /us    | /usr
            pekko-supervisor upgrade --d            | --dist
            pekko-supervisor upgrade --dist /us     | /usr
            chpst -u roo                            | root
            chpst -P -u root:root -e /us            | /usr
            chpst -m 100 -/ /us                     | /usr
            setuidgid roo                           | root
            setlock -n /etc/passw                   | /etc/passwd
            utmpset -                               | -w, -V
            """)
    void words_that_fit_are_offered(String line, String expected) throws Exception {
        List<String> wanted = expected == null ? List.of() : List.of(expected.split(", "));

        // bash makes words of what is around a =; of /etc/passwd there may be a copy
        assertThat(offered(line.replace("=", " = ").split(" ")))
                .filteredOn(word -> !word.endsWith("-"))
                .containsExactlyInAnyOrderElementsOf(new TreeSet<>(wanted));
    }

    @ParameterizedTest
    @CsvSource({
        "chpst -P",
        "chpst -u root -P",
        "pgrphack",
        "setuidgid root",
        "envdir /etc",
        "setlock -n /tmp/x",
        "softlimit -o 5"
    })
    void program_to_become_is_a_command(String line) throws Exception {
        assertThat(offered((line + " xarg").split(" "))).contains("xargs");
    }

    @Test
    void commands_of_the_distribution_are_all_there() throws Exception {
        List<String> expected = new ArrayList<>(Main.programs());
        expected.addAll(List.of("run", "template", "import", "status", "tree", "top", "page", "upgrade", "archive"));

        assertThat(offered("pekko-supervisor", "")).containsExactlyInAnyOrderElementsOf(expected);
    }

    static List<String> programs() {
        return ManualPages.programs();
    }

    @ParameterizedTest
    @MethodSource("programs")
    void options_are_those_of_the_manual_page(String program) throws Exception {
        Set<String> expected = ManualPages.optionsIn(ManualPages.of(program));
        Set<String> offered = new TreeSet<>(offered((program + " -").split(" ")));
        // of svlogd, whose -t is one that is repeated
        offered.removeAll(List.of("-tt", "-ttt"));
        offered.removeIf(word -> !word.startsWith("-"));

        assertThat(offered).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void completion_of_others_stays() throws Exception {
        String said = bash("complete -W mine sv; . \"$1\"; complete -p sv chpst", SCRIPT.toString());

        assertThat(said).isEqualTo("complete -W 'mine' sv\ncomplete -F _pekko_supervisor chpst\n");
    }

    /** A word {@code _} is an empty one. */
    private List<String> offered(String... words) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(SCRIPT.toString()));
        for (String word : words) {
            arguments.add(word.equals("_") ? "" : word);
        }
        return bash(COMPLETE, arguments.toArray(String[]::new))
                .lines()
                .distinct()
                .toList();
    }

    private String bash(String script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/bash", "--norc", "-c", script, "bash"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectInput(new File("/dev/null"));
        builder.environment().put("SVDIR", services.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
