package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.runit.launcher.ReloadRule.Group;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows from a change of a file, by table. */
class ReloadRuleTest {

    private static final String P = "process.command = [sleep, 1]";

    private static Group group(String text) {
        return Group.of(ConfigFactory.parseString(text).resolve().root());
    }

    /** Children {@code a}, {@code b}… as they are; in capitals they are the same child with another command. */
    private static Group flat(String strategy, String children) {
        String list = children.chars()
                .mapToObj(letter -> (char) letter)
                .map(letter -> "{ id = " + Character.toLowerCase(letter) + ", process.command = [sleep, "
                        + (Character.isUpperCase(letter) ? "2" : "1") + "] }")
                .collect(Collectors.joining(", "));
        return group("strategy = " + strategy + ", children = [" + list + "]");
    }

    /** {@code -a} stops it, {@code +a} starts it, {@code *a} renews it, {@code =} is the new specification. */
    private static String words(Group before, Group now) {
        return ReloadRule.steps(before, now).stream().map(ReloadRuleTest::word).collect(Collectors.joining(" "));
    }

    private static String word(ReloadRule.Step step) {
        String place = step.supervisor().stream().map(id -> id + "/").collect(Collectors.joining());
        if (step instanceof ReloadRule.Forget forget) {
            return "-" + place + forget.id();
        }
        if (step instanceof ReloadRule.Start start) {
            return "+" + place + start.id();
        }
        if (step instanceof ReloadRule.Renew renew) {
            return "*" + place + renew.id();
        }
        return "=" + place;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', emptyValue = "", textBlock = """
            one-for-one  | abc | abc  | ''
            one-for-one  | abc | abcd | = +d
            one-for-one  | abc | dabc | = +d
            one-for-one  | abc | b    | -c -a =
            one-for-one  | abc | aBc  | = *b
            one-for-one  | abc | ABC  | = *a *b *c
            one-for-one  | abc | cab  | =
            one-for-one  | abc | Bd   | -c -a = *b +d
            rest-for-one | abc | aBc  | = *b
            rest-for-one | abc | ABC  | = *a
            rest-for-one | abc | AbC  | = *a
            rest-for-one | abc | dABe | -c = +d *a +e
            one-for-all  | abc | abC  | = *c
            one-for-all  | abc | AbC  | = *a
            one-for-all  | abc | dbC  | -a = +d *c
            """)
    void children_are_stopped_started_and_renewed(String strategy, String before, String now, String steps) {
        assertThat(words(flat(strategy, before), flat(strategy, now))).isEqualTo(steps);
    }

    @Test
    void flags_alone_are_a_new_specification() {
        assertThat(words(
                        group("intensity = 1, children = [{ id = a, " + P + " }]"),
                        group("intensity = 2, children = [{ id = a, " + P + " }]")))
                .isEqualTo("=");
    }

    /** {@code =} is the supervisor itself, {@code <} the order of its children, and then whose rules have changed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            children = [{ id = a, @ }, { id = b, @ }]                                            | ''
            intensity = 1, children = [{ id = a, @ }, { id = b, @ }]                             | =
            children = [{ id = b, @ }, { id = a, @ }]                                            | <
            children = [{ id = a, @, shutdown = 9s }, { id = b, @ }]                             | a
            children = [{ id = c, @ }, { id = b, @, shutdown = 9s }]                             | b
            children = [{ id = c, @ }, { id = a, @ }, { id = b, @ }]                             | ''
            children = [{ id = a, service-directory = x, shutdown = 9s }, { id = b, @ }]         | ''
            period = 9s, children = [{ id = b, @, shutdown = 9s }, { id = a, @, shutdown = 9s }] | = < b a
            """)
    void what_has_changed_in_the_rules_of_a_supervisor_is_told(String now, String changed) {
        Group before = group("children = [{ id = a, " + P + " }, { id = b, " + P + " }]");

        List<ReloadRule.Step> steps = ReloadRule.steps(before, group(now.replace("@", P)));

        assertThat(steps.stream()
                        .filter(step -> step instanceof ReloadRule.Reconfigure)
                        .map(step -> (ReloadRule.Reconfigure) step)
                        .map(step -> ((step.isOther() ? "= " : "")
                                        + (step.isOrdered() ? "< " : "")
                                        + String.join(" ", step.children()))
                                .strip()))
                .allSatisfy(words -> assertThat(words).isEqualTo(changed))
                .hasSize(changed.isEmpty() && now.startsWith("children = [{ id = a, @ }, { id = b, @ }]") ? 0 : 1);
    }

    @Test
    void strategy_counts_that_the_new_file_has() {
        assertThat(words(flat("rest-for-one", "abc"), flat("one-for-one", "ABC")))
                .isEqualTo("= *a *b *c");
    }

