package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LineSplitterTest {

    @ParameterizedTest
    @CsvSource({
        "'a\nb\n', 'a|b'",
        "'a\n\nb', 'a||b'",
        "'\n', ''",
        "'a,b\nc,d\n,e', 'ab|cd|e'",
        "'12345678', '1234|5678'",
        "'1234,5', '1234|5'",
        "'1234\n5', '1234|5'",
        "'123,45\n', '1234|5'",
        "'123456789,0\n1', '1234|5678|90|1'",
    })
    void chunks_become_lines_of_at_most_four_bytes(String chunks, String lines) {
        LineSplitter splitter = new LineSplitter(4);
        List<String> got = new ArrayList<>();

        for (String chunk : chunks.split(",", -1)) {
            add(got, splitter.split(chunk.getBytes(UTF_8)));
        }
        add(got, splitter.rest());

        assertThat(got).isEqualTo(Stream.of(lines.split("\\|", -1)).toList());
    }

    static Stream<Arguments> chunksAndLimits() {
        return IntStream.of(1, 2, 3, 4, 5, 7, 11, 1000)
                .boxed()
                .flatMap(chunk -> IntStream.range(4, 20).mapToObj(longest -> Arguments.of(chunk, longest)));
    }

    @ParameterizedTest
    @MethodSource("chunksAndLimits")
    void pieces_end_where_characters_do_wherever_a_chunk_or_the_limit_falls(int chunk, int longest) {
        String text = "aé你🙂".repeat(20) + "你".repeat(30) + "🙂".repeat(30) + "é".repeat(31);

        List<byte[]> pieces = pieces(text.getBytes(UTF_8), chunk, longest);

        assertThat(pieces.stream().map(piece -> new String(piece, UTF_8)).collect(joining()))
                .isEqualTo(text);
        assertThat(pieces).allMatch(piece -> piece.length <= longest);
        assertThat(pieces.subList(0, pieces.size() - 1)).allMatch(piece -> piece.length >= longest - 3);
    }

    @ParameterizedTest
    @MethodSource("chunksAndLimits")
    void bytes_that_are_no_text_stay_what_they_are(int chunk, int longest) {
        byte[] bytes = new byte[1000];
        new Random(longest).nextBytes(bytes);
        IntStream.range(0, bytes.length).filter(i -> bytes[i] == '\n').forEach(i -> bytes[i] = (byte) 0x80);
        ByteArrayOutputStream all = new ByteArrayOutputStream();

        pieces(bytes, chunk, longest).forEach(all::writeBytes);

        assertThat(all.toByteArray()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"1", "3", "4", "5", "100"})
    void a_carriage_return_is_not_parted_from_its_line_feed(int chunk) {
        List<byte[]> pieces = pieces("123\r\n1234\r\n".getBytes(UTF_8), chunk, 4);

        assertThat(pieces.stream().map(piece -> new String(piece, UTF_8))).containsExactly("123\r", "1234", "\r");
    }

    private static List<byte[]> pieces(byte[] bytes, int chunk, int longest) {
        LineSplitter splitter = new LineSplitter(longest);
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < bytes.length; from += chunk) {
            pieces.addAll(splitter.split(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunk))));
        }
        pieces.addAll(splitter.rest());
        return pieces;
    }

    private static void add(List<String> got, List<byte[]> lines) {
        lines.forEach(line -> got.add(new String(line, UTF_8)));
    }
}
