package io.github.pekkosupervisor.runit.rule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services are called by letters, in the order in which they were started; times are tenths of a second. */
class StopOrderTest {

    private static final int TENTH = 100;

    private static StopOrder<String> order(String services, String how, String within) {
        return new StopOrder<>(
                services.chars().mapToObj(Character::toString).toList(),
                how.equals("in order"),
                within.equals("-") ? Optional.empty() : Optional.of(time(within)));
    }

    private static Duration time(String tenths) {
        return Duration.ofMillis(Long.parseLong(tenths) * TENTH);
    }

    /** What happens, as {@code 20} for a look at that time, {@code 5:c} for an end, {@code 7!} for a hurry. */
    private static String play(StopOrder<String> order, String happens) {
        return String.join(
                "; ",
                Stream.of(happens.split(" ", -1))
                        .map(what -> {
                            if (what.endsWith("!")) {
                                return words(order.hurry(time(what.substring(0, what.length() - 1))));
                            }
                            String[] parts = what.split(":", -1);
                            return words(
                                    parts.length == 1 ? order.at(time(what)) : order.ended(parts[1], time(parts[0])));
                        })
                        .toList());
    }

    private static String words(StopOrder.Step<String> step) {
        String words = String.join("", step.ask())
                + (step.kill() ? "kill" : "")
                + step.next().map(next -> "@" + next.toMillis() / TENTH).orElse("");
        return words.isEmpty() ? "-" : words;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // the last one first, the next one when that has ended
                "abc | in order | 80 | 0 3:c 5:b 6:a | c@20; b@23; a@80; @80",
                // nobody is waited for longer than a quarter; who has been waited for is waited for no more
                "abc | in order | 80 | 0 19 20 | c@20; @20; b@40",
                "abc | in order | 80 | 0 20 21:c 25:b | c@20; b@40; @40; a@80",
                "abc | in order | 80 | 0 10:c 29 30 | c@20; b@30; @30; a@80",
                // at half of the time all are asked, in the same order
                "abcdef | in order | 80 | 0 20 39 40 | f@20; e@40; @40; dcba@80",
                "abcde | in order | 80 | 0 20 30:d 40 | e@20; d@40; c@40; ba@80",
                // whoever has been asked last may be waited for until then only
                "abcd | in order | 80 | 0 20 25:c 39 40 | d@20; c@40; b@40; @40; a@80",
                // one that ends by itself is not asked
                "abc | in order | 80 | 0 2:b 3:c | c@20; @20; a@80",
                "abc | in order | 80 | 0 2:a 3:c 4:b | c@20; @20; b@80; @80",
                // whoever is left is killed, once
                "ab | in order | 80 | 0 79 80 81 82:a | b@20; a@80; kill; -; -",
                "ab | in order | 80 | 0 80 | b@20; kill",
                "a | in order | 80 | 80 | kill",
                "a | in order | 80 | 0 80:a | a@80; kill",
                // without a time each is waited for
                "abc | in order | - | 0 9999 10000:c 99999:b | c; -; b; a",
                // all at once
                "abc | at once | 80 | 0 80 | cba@80; kill",
                "'' | in order | 80 | 0 80 | @80; kill",
                "'' | in order | - | 0 | -"
            })
    void services_are_asked(String services, String how, String within, String happens, String follows) {
        assertThat(play(order(services, how, within), happens)).isEqualTo(follows);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // all are asked at once, and killed a second later
                "abc | in order | 80 | 0 5! 14 15 | c@20; ba@15; @15; kill",
                "abc | in order | - | 0 5! 15 | c; ba@15; kill",
                "abc | at once | 80 | 0 5! 15 | cba@80; @15; kill",
                // not later than without that
                "ab | in order | 80 | 0 75! 80 | b@20; a@80; kill",
                "ab | in order | 80 | 0 70! 79 80 | b@20; a@80; @80; kill",
                "ab | in order | 80 | 0 85! | b@20; kill",
                // a third time does not put it off
                "ab | in order | 80 | 0 5! 12! 15 | b@20; a@15; @15; kill",
                // after a kill there is nothing to hurry
                "ab | in order | 80 | 0 80 81! 99 | b@20; kill; -; -"
            })
    void somebody_is_in_a_hurry(String services, String how, String within, String happens, String follows) {
        assertThat(play(order(services, how, within), happens)).isEqualTo(follows);
    }

    @Test
    void all_are_asked_once_whatever_happens() {
        StopOrder<String> order = order("abcdefgh", "in order", "80");
        StringBuilder asked = new StringBuilder();
        for (int tenths = 0; tenths < 80; tenths += 3) {
            asked.append(String.join(
                    "", order.at(Duration.ofMillis((long) tenths * TENTH)).ask()));
        }

        assertThat(asked).hasToString("hgfedcba");
    }

    // ---- those that others need

    private static String told(StopOrder.Step<String> step) {
        return String.join("", step.ask())
                + (step.kill() ? "!" : "")
                + step.next().map(next -> " @" + next.toSeconds()).orElse("");
    }

    /** c needs b, and b needs a. */
    private static StopOrder<String> chain(boolean inOrder, Optional<Duration> within) {
        return new StopOrder<>(
                List.of("c", "a", "b", "x"), inOrder, within, Map.of("b", Set.of("c"), "a", Set.of("b", "gone")));
    }

    @Test
    void one_that_others_need_is_asked_when_these_have_ended() {
        StopOrder<String> order = chain(false, Optional.empty());

        assertThat(told(order.at(Duration.ZERO))).isEqualTo("xc");
        assertThat(told(order.ended("x", Duration.ofSeconds(1)))).isEmpty();
        assertThat(told(order.ended("c", Duration.ofSeconds(2)))).isEqualTo("b");
        assertThat(told(order.ended("b", Duration.ofSeconds(3)))).isEqualTo("a");
    }

    @Test
    void one_that_others_need_is_asked_when_half_of_the_time_is_over() {
        StopOrder<String> order = chain(false, Optional.of(Duration.ofSeconds(80)));

        assertThat(told(order.at(Duration.ZERO))).isEqualTo("xc @40");
        assertThat(told(order.at(Duration.ofSeconds(20)))).isEqualTo(" @40");
        assertThat(told(order.at(Duration.ofSeconds(40)))).isEqualTo("ba @80");
        assertThat(told(order.at(Duration.ofSeconds(80)))).isEqualTo("!");
    }

    @Test
    void in_order_who_is_needed_is_passed_over_until_then() {
        StopOrder<String> order = chain(true, Optional.of(Duration.ofSeconds(80)));

        assertThat(told(order.at(Duration.ZERO))).isEqualTo("x @20");
        assertThat(told(order.ended("x", Duration.ofSeconds(1)))).isEqualTo("c @40");
        assertThat(told(order.at(Duration.ofSeconds(30)))).isEqualTo(" @40");
        assertThat(told(order.ended("c", Duration.ofSeconds(31)))).isEqualTo("b @40");
    }

    @Test
    void who_is_in_a_hurry_waits_for_none_of_them() {
        StopOrder<String> order = chain(false, Optional.empty());
        order.at(Duration.ZERO);

        assertThat(told(order.hurry(Duration.ofSeconds(5)))).isEqualTo("ba @6");
    }
}
