package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.Signal;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StopPhasesTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final StopSequence HUP_THEN_TERM =
            StopSequence.of(Signal.HUP).then(SECOND, Signal.TERM);

    @Test
    void nobody_was_asked_at_first() {
        assertThat(StopPhases.NONE.isAsked()).isFalse();
        assertThat(StopPhases.NONE.isKilled()).isFalse();
    }

    @Test
    void a_stop_that_begins_has_sent_nothing_yet() {
        StopPhases begun = StopPhases.NONE.begin(HUP_THEN_TERM, SECOND.multipliedBy(5));

        assertThat(begun.due()).isEqualTo(Signal.HUP);
        assertThat(begun.isAsked()).isFalse();
    }

    @Test
    void each_signal_waits_for_the_time_since_the_one_before() {
        StopPhases hup =
                StopPhases.NONE.begin(HUP_THEN_TERM, SECOND.multipliedBy(5)).next();
        StopPhases term = hup.next();
        StopPhases kill = term.next();

        assertThat(hup.untilNext()).hasValue(SECOND);
        assertThat(hup.due()).isEqualTo(Signal.TERM);
        assertThat(term.untilNext()).hasValue(SECOND.multipliedBy(4));
        assertThat(term.due()).isEqualTo(Signal.KILL);
        assertThat(term.isKilled()).isFalse();
        assertThat(kill.untilNext()).isEmpty();
        assertThat(kill.isKilled()).isTrue();
        assertThat(kill.sent()).containsExactlyInAnyOrder(Signal.HUP, Signal.TERM, Signal.KILL);
    }

    @Test
    void a_stop_without_time_is_kill_at_once() {
        StopPhases begun = StopPhases.NONE.begin(HUP_THEN_TERM, Duration.ZERO);

        assertThat(begun.due()).isEqualTo(Signal.KILL);
        assertThat(begun.next().untilNext()).isEmpty();
    }

    @Test
    void another_stop_takes_the_place_of_one_and_remembers_what_was_sent() {
        StopPhases again = StopPhases.NONE
                .begin(HUP_THEN_TERM, SECOND.multipliedBy(5))
                .next()
                .next()
                .begin(StopSequence.of(Signal.INT), SECOND)
                .next();

        assertThat(again.sent()).containsExactlyInAnyOrder(Signal.HUP, Signal.TERM, Signal.INT);
        assertThat(again.due()).isEqualTo(Signal.KILL);
        assertThat(again.untilNext()).hasValue(SECOND);
    }
}
