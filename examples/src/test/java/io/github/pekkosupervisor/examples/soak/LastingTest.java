package io.github.pekkosupervisor.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is wrong for too long. */
final class LastingTest {

    private final Lasting lasting = new Lasting(10);

    @Test
    void what_lasts_is_told_once() {
        assertThat(lasting.tooLong(List.of("a"), 0)).isEmpty();
        assertThat(lasting.tooLong(List.of("a"), 9)).isEmpty();
        assertThat(lasting.tooLong(List.of("a", "b"), 10)).containsExactly("a");
        assertThat(lasting.tooLong(List.of("a", "b"), 19)).isEmpty();
        assertThat(lasting.tooLong(List.of("a", "b"), 20)).containsExactly("b");
    }

    @Test
    void what_was_well_meanwhile_begins_anew() {
        lasting.tooLong(List.of("a"), 0);
        lasting.tooLong(List.of(), 5);

        assertThat(lasting.tooLong(List.of("a"), 10)).isEmpty();
        assertThat(lasting.tooLong(List.of("a"), 20)).containsExactly("a");
    }

    @Test
    void what_was_disturbed_begins_anew() {
        lasting.tooLong(List.of("a"), 0);
        lasting.restart();

        assertThat(lasting.tooLong(List.of("a"), 10)).isEmpty();
    }

    @Test
    void what_may_never_be_is_told_at_once() {
        assertThat(new Lasting(0).tooLong(List.of("a"), 7)).containsExactly("a");
    }
}
