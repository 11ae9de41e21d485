package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.LiveRule.Step;
import io.github.pekkosupervisor.process.Liveness.Then;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What follows from each event in each state. An event is a letter and a time in seconds: woken, answered, refused,
 * pinged, complained, not looked, asked only now, or may be silent for ten seconds. What follows is a deed, the time to
 * be woken at, failures in a row, and {@code hung}.
 */
final class LiveRuleTest {

    private static final Readiness SIGN = Readiness.tcp("127.0.0.1", 80);

    /** Each 10 s, with 2 s for an answer; two failures in a row; 5 s of grace. */
    private static Liveness probes(Then then) {
        return new Liveness(Optional.of(SIGN), seconds(10), seconds(2), 2, seconds(5), then);
    }

    private static Liveness watchdog(Then then) {
        return new Liveness(Optional.empty(), seconds(10), seconds(4), 1, seconds(5), then);
    }

    private static Duration seconds(double number) {
        return Duration.ofNanos((long) (number * 1e9));
    }

    private static String text(Step step) {
        LiveRule then = step.then();
        String due = then.due() == Long.MAX_VALUE ? "never" : String.format(Locale.ROOT, "%.1f", then.due() / 1e9);
        return step.deed().name().toLowerCase(Locale.ROOT) + " " + due + " " + then.failed()
                + (then.isHung() ? " hung" : "")
                + (step.why().isEmpty() ? "" : " (" + step.why() + ")");
    }

    private static Step after(LiveRule rule, String event) {
        long now = seconds(Double.parseDouble(event.substring(1))).toNanos();
        return switch (event.charAt(0)) {
            case 'w' -> rule.woken(now);
            case 'a' -> rule.answered(now);
            case 'r' -> rule.refused("nobody there", now);
            case 'p' -> rule.pinged(now);
            case 'c' -> rule.complained(now);
            case 'n' -> rule.notLooked(now);
            case 'q' -> rule.asked(now);
            case 's' -> rule.mayBeSilentFor(seconds(10));
            case 'b' -> rule.mayBeSilentFor(seconds(1));
            default -> throw new IllegalArgumentException(event);
        };
    }

    /** What the last event leads to. */
    private static String walk(LiveRule begun, String events) {
        LiveRule rule = begun;
        List<Step> steps = new ArrayList<>();
        for (String event : events.split(" ", -1)) {
            Step step = after(rule, event);
            steps.add(step);
            rule = step.then();
        }
        return text(steps.get(steps.size() - 1));
    }

    @ParameterizedTest
    @CsvSource({
        "0,    false, 5.0",
        "0.25, false, 7.5",
        "0.25, true,  7.5",
    })
    void the_first_look_is_after_the_grace_at_a_part_of_the_interval(double share, boolean hung, String due) {
        LiveRule begun = LiveRule.begin(probes(Then.REPORT), hung, share, 0);

        assertThat(text(begun.woken(1))).isEqualTo("nothing " + due + " 0" + (hung ? " hung" : ""));
        assertThat(begun.phase()).isEqualTo(LiveRule.Phase.RESTING);
    }

    @Test
    void a_watchdog_has_to_be_heard_after_its_grace() {
        LiveRule begun = LiveRule.begin(watchdog(Then.REPORT), true, 0.9, 0);

        assertThat(text(begun.woken(1))).isEqualTo("nothing 9.0 0 hung");
        assertThat(begun.phase()).isEqualTo(LiveRule.Phase.LISTENING);
    }

