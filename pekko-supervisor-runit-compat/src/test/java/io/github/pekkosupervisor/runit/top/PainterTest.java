package io.github.pekkosupervisor.runit.top;

import static io.github.pekkosupervisor.runit.top.Reports.report;
import static io.github.pekkosupervisor.runit.top.Reports.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Terminal;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on the screen. */
class PainterTest {

    /** What we write ourselves, and nothing else. */
    private static final Pattern LOOKS = Pattern.compile("\033\\[(1|22|32|31|33|39|7|27)m");

    private static final Terminal.Size SIZE = new Terminal.Size(24, 100);

    private final View view = new View(Reports.SERVICES);

    private static String plain(String line) {
        return LOOKS.matcher(line).replaceAll("").stripTrailing();
    }

    private List<String> painted(Terminal.Size size) {
        view.fit(Painter.room(size));
        return new Painter(true).paint(view, size, Reports.NOW);
    }

    private List<String> plain(Terminal.Size size) {
        return painted(size).stream().map(PainterTest::plain).toList();
    }

    @Test
    void services_are_shown_with_what_status_has() {
        view.show(report(running(OsString.of("web"), 65), Reports.down("db"), Reports.notSupervised("x")));

        List<String> lines = plain(SIZE);

        assertThat(lines).hasSize(24);
        assertThat(lines.get(0)).isEqualTo("/s  3 services: 1 run, 1 down, 1 not known  1 not as wanted");
        assertThat(lines.get(1)).isEqualTo("SERVICE       STATE  PID  AGE     RESTARTS  LAST EXIT  LOG  NOTES");
        assertThat(lines.get(2)).isEqualTo("web           run    7    1m 5s   -         -");
        assertThat(lines.get(3)).isEqualTo("db            down   -    1m 40s  -         -");
        assertThat(lines.get(4))
                .isEqualTo("x             -      -    -       -         -               not supervised");
        assertThat(lines.get(23)).startsWith("?: keys  q: quit");
    }

    @Test
    void states_have_colours_but_not_without_them() {
        view.show(report(running(OsString.of("a"), 5), running(OsString.of("web"), 65), Reports.notSupervised("x")));
        view.fit(10);

        List<String> with = new Painter(true).paint(view, SIZE, Reports.NOW);
        List<String> without = new Painter(false).paint(view, SIZE, Reports.NOW);

        assertThat(with.get(3)).contains("\033[32mrun\033[39m");
        assertThat(with.get(4)).contains("\033[31m-\033[39m");
        assertThat(String.join("", without)).doesNotContain("\033[3").contains("\033[7m");
        assertThat(without.stream().map(PainterTest::plain).toList())
                .isEqualTo(with.stream().map(PainterTest::plain).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\033[2Jx",
                "a\nb",
                "\u009b31m",
                "\r",
                "\u202eabc",
                "\ufeff",
                "\033]0;title\007",
                "\t",
                "日本語",
                "e\u0301"
            })
    void no_name_does_anything_to_the_terminal(String name) {
        view.show(report(running(OsString.of(name), 5), Reports.down(name + "2")));
        view.key(Key.of('d'));

        String all = String.join("", painted(SIZE));

        assertThat(LOOKS.matcher(all).replaceAll("").codePoints())
                .noneMatch(character ->
                        Character.isISOControl(character) || Character.getType(character) == Character.FORMAT);
        assertThat(all).contains("stop " + Printable.onTerminal(OsString.of(name)) + "? y/n");
    }

    @Test
    void what_is_typed_for_a_filter_does_nothing_to_the_terminal_either() {
        view.show(running("web"));
        view.key(Key.of('/'));
        view.key(Key.of(0x202e));
        view.key(Key.of(0x9b));

        String all = String.join("", painted(SIZE));

        assertThat(LOOKS.matcher(all).replaceAll(""))
                .doesNotContain("\u202e", "\u009b")
                .contains("/\\u{202e}");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 80", "2, 10", "3, 20", "4, 500", "24, 1", "5, 33"})
    void there_are_as_many_lines_as_fit_and_none_is_too_long(int rows, int columns) {
        Random random = new Random(5);
        String[] names = new String[20];
        for (int i = 0; i < names.length; i++) {
            names[i] = i + "日".repeat(random.nextInt(30)) + "x".repeat(random.nextInt(30));
        }
        view.show(running(names));
        for (int key : new int[] {'s', 'd', 'n', '/', 'x'}) {
            view.key(Key.of(key));
            List<String> lines = plain(new Terminal.Size(rows, columns));

            assertThat(lines).hasSize(rows);
            assertThat(lines).allMatch(line -> Printable.columns(line) < columns || (columns == 1 && line.isEmpty()));
        }
        view.key(Key.of(Key.Name.ESCAPE));
        view.key(Key.of('?'));
        assertThat(plain(new Terminal.Size(rows, columns))).hasSize(rows);
    }

    @Test
    void the_help_is_there_whole_on_a_usual_terminal() {
        view.show(running("web"));
        view.key(Key.of('?'));

        assertThat(String.join("\n", plain(new Terminal.Size(24, 80))))
                .contains("restart", "Any key goes back to the list.", "Enter keeps that, Escape ends it\n");
    }

    @Test
    void children_are_drawn_below_their_supervisors_with_what_those_go_by() {
        view.show(report(
                Reports.below("@tree", Reports.BY + "top\n"),
                Reports.below("pool", Reports.BY),
                Reports.below("pool.w", "")));

        List<String> lines = plain(SIZE);

        assertThat(lines.get(2)).startsWith("@tree ").endsWith("[one-for-one, 3 in 5 s]");
        assertThat(lines.get(3)).startsWith("└─ pool ");
        assertThat(lines.get(4)).startsWith("   └─ pool.w ");
    }
}