    @ParameterizedTest
    @CsvSource({
        "restart = transient",
        "shutdown = 30s",
        "significant = true",
        "start-timeout = 9s",
        "kill-grace = 3s",
        "on-abandon = escalate",
        "restart-delay { min = 1s }"
    })
    void rules_that_its_supervisor_goes_by_restart_no_child(String rule) {
        assertThat(words(
                        group("children = [{ id = a, " + P + " }]"),
                        group("children = [{ id = a, " + P + ", " + rule + " }]")))
                .isEqualTo("=");
    }

    @Test
    void how_it_is_written_does_not_count() {
        Group one = group("x = 1, y = [sleep, ${x}], children = [ { id = a, process { command = ${y} } } ]");
        Group other =
                group("children = [ { \"id\" : \"a\", process.command = [\"sleep\", 1] } ], x = 1, y = [sleep, 1]");

        assertThat(ReloadRule.steps(one, other)).isEmpty();
    }

    @Test
    void child_of_another_kind_is_stopped_and_started() {
        assertThat(words(
                        group("children = [{ id = a, " + P + " }, { id = b, " + P + " }]"),
                        group("children = [{ id = a, service-directory = x }, { id = b, supervisor.children = [] }]")))
                .isEqualTo("-b -a = +a +b");
        assertThat(words(
                        group("children = [{ id = a, supervisor { strategy = dynamic } }]"),
                        group("children = [{ id = a, supervisor.children = [] }]")))
                .isEqualTo("-a = +a");
    }

    private static String nested(String strategy, String first, String below) {
        return "strategy = " + strategy + ", children = [{ id = p, process.command = [sleep, " + first
                + "] }, { id = s, supervisor { children = [" + below + "] } }, { id = q, " + P + " }]";
    }

    @Test
    void what_is_below_a_supervisor_does_not_restart_it() {
        String x = "{ id = x, " + P + " }";
        String y = "{ id = y, " + P + " }";

        assertThat(words(group(nested("one-for-all", "1", x)), group(nested("one-for-all", "1", y))))
                .isEqualTo("= -s/x =s/ +s/y");
    }

    @ParameterizedTest
    @CsvSource({"one-for-one,= *p =s/ +s/y", "rest-for-one,= *p", "one-for-all,= *p"})
    void supervisor_that_is_renewed_with_its_group_has_all_that_is_new_below_it(String strategy, String steps) {
        String x = "{ id = x, " + P + " }";
        String y = "{ id = y, " + P + " }";

        assertThat(words(group(nested(strategy, "1", x)), group(nested(strategy, "2", x + ", " + y))))
                .isEqualTo(steps);
    }

    @Test
    void those_that_are_ended_to_start_again_are_named_whoever_takes_them_along() {
        String x = "{ id = x, " + P + " }";

        assertThat(ReloadRule.ended(flat("one-for-one", "abc"), flat("one-for-one", "dAbC")))
                .containsExactly("/a", "/c");
        assertThat(ReloadRule.ended(flat("rest-for-one", "abc"), flat("rest-for-one", "daBc")))
                .containsExactly("/b", "/c");
        assertThat(ReloadRule.ended(flat("one-for-all", "abc"), flat("one-for-all", "abC")))
                .containsExactly("/a", "/b", "/c");
        assertThat(ReloadRule.ended(
                        group(nested("one-for-all", "1", x)),
                        group(nested("one-for-all", "2", x.replace("1", "2") + ", { id = y, " + P + " }"))))
                .containsExactly("/p", "/q", "/s", "/s/x", "/s/y");
        assertThat(ReloadRule.ended(group(nested("one-for-all", "1", x)), group(nested("one-for-all", "1", x))))
                .isEmpty();
        assertThat(ReloadRule.ended(
                        group("children = [{ id = a, " + P + " }]"),
                        group("children = [{ id = a, service-directory = x }]")))
                .containsExactly("/a");
        assertThat(ReloadRule.ended(
                        group("children = [{ id = a, " + P + " }]"),
                        group("children = [{ id = a, supervisor.children = [" + x + "] }]")))
                .containsExactly("/a", "/a/x");
    }

    @Test
    void top_cannot_become_dynamic() {
        Group usual = group("children = []");
        Group dynamic = group("strategy = dynamic");

        assertThat(ReloadRule.refusal(usual, usual)).isEmpty();
        assertThat(ReloadRule.refusal(usual, dynamic)).get().asString().contains("stop it and start it again");
    }

    @Test
    void one_that_could_not_be_started_is_new_the_next_time() {
        Group now = group(nested("one-for-one", "1", "{ id = x, " + P + " }"));

        assertThat(words(now.without(List.of(), "q"), now)).isEqualTo("= +q");
        assertThat(words(now.without(List.of("s"), "x"), now)).isEqualTo("= =s/ +s/x");
        assertThat(words(now.without(List.of("s"), "no"), now)).isEmpty();
    }
}
