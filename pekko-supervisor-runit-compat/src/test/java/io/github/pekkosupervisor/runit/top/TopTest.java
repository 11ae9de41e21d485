package io.github.pekkosupervisor.runit.top;

import static io.github.pekkosupervisor.runit.look.SupervisedServices.ours;
import static io.github.pekkosupervisor.runit.look.SupervisedServices.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.look.SupervisedServices;
import io.github.pekkosupervisor.runit.look.SupervisedServices.By;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On a real terminal, with real services. */
class TopTest {

    private static final String FOOT = "?: keys  q: quit";

    @TempDir
    private Path temp;

    private static List<String> top(SupervisedServices services) {
        return ours("top", services.directory().toString());
    }

    private static boolean hasLast(List<String> lines, String text) {
        return !lines.isEmpty() && lines.get(lines.size() - 1).startsWith(text);
    }

    private Path place() throws Exception {
        return Files.createDirectories(temp.resolve("terminal"));
    }

    @ParameterizedTest
    @EnumSource
    void what_happens_is_seen_and_keys_command(By by) throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, by)) {
            services.sleeper("db");
            services.sleeper("web");
            services.start();
            int web = services.awaitRun("web");
            services.awaitRun("db");
            try (Tmux tmux = new Tmux(place()).run(100, 20, top(services))) {
                tmux.awaitLine("web  ", "run", " " + web + " ");
                tmux.awaitLine(services.directory() + "  2 services: 2 run");

                SupervisedServices.kill(web);

                patiently().until(() -> services.pid("web") != web && services.pid("web") != 0);
                int next = services.pid("web");
                tmux.awaitLine("web  ", "run", " " + next + " ");
                assertThat(String.join("\n", tmux.screen())).doesNotContain(" " + web + " ");

                tmux.type("Down", "d");
                tmux.await("a question", lines -> hasLast(lines, "stop web? y/n"));
                tmux.type("n");
                tmux.awaitLine("nothing is done");
                assertThat(services.pid("web")).isEqualTo(next);

                tmux.type("d", "y");
                tmux.awaitLine("web  ", "down");
                assertThat(services.pid("web")).isZero();

                tmux.type("u");
                tmux.awaitLine("web  ", "run");
                int third = services.awaitRun("web");

                tmux.type("r");
                tmux.await("a question", lines -> hasLast(lines, "restart web? y/n"));
                tmux.type("y");
                patiently().until(() -> services.pid("web") != third && services.pid("web") != 0);
                tmux.awaitLine("web  ", "run", " " + services.pid("web") + " ");
                assertThat(services.pid("db")).isNotZero();

                tmux.type("q");
                assertThat(tmux.code()).isZero();
                assertThat(tmux.screen()).contains("what was there before").noneMatch(line -> line.contains(FOOT));
            }
            assertThat(services.pid("web")).isNotZero();
        }
    }

    @Test
    void it_follows_the_size_of_the_terminal_and_shows_help_and_a_filter() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            for (int i = 10; i < 60; i++) {
                Files.createDirectory(services.directory().resolve("s" + i));
            }
            try (Tmux tmux = new Tmux(place()).run(100, 20, top(services))) {
                tmux.await("all of it", lines -> lines.size() == 20 && hasLast(lines, FOOT));

                tmux.tmux("resize-window", "-x", "40", "-y", "9");
                tmux.await(
                        "a smaller one",
                        lines -> lines.size() == 9
                                && hasLast(lines, FOOT)
                                && lines.get(7).startsWith("s15 ")
                                && lines.stream().allMatch(line -> line.length() < 40));

                tmux.tmux("resize-window", "-x", "120", "-y", "30");
                tmux.await(
                        "a larger one",
                        lines -> lines.size() == 30
                                && hasLast(lines, FOOT)
                                && lines.get(28).startsWith("s36 "));

                tmux.type("End");
                tmux.await("the last one", lines -> lines.get(28).startsWith("s59 "));

                tmux.type("?");
                tmux.awaitLine("Any key goes back to the list.");
                tmux.type("x");
                tmux.await("the list", lines -> lines.get(28).startsWith("s59 "));

                tmux.type("/");
                tmux.await("a filter", lines -> hasLast(lines, "/_"));
                tmux.type("4", "2");
                tmux.await(
                        "one",
                        lines -> lines.get(2).startsWith("s42 ") && lines.get(3).isEmpty());
                tmux.type("Escape");
                tmux.await("all", lines -> hasLast(lines, FOOT) && lines.get(28).startsWith("s"));

                tmux.type("C-c");
                assertThat(tmux.code()).isZero();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129", "QUIT, 131"})
    void the_terminal_is_given_back_after_a_signal(String signal, int code) throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            Files.createDirectory(services.directory().resolve("web"));
            try (Tmux tmux = new Tmux(place()).run(80, 24, top(services))) {
                tmux.awaitLine("web  ", "not supervised");
                assertThat(tmux.is("alternate_on") + tmux.is("cursor_flag")).isEqualTo("10");

                tmux.signal(signal);

                assertThat(tmux.code()).isEqualTo(code);
                assertThat(tmux.screen()).contains("what was there before").noneMatch(line -> line.contains("web"));
            }
        }
    }

    @Test
    void it_is_left_for_a_while_and_taken_up_again() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            Files.createDirectory(services.directory().resolve("web"));
            try (Tmux tmux = new Tmux(place()).interactive(80, 24)) {
                Path script = Files.writeString(
                        temp.resolve("go"),
                        "exec "
                                + String.join(
                                        " ",
                                        top(services).stream()
                                                .map(word -> "'" + word + "'")
                                                .toList()) + "\n");
                tmux.type("-l", "sh " + script);
                tmux.type("Enter");
                tmux.awaitLine("web  ", "not supervised");

                tmux.type("C-z");
                tmux.awaitLine("Stopped");
                assertThat(tmux.is("alternate_on") + tmux.is("cursor_flag") + tmux.is("wrap_flag"))
                        .isEqualTo("011");
                tmux.type("-l", "echo meanwhile; fg");
                tmux.type("Enter");
                tmux.awaitLine("web  ", "not supervised");
                assertThat(tmux.is("alternate_on")).isEqualTo("1");

                tmux.type("q");
                patiently().until(() -> tmux.is("alternate_on").equals("0"));
                tmux.awaitLine("meanwhile");
            }
        }
    }

    @Test
    void names_are_text_whatever_is_in_them_and_colours_are_there_or_not() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            for (String name : List.of("\033[2Jgone", "two\nlines", "\033]0;title\007", "right\u202eleft")) {
                Files.createDirectory(services.directory().resolve(name));
            }
            services.sleeper("web");
            services.start();
            services.awaitRun("web");
            try (Tmux tmux = new Tmux(place()).run(100, 20, top(services))) {
                tmux.awaitLine("\\x1b[2Jgone  ");
                tmux.awaitLine("two\\nlines  ");
                tmux.awaitLine("\\x1b]0;title\\x07  ");
                tmux.awaitLine("right\\u{202e}left  ");
                tmux.awaitLine("web  ", "run");
                assertThat(tmux.is("pane_title")).isNotEqualTo("title");
                assertThat(tmux.colours()).contains("\033[32mrun");

                tmux.type("d");
                tmux.awaitLine("stop ", "? y/n");
                tmux.type("C-c");
                assertThat(tmux.code()).isZero();
            }
        }
    }

    @Test
    void there_are_no_colours_where_none_are_wanted() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            services.sleeper("web");
            services.start();
            services.awaitRun("web");
            try (Tmux tmux = new Tmux(place()).run(100, 20, top(services), "NO_COLOR=1")) {
                tmux.awaitLine("web  ", "run");

                assertThat(tmux.colours()).doesNotContain("\033[32m");
            }
        }
    }

    @Test
    void lines_that_stay_as_they_are_are_written_once() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            services.sleeper("web");
            services.start();
            int web = services.awaitRun("web");
            try (Tmux tmux = new Tmux(place()).run(100, 20, top(services))) {
                tmux.awaitLine("web  ", "run", " " + web + " ");
                Path written = temp.resolve("written");
                tmux.tmux("pipe-pane", "cat >" + written);

                SupervisedServices.kill(web);

                patiently().until(() -> services.pid("web") != web && services.pid("web") != 0);
                tmux.awaitLine("web  ", "run", " " + services.pid("web") + " ");
                patiently().until(() -> Files.exists(written) && Files.size(written) > 0);
                String bytes = Files.readString(written, StandardCharsets.UTF_8);
                // the line of the service; columns may have become wider by what is in it
                assertThat(bytes).contains("\033[3;1H").doesNotContain(FOOT).doesNotContain("\033[2J");
            }
        }
    }

    @Test
    void a_directory_that_goes_away_is_told_until_it_is_back() throws Exception {
        try (SupervisedServices services = new SupervisedServices(temp, By.OURS)) {
            Files.createDirectory(services.directory().resolve("web"));
            try (Tmux tmux = new Tmux(place()).run(300, 20, top(services))) {
                tmux.awaitLine("web  ", "not supervised");

                Path away = Files.move(services.directory(), temp.resolve("away"));
                tmux.awaitLine("unable to read services directory");

                Files.move(away, services.directory());
                tmux.await("the keys again", lines -> hasLast(lines, FOOT));
                tmux.type("u");
                tmux.awaitLine("cannot start web: it is not supervised");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dumb", ""})
    void a_terminal_that_can_do_nothing_is_refused(String type) throws Exception {
        try (Tmux tmux = new Tmux(place()).run(200, 20, ours("top", temp.toString()), "TERM=" + type)) {
            assertThat(tmux.code()).isEqualTo(111);
            tmux.awaitLine("TERM says \"" + type + "\"; set TERM, or use pekko-supervisor status instead");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            top /tmp        | 111 | pekko-supervisor: fatal: top needs a terminal for its input and its output; use pekko-supervisor status instead
            top --help      | 0   | usage: pekko-supervisor top [dir]
            top -x          | 100 | usage: pekko-supervisor top [dir]
            top a b         | 100 | usage: pekko-supervisor top [dir]
            """)
    void without_a_terminal_it_says_what_to_use(String line, int code, String said) throws Exception {
        Process process = new ProcessBuilder(ours(line.split(" ", -1)))
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .start();
        String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(all.strip()).isEqualTo(said);
        assertThat(process.waitFor()).isEqualTo(code);
    }

    @Test
    void a_directory_that_is_not_there_is_refused_before_the_terminal_is_taken() throws Exception {
        Path none = temp.resolve("none");
        try (Tmux tmux = new Tmux(place()).run(200, 20, ours("top", none.toString()))) {
            assertThat(tmux.code()).isEqualTo(111);
            tmux.awaitLine("pekko-supervisor: fatal: unable to read services directory " + none);
        }
    }
}
