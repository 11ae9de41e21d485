package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class NeverTakenTest {

    private final NeverTaken never = new NeverTaken();

    private void add(int from, int to) {
        IntStream.range(from, to).forEach(i -> never.add(new FileStatus.Id(1, i), OsString.of("s" + i)));
    }

    @Test
    void there_are_rounds_as_long_as_each_leaves_fewer() {
        add(0, 3);
        assertThat(never.next()).satisfies(round -> {
            assertThat(round.isInVain()).isFalse();
            assertThat(round.entries()).hasSize(3);
            assertThat(round.complaint()).isEmpty();
        });
        assertThat(never.isEmpty()).isTrue();

        add(1, 3);
        assertThat(never.next().isInVain()).isFalse();

        add(1, 3);
        assertThat(never.next()).satisfies(last -> {
            assertThat(last.isInVain()).isTrue();
            assertThat(last.complaint().orElseThrow()).contains("not be stopped: s1, s2; what runs of them goes on");
        });
    }

    @Test
    void of_many_some_are_named() {
        add(10, 22);
        never.next();
        add(10, 22);

        assertThat(never.next().complaint().orElseThrow())
                .contains(": s10, s11, ")
                .contains("s19 and 2 more; ");
    }

    @Test
    void who_had_no_room_is_known_once() {
        never.refused(OsString.of("web"));

        assertThat(never.wasRefused(OsString.of("db"))).isFalse();
        assertThat(never.wasRefused(OsString.of("web"))).isTrue();
        assertThat(never.wasRefused(OsString.of("web"))).isFalse();
        assertThat(never.isEmpty()).isTrue();
    }
}
