package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of places: readable where they can be, and never the same for two places. */
final class ExportNamesTest {

    private static OsString name(String... ids) {
        String path = TreePath.TOP;
        for (String id : ids) {
            path = TreePath.below(path, id);
        }
        return ExportNames.of(Optional.empty(), path, OptionalLong.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "cache, cache",
        "a.b/c, a%2Eb%2Fc",
        "ö, ö",
        "-x, %2Dx",
        "x-y_z+1=2, x-y_z+1=2",
        "@tree, %40tree",
        "supervise, supervise",
        ".., %2E%2E",
        "., %2E",
        "~, %7E",
        "%2E, %252E",
        "'a b', a%20b",
        "'$(x)', %24%28x%29",
        "'a,b', 'a,b'",
        "a\\b, a%5Cb"
    })
    void an_id_is_as_plain_as_it_can_be(String id, String expected) {
        assertThat(name(id)).hasToString(expected);
    }

    @Test
    void ids_on_the_way_are_joined_by_dots() {
        assertThat(name("workers", "w1")).hasToString("workers.w1");
        assertThat(name("a.b", "c/d", "~")).hasToString("a%2Eb.c%2Fd.%7E");
    }

    @Test
    void the_top_has_a_name_that_no_child_can_have() {
        assertThat(ExportNames.of(Optional.empty(), TreePath.TOP, OptionalLong.empty()))
                .hasToString("@tree");
        assertThat(name("@tree")).hasToString("%40tree");
    }

    @Test
    void a_tree_with_a_name_shows_it_before_each_child() {
        Optional<String> orders = Optional.of("orders");

        assertThat(ExportNames.of(orders, TreePath.TOP, OptionalLong.empty())).hasToString("orders");
        assertThat(ExportNames.of(orders, "/cache", OptionalLong.empty())).hasToString("orders.cache");
    }

    @Test
    void a_child_of_a_dynamic_supervisor_shows_the_number_of_its_first_incarnation() {
        assertThat(ExportNames.of(Optional.empty(), "/pool/job", OptionalLong.of(7)))
                .hasToString("pool.job@7");
    }

    @Test
    void a_long_name_is_cut_and_told_from_others_by_a_digest() {
        OsString one = ExportNames.shown(name("x".repeat(300)));
        OsString other = ExportNames.shown(name("x".repeat(299) + "y"));

        assertThat(one.toString()).hasSize(180 + 1 + 16).startsWith("x".repeat(180) + "~");
        assertThat(other).isNotEqualTo(one);
        assertThat(ExportNames.shown(name("x".repeat(200)))).hasToString("x".repeat(200));
    }

    /** The alphabet has everything that could be mistaken for something else. */
    @Test
    void no_two_places_have_the_same_name() {
        List<String> alphabet = List.of(".", "/", "~", "%", "2E", "@", "a", "-", "0", "1", "ö", "\ud800", "?", " ");
        SplittableRandom random = new SplittableRandom(15);
        Map<OsString, List<String>> known = new HashMap<>();
        for (int i = 0; i < 100_000; i++) {
            List<String> ids = random.ints(random.nextInt(1, 4), 1, 4)
                    .mapToObj(length -> {
                        StringBuilder id = new StringBuilder();
                        random.ints(length, 0, alphabet.size()).forEach(at -> id.append(alphabet.get(at)));
                        return id.toString();
                    })
                    .toList();

            List<String> before = known.put(ExportNames.shown(name(ids.toArray(String[]::new))), ids);

            assertThat(before == null || before.equals(ids))
                    .as("%s and %s", before, ids)
                    .isTrue();
        }
    }

    @Test
    void no_name_is_one_that_leads_elsewhere_or_that_a_shell_reads_as_something_else() {
        for (char c = 1; c < 128; c++) {
            String shown = name(String.valueOf(c)).toString();

            assertThat(shown).matches("[A-Za-z0-9_+=,%]+");
        }
    }
}
