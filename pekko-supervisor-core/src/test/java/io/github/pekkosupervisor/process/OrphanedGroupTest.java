package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.OrphanedGroup.Verdict;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class OrphanedGroupTest {

    private static OrphanedGroup after(int looks, boolean killed) {
        return Stream.iterate(OrphanedGroup.begin(), group -> group.later(killed))
                .skip(looks)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_group_without_members_is_gone_however_long_it_took() {
        assertThat(OrphanedGroup.begin().verdict(false)).isEqualTo(Verdict.GONE);
        assertThat(after(100, true).verdict(false)).isEqualTo(Verdict.GONE);
    }

    @Test
    void pauses_grow_from_5_to_100_milliseconds() {
        assertThat(Stream.iterate(OrphanedGroup.begin(), group -> group.later(false))
                        .limit(7)
                        .map(group -> group.pause().toMillis()))
                .containsExactly(5L, 10L, 20L, 40L, 80L, 100L, 100L);
    }

    @Test
    void it_is_waited_for_as_long_as_it_was_not_killed() {
        assertThat(after(1000, false).verdict(true)).isEqualTo(Verdict.WAIT);
    }

    /** 5, 10, 20, 40 and 80 milliseconds, then nine times 100. */
    @Test
    void it_is_given_up_a_second_after_kill() {
        assertThat(after(13, true).sinceKill()).isEqualTo(Duration.ofMillis(955));
        assertThat(after(13, true).verdict(true)).isEqualTo(Verdict.WAIT);
        assertThat(after(14, true).verdict(true)).isEqualTo(Verdict.GIVE_UP);
    }

    @Test
    void what_was_waited_before_kill_does_not_count() {
        assertThat(after(100, false).later(true).sinceKill()).isEqualTo(Duration.ofMillis(100));
    }
}
