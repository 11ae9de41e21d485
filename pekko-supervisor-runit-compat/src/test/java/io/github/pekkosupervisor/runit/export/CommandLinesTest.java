package io.github.pekkosupervisor.runit.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Instant;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class CommandLinesTest {

    private final CommandLines lines = new CommandLines();
    private final ShownPlace a = place("a");
    private final ShownPlace b = place("b");

    private static ShownPlace place(String id) {
        return new ShownPlace(
                OsString.of(id),
                ShownKind.OTHER,
                "/",
                id,
                OptionalLong.empty(),
                ShownChild.downSince(Instant.parse("2026-11-29T12:00:00Z")));
    }

    private int said(ShownPlace place, int commands) {
        int said = 0;
        for (int i = 0; i < commands; i++) {
            said += lines.says(place) ? 1 : 0;
        }
        return said;
    }

    @Test
    void a_few_are_said_and_of_a_flood_the_number() {
        assertThat(said(a, CommandLines.LINES)).isEqualTo(CommandLines.LINES);
        assertThat(said(a, 64 * 1024)).isZero();

        assertThat(lines.close(a)).isEqualTo(64 * 1024);
        assertThat(said(a, 1)).isEqualTo(1);
        assertThat(lines.close(a)).isZero();
    }

    @Test
    void each_child_has_its_own() {
        said(a, 2 * CommandLines.LINES);

        assertThat(said(b, 3)).isEqualTo(3);
    }

    @Test
    void a_window_is_open_until_it_is_closed() {
        assertThat(lines.isCounting(a)).isFalse();
        said(a, 1);
        assertThat(lines.isCounting(a)).isTrue();

        lines.close(a);

        assertThat(lines.isCounting(a)).isFalse();
    }
}