    /** The first look is due at 5. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "woken too early                     | w4.9                | nothing 5.0 0",
                "the first look                      | w5                  | look 7.0 0",
                "late for a look                     | w9                  | look 11.0 0",
                "an answer that nobody has asked for | a4                  | nothing 5.0 0",
                "a refusal of nobody's look          | r4                  | nothing 5.0 0",
                "a sign of life that is not awaited  | p4                  | nothing 5.0 0",
                "a complaint that is not heard       | c4                  | nothing 5.0 0",
                "well                                | w5 a6               | nothing 15.0 0",
                "the next look                       | w5 a6 w15           | look 17.0 0",
                "woken during a look                 | w5 w6.9             | nothing 7.0 0",
                "pinged during a look                | w5 p6               | nothing 7.0 0",
                "complains during a look             | w5 c6               | nothing 7.0 0",
                "no answer                           | w5 w7               | suspect 15.0 1 (no answer in time)",
                "no answer, woken a little late      | w5 w8               | suspect 15.0 1 (no answer in time)",
                "woken too late to judge             | w5 w8.1             | look 10.1 0",
                "a refusal                           | w5 r6               | suspect 15.0 1 (nobody there)",
                "a refusal a little late             | w5 r8               | suspect 15.0 1 (nobody there)",
                "a refusal too late to judge         | w5 r8.1             | look 10.1 0",
                "asked only now                      | w5 q6.9             | nothing 8.9 0",
                "no answer to who was asked later    | w5 q6.9 w8.9        | suspect 15.0 1 (no answer in time)",
                "not asked when it is not looked at  | w5 a6 q7            | nothing 15.0 0",
                "not looked                          | w5 n6               | nothing 15.0 0",
                "not looked, and not asked for       | n4                  | nothing 5.0 0",
                "not looked after a refusal          | w5 r6 w15 n16       | nothing 25.0 1",
                "not looked is no failure in a row   | w5 r6 w15 n16 w25 r26 | hung never 2 hung (nobody there)",
                "an answer after its time            | w5 w7 a7.5          | nothing 15.0 1",
                "the second refusal                  | w5 r6 w15 r16       | hung never 2 hung (nobody there)",
                "the second time without an answer   | w5 r6 w15 w17       | hung never 2 hung (no answer in time)",
                "well after a refusal                | w5 r6 w15 a16       | nothing 25.0 0",
                "not two in a row                    | w5 r6 w15 a16 w25 r26 | suspect 35.0 1 (nobody there)",
                "too late to judge after a refusal   | w5 r6 w15 w19       | look 21.0 1",
                "nobody asks one that is stopped     | w5 r6 w15 r16 w99   | nothing never 2 hung",
                "nobody hears one that is stopped    | w5 r6 w15 r16 a17   | nothing never 2 hung",
            })
    void probes_of_one_that_is_to_be_restarted(String name, String events, String last) {
        LiveRule begun = LiveRule.begin(probes(Then.RESTART), false, 0, 0);

        assertThat(walk(begun, events)).isEqualTo(last);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "hung                        | w5 r6 w15 r16             | hung 25.0 2 hung (nobody there)",
                "the next look               | w5 r6 w15 r16 w25         | look 27.0 2 hung",
                "hung still                  | w5 r6 w15 r16 w25 r26     | suspect 35.0 3 hung (nobody there)",
                "not looked                  | w5 r6 w15 r16 w25 n26     | nothing 35.0 2 hung",
                "well again                  | w5 r6 w15 r16 w25 a26     | well 35.0 0",
                "well again and not told anew | w5 r6 w15 r16 w25 a26 w35 a36 | nothing 45.0 0",
                "hung again after two more   | w5 r6 w15 r16 w25 a26 w35 r36 w45 r46 | hung 55.0 2 hung (nobody there)",
            })
    void probes_of_one_that_is_reported(String name, String events, String last) {
        LiveRule begun = LiveRule.begin(probes(Then.REPORT), false, 0, 0);

        assertThat(walk(begun, events)).isEqualTo(last);
    }

    @Test
    void a_look_that_takes_longer_than_the_interval_is_followed_by_the_next_at_once() {
        Liveness slow = probes(Then.RESTART).withTimeout(seconds(30));

        assertThat(walk(LiveRule.begin(slow, false, 0, 0), "w5 a30")).isEqualTo("nothing 30.0 0");
    }

    /** It has to be heard until 9 for the first time. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "within its time            | w8.9          | nothing 9.0 0",
                "a sign of life             | p6            | nothing 10.0 0",
                "the old time has come      | p6 w9         | nothing 10.0 0",
                "silent                     | p6 w10        | hung never 1 hung (silent for 4 s)",
                "silent from the beginning  | w9            | hung never 1 hung (silent for 4 s)",
                "woken a little late        | w10           | hung never 1 hung (silent for 4 s)",
                "woken too late to judge    | w10.1         | nothing 14.1 0",
                "may be silent for longer   | s6            | nothing 15.0 0",
                "from its last sign         | p6 s7         | nothing 16.0 0",
                "silent for longer          | p6 s7 w16     | hung never 1 hung (silent for 10 s)",
                "and each time              | s6 p7         | nothing 17.0 0",
                "for a shorter time         | p6 b7         | nothing 7.0 0",
                "said when it is too late   | w9 s9.5       | nothing never 1 hung",
                "it says so itself          | c6            | hung never 1 hung (it says so itself)",
                "no look is under way       | a6            | nothing 9.0 0",
                "nor refused                | r6            | nothing 9.0 0",
                "too late                   | w9 p9.5       | nothing never 1 hung",
            })
    void a_watchdog_of_one_that_is_to_be_restarted(String name, String events, String last) {
        LiveRule begun = LiveRule.begin(watchdog(Then.RESTART), false, 0, 0);

        assertThat(walk(begun, events)).isEqualTo(last);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "silent            | w9             | hung 13.0 1 hung (silent for 4 s)",
                "silent still      | w9 w13         | suspect 17.0 2 hung (silent for 4 s)",
                "too late to judge | w9 w14.5       | nothing 18.5 1 hung",
                "heard again       | w9 p10         | well 14.0 0",
                "heard as ever     | w9 p10 p11     | nothing 15.0 0",
                "complains twice   | c6 c7          | suspect 11.0 2 hung (it says so itself)",
            })
    void a_watchdog_of_one_that_is_reported(String name, String events, String last) {
        LiveRule begun = LiveRule.begin(watchdog(Then.REPORT), false, 0, 0);

        assertThat(walk(begun, events)).isEqualTo(last);
    }

    @Test
    void one_that_was_hung_when_it_was_paused_is_told_to_be_well() {
        assertThat(walk(LiveRule.begin(probes(Then.REPORT), true, 0, 0), "w5 a6"))
                .isEqualTo("well 15.0 0");
    }

    /** Of a thousand that are started together none looks at the same time as all others. */
    @Test
    void many_are_spread_over_the_interval() {
        long second = seconds(1).toNanos();
        List<Long> due = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            due.add(LiveRule.begin(probes(Then.RESTART), false, i / 1000.0, 0).due() / second);
        }

        for (long at = 5; at < 15; at++) {
            long slot = at;
            assertThat(due.stream().filter(one -> one == slot).count()).isEqualTo(100);
        }
    }
}
