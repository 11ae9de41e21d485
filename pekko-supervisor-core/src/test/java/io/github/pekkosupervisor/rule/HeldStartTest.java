package io.github.pekkosupervisor.rule;

import static io.github.pekkosupervisor.rule.RuleBed.child;
import static io.github.pekkosupervisor.rule.RuleBed.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The time to start of one that is stopped on purpose meanwhile. An event is a letter and a time in seconds: STOP,
 * CONT, HUP, a STOP that nobody has heard, or woken. What it is asked for is looked at after the last.
 */
final class HeldStartTest {

    private static final String PROCESS = "process";
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static ChildSpec started(String kind) {
        return kind.equals(PROCESS)
                ? ChildSpec.process("a", ProcessSpec.of("true").withOneshot().withStartTimeout(LIMIT))
                : child("a").withStartTimeout(LIMIT);
    }

    private static void play(RuleBed bed, String event) {
        bed.took();
        bed.at(Duration.ofSeconds(Long.parseLong(event.substring(1))));
        Signal signal = switch (event.charAt(0)) {
            case 's', 'n' -> Signal.STOP;
            case 'c' -> Signal.CONT;
            default -> Signal.HUP;
        };
        if (event.charAt(0) == 'w') {
            bed.tell(RuleEvent.Wake.INSTANCE);
        } else {
            bed.tell(new RuleEvent.SignalSent(bed.of("a"), signal, event.charAt(0) != 'n', any -> {}));
        }
    }

    private static boolean isAsked(RuleBed bed) {
        return bed.took().stream().anyMatch(line -> line.startsWith("stop a#1") || line.startsWith("kill a#1"));
    }

    @ParameterizedTest
    @CsvSource({
        "process, w9,              false",
        "process, w10,             true",
        "process, s4 w10,          false",
        "process, s4 w99,          false",
        "process, s4 c100 w105,    false",
        "process, s4 c100 w106,    true",
        "process, s4 s7 c100 w105, false",
        "process, s4 s7 c100 w106, true",
        "process, s4 c5 c6 w10,    false",
        "process, s4 c5 c6 w11,    true",
        "process, s4 c5 s6 w99,    false",
        "process, s4 c5 s6 c9 w14, true",
        "process, s10 c20 w20,     true",
        "process, s12 c20 w20,     true",
        "process, c4 w10,          true",
        "process, h4 w10,          true",
        "process, n4 w10,          true",
        "actor,   s4 w10,          true",
        // asked to stop at 10, it is killed at 15 whatever it is sent
        "process, w10 s11 w15,     true",
        "process, s4 c4 w10 s11 c12 w15, true",
    })
    void its_time_does_not_pass(String kind, String events, boolean isAsked) {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), started(kind))).begin();

        List.of(events.split(" ", -1)).forEach(event -> play(bed, event));

        assertThat(isAsked(bed)).isEqualTo(isAsked);
    }

    /** Nobody knows how long it had been held before, so it has all of its time when it goes on. */
    @ParameterizedTest
    @CsvSource({
        "w10,          false",
        "w99,          false",
        "c4 w10,       false",
        "c4 w13,       false",
        "c4 w14,       true",
        "w10 c20 w29,  false",
        "w10 c20 w30,  true",
        "s4 w99,       false",
        "s4 c20 w30,   true",
        "c4 s5 c20 w28, false",
        "c4 s5 c20 w29, true",
    })
    void nor_that_of_one_that_was_paused_when_it_was_taken_over(String events, boolean isAsked) {
        RuleBed bed = new RuleBed(
                        spec(SupervisorSpec.oneForOne(), started(PROCESS)),
                        (id, number) -> new FakeHandle(id, number, Duration.ofDays(3), true))
                .begin();

        List.of(events.split(" ", -1)).forEach(event -> play(bed, event));

        assertThat(isAsked(bed)).isEqualTo(isAsked);
    }

    @Test
    void its_supervisor_is_woken_when_it_is_over() {
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), started(PROCESS))).begin();
        play(bed, "s4");
        play(bed, "w10");
        assertThat(bed.took()).isEmpty();

        play(bed, "c100");

        assertThat(bed.took()).contains("wake at PT1M46S");
    }

    @Test
    void one_without_a_limit_has_none_afterwards() {
        ChildSpec endless = ChildSpec.process("a", ProcessSpec.of("true").withOneshot());
        RuleBed bed = new RuleBed(spec(SupervisorSpec.oneForOne(), endless)).begin();

        play(bed, "s4");
        play(bed, "c5");
        play(bed, "w999999");

        assertThat(isAsked(bed)).isFalse();
    }

    @Test
    void a_sibling_changes_nothing() {
        RuleBed bed = new RuleBed(spec(
                        SupervisorSpec.oneForOne(), ChildSpec.process("b", ProcessSpec.of("true")), started(PROCESS)))
                .begin()
                .starts("b");

        bed.at(Duration.ofSeconds(4)).tell(new RuleEvent.SignalSent(bed.of("b"), Signal.STOP, true, any -> {}));
        bed.took();
        bed.wakeAt(LIMIT);

        assertThat(bed.took()).anyMatch(line -> line.startsWith("stop a#2"));
    }
}
