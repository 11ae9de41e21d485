package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TailTest {

    private final Tail tail = new Tail();
    private final OutputReader.Receiver out = tail.stream();
    private final OutputReader.Receiver err = tail.stream();

    private static List<byte[]> lines(String prefix, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> (prefix + i).getBytes(UTF_8))
                .toList();
    }

    @Test
    void one_stream_has_all_the_room() {
        out.receive(lines("out", 0, 15));
        out.receive(lines("out", 15, 50));

        assertThat(tail.lines()).hasSize(20).startsWith("out30").endsWith("out49");
    }

    @Test
    void a_word_of_one_stream_is_not_lost_among_many_of_the_other() {
        err.receive(lines("err", 0, 1));
        out.receive(lines("out", 0, 50));

        assertThat(tail.lines()).hasSize(20).startsWith("err0", "out31").endsWith("out49");
    }

    @Test
    void each_of_two_busy_streams_has_half_of_it_in_the_order_of_arrival() {
        out.receive(lines("out", 0, 50));
        err.receive(lines("err", 0, 50));
        out.receive(lines("out", 50, 52));

        assertThat(tail.lines())
                .hasSize(20)
                .startsWith("out42")
                .endsWith("err49", "out50", "out51")
                .filteredOn(line -> line.startsWith("err"))
                .hasSize(10);
    }

    @Test
    void a_long_line_is_cut_between_characters() {
        out.receive(List.of(("x" + "你".repeat(1000)).getBytes(UTF_8), ("xx" + "🙂".repeat(1000)).getBytes(UTF_8)));

        assertThat(tail.lines()).containsExactly("x" + "你".repeat(133), "xx" + "🙂".repeat(99));
    }

    @Test
    void a_long_line_is_cut() {
        out.receive(List.of("x".repeat(1000).getBytes(UTF_8)));

        assertThat(tail.lines()).singleElement().asString().hasSize(400);
    }
}
