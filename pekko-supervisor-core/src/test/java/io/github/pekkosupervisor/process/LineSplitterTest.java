package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    private static void add(List<String> got, List<byte[]> lines) {
        lines.forEach(line -> got.add(new String(line, UTF_8)));
    }
}
