package io.github.pekkosupervisor.rule;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.spec.ExitReason;
import org.junit.jupiter.api.Test;

/** What waits until the supervisor is idle. */
final class WaitingEventsTest {

    private static final RuleEvent.Call CALL =
            new RuleEvent.Call(new Request.CountChildren(), null, false, answer -> {}, () -> {});

    private static RuleEvent.Stop stop(String why) {
        return new RuleEvent.Stop(ExitReason.failed(why));
    }

    @Test
    void first_come_first_taken() {
        WaitingEvents events = new WaitingEvents();
        assertThat(events.isEmpty()).isTrue();
        events.add(stop("a"));
        events.add(CALL);
        assertThat(events.isEmpty()).isFalse();
        assertThat(events.next()).isEqualTo(stop("a"));
        assertThat(events.next()).isSameAs(CALL);
        assertThat(events.isEmpty()).isTrue();
    }

    @Test
    void the_first_stop_is_taken_from_between() {
        WaitingEvents events = new WaitingEvents();
        events.add(CALL);
        events.add(stop("a"));
        events.add(stop("b"));
        assertThat(events.takeStop()).isEqualTo(ExitReason.failed("a"));
        assertThat(events.takeStop()).isEqualTo(ExitReason.failed("b"));
        assertThat(events.takeStop()).isEqualTo(ExitReason.shutdown());
        assertThat(events.calls()).containsExactly(CALL);
        assertThat(events.next()).isSameAs(CALL);
        assertThat(events.isEmpty()).isTrue();
    }
}
