package io.github.pekkosupervisor.runit.top;

import static io.github.pekkosupervisor.runit.top.Reports.report;
import static io.github.pekkosupervisor.runit.top.Reports.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.look.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from a key. */
class ViewTest {

    private final View view = new View(Reports.SERVICES);

    private View.Deed type(Key.Name name) {
        return view.key(Key.of(name));
    }

    private View.Deed type(String text) {
        View.Deed last = View.Simple.NOTHING;
        for (int character : text.codePoints().toArray()) {
            last = view.key(Key.of(character));
        }
        return last;
    }

    private String chosen() {
        return view.rows().get(view.index()).name().toString();
    }

    private List<String> shown() {
        return view.rows().stream().map(row -> row.before() + row.name()).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "u, UP",
        "o, ONCE",
        "h, HUP",
        "a, ALARM",
        "1, USER_1",
        "2, USER_2",
        "c, CONTINUE",
    })
    void what_stops_nothing_is_done_at_once(String key, Order order) {
        view.show(running("db", "web"));
        type(Key.Name.DOWN);

        assertThat(type(key)).isEqualTo(new View.Give(order, OsString.of("web"), OsString.of("/s/web")));
    }

    @ParameterizedTest
    @CsvSource({
        "r, RESTART, restart",
        "d, DOWN, stop",
        "t, TERM, TERM",
        "k, KILL, KILL",
        "i, INTERRUPT, INT",
        "Q, QUIT, QUIT",
        "p, PAUSE, pause"
    })
    void what_stops_something_is_asked_for_once(String key, Order order, String words) {
        view.show(running("web"));

        assertThat(type(key)).isEqualTo(View.Simple.NOTHING);
        assertThat(view.question()).contains(words + " web? y/n");
        assertThat(type("y")).isEqualTo(new View.Give(order, OsString.of("web"), OsString.of("/s/web")));
        assertThat(view.question()).isEmpty();
        assertThat(type("y")).isEqualTo(View.Simple.NOTHING);
    }

    @Test
    void every_order_has_a_key() {
        view.show(running("web"));
        List<Order> given = new ArrayList<>();
        for (int key = '0'; key <= 'z'; key++) {
            if (key != 'q' && (view.key(Key.of(key)) instanceof View.Give || type("y") instanceof View.Give)) {
                given.add(Order.UP);
            }
            type(Key.Name.ESCAPE);
        }

        assertThat(given).hasSameSizeAs(Order.values());
    }

    @ParameterizedTest
    @CsvSource({"n", "x", "d"})
    void whatever_is_no_yes_is_a_no(String answer) {
        view.show(running("web"));
        type("d");

        assertThat(type(answer)).isEqualTo(View.Simple.NOTHING);
        assertThat(view.said()).isEqualTo("nothing is done");
        assertThat(view.mode()).isEqualTo(View.Mode.LIST);
    }

    @Test
    void a_question_stays_about_whom_it_was_asked() {
        view.show(running("db", "web"));
        type("d");

        view.show(running("web"));

        assertThat(view.question()).contains("stop db? y/n");
        assertThat(type("y")).isEqualTo(new View.Give(Order.DOWN, OsString.of("db"), OsString.of("/s/db")));
    }

    @Test
    void the_chosen_one_stays_chosen_when_others_come_and_its_place_when_it_goes() {
        view.show(running("b", "d", "e"));
        type(Key.Name.DOWN);
        assertThat(chosen()).isEqualTo("d");

        view.show(running("a", "b", "c", "d", "e"));
        assertThat(chosen()).isEqualTo("d");

        view.show(running("a", "b", "c", "e"));
        assertThat(chosen()).isEqualTo("e");

        view.show(running());
        assertThat(view.rows()).isEmpty();
        assertThat(type("r")).isEqualTo(View.Simple.NOTHING);
        assertThat(view.said()).isEqualTo("there is no service to restart");

        view.show(running("x"));
        assertThat(chosen()).isEqualTo("x");
    }

    @Test
    void the_chosen_one_is_always_in_sight() {
        String[] names = IntStream.range(0, 100)
                .mapToObj(i -> String.format(Locale.ROOT, "s%02d", i))
                .toArray(String[]::new);
        view.show(running(names));
        view.fit(10);

        type(Key.Name.END);
        assertThat(List.of(view.top(), view.index())).containsExactly(90, 99);
        type(Key.Name.PAGE_UP);
        assertThat(List.of(view.top(), view.index())).containsExactly(89, 89);
        view.fit(3);
        assertThat(List.of(view.top(), view.index())).containsExactly(89, 89);
        type(Key.Name.HOME);
        assertThat(List.of(view.top(), view.index())).containsExactly(0, 0);
        type(Key.Name.UP);
        assertThat(List.of(view.top(), view.index())).containsExactly(0, 0);
        type(Key.Name.PAGE_DOWN);
        assertThat(List.of(view.top(), view.index())).containsExactly(1, 3);
        view.fit(200);
        assertThat(List.of(view.top(), view.index())).containsExactly(0, 3);
    }

    @Test
    void a_filter_leaves_what_has_it_and_what_that_is_below() {
        view.show(report(
                Reports.below("@tree", Reports.BY + "top\n"),
                Reports.below("cache", ""),
                Reports.below("pool", Reports.BY),
                Reports.below("pool.w1", ""),
                Reports.below("pool.w2", "")));
        assertThat(shown()).containsExactly("@tree", "├─ cache", "└─ pool", "   ├─ pool.w1", "   └─ pool.w2");

        type("/W2");
        assertThat(shown()).containsExactly("@tree", "└─ pool", "   └─ pool.w2");
        type("x");
        assertThat(shown()).isEmpty();
        type(Key.Name.BACKSPACE);
        type(Key.Name.ENTER);
        assertThat(view.mode()).isEqualTo(View.Mode.LIST);
        assertThat(view.filter()).isEqualTo("W2");

        type(Key.Name.ESCAPE);
        assertThat(shown()).hasSize(5);
    }

    @Test
    void keys_that_mean_something_are_letters_in_a_filter() {
        view.show(running("quit"));

        assertThat(type("/q")).isEqualTo(View.Simple.NOTHING);
        assertThat(view.filter()).isEqualTo("q");
        assertThat(type(Key.Name.LEAVE)).isEqualTo(View.Simple.QUIT);
    }

    @Test
    void what_is_below_one_is_folded_and_shown_again() {
        view.show(report(
                Reports.below("@tree", Reports.BY + "top\n"),
                Reports.below("pool", Reports.BY),
                Reports.below("pool.w1", ""),
                Reports.below("web", "")));
        type(Key.Name.DOWN);
        type(Key.Name.DOWN);
        assertThat(chosen()).isEqualTo("pool.w1");

        type(Key.Name.LEFT);
        assertThat(chosen()).isEqualTo("pool");
        type(Key.Name.LEFT);
        assertThat(shown()).containsExactly("@tree", "├─ pool", "└─ web");
        type(Key.Name.LEFT);
        assertThat(chosen()).isEqualTo("@tree");
        type(Key.Name.DOWN);
        type(Key.Name.RIGHT);
        assertThat(shown()).containsExactly("@tree", "├─ pool", "│  └─ pool.w1", "└─ web");
        type(" ");
        assertThat(shown()).hasSize(3);
        type("/w1");
        assertThat(shown()).containsExactly("@tree", "└─ pool", "   └─ pool.w1");
    }

    @Test
    void they_are_sorted_as_asked_for() {
        view.show(report(
                running(OsString.of("a"), 30),
                Reports.down("b"),
                Reports.notSupervised("c"),
                running(OsString.of("d"), 10)));

        type("s");
        assertThat(view.sorting()).isEqualTo(Sorting.STATE);
        assertThat(shown()).containsExactly("c", "b", "a", "d");
        type("s");
        assertThat(shown()).containsExactly("d", "a", "b", "c");
        type("ss");
        assertThat(shown()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void the_help_goes_away_by_any_key_which_does_nothing_else() {
        view.show(running("web"));
        type("?");
        assertThat(view.mode()).isEqualTo(View.Mode.HELP);

        assertThat(type("d")).isEqualTo(View.Simple.NOTHING);
        assertThat(view.mode()).isEqualTo(View.Mode.LIST);
    }

    @Test
    void a_service_directory_alone_is_commanded_where_it_is() {
        view.show(running("."));

        assertThat(type("u")).isEqualTo(new View.Give(Order.UP, OsString.of("."), Reports.SERVICES));
    }
}
