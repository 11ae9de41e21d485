package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.pekkosupervisor.process.Framing.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes become messages, whatever pieces they come in. */
final class FramingTest {

    private static final Framing BY_LENGTH = Framing.contentLength(1000);
    private static final Framing BY_LINE = Framing.lines(1000);
    private static final String JSON = "{\"id\":1,\"ä\":\"€ \uD83D\uDE00\"}";

    private static List<String> decoded(Framing framing, byte[] bytes, int piece) throws MalformedException {
        List<String> messages = new ArrayList<>();
        Framing.Decoder decoder = framing.decoder();
        for (int at = 0; at < bytes.length; at += piece) {
            decoder.decode(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + piece)), messages::add);
        }
        assertThat(decoder.isInTheMiddle()).isFalse();
        return messages;
    }

    static Stream<Arguments> framings() {
        return Stream.of(BY_LENGTH, BY_LINE)
                .flatMap(framing -> Stream.of(1, 2, 3, 7, 64, 100_000).map(piece -> Arguments.of(framing, piece)));
    }

    @ParameterizedTest
    @MethodSource("framings")
    void what_is_encoded_is_decoded_in_pieces_of_any_length(Framing framing, int piece) throws Exception {
        List<String> messages = IntStream.range(0, 50)
                .mapToObj(i -> JSON + "x".repeat(i * 17 % 300))
                .toList();
        byte[] bytes = messages.stream().map(framing::encode).reduce(new byte[0], (all, one) -> {
            byte[] both = Arrays.copyOf(all, all.length + one.length);
            System.arraycopy(one, 0, both, all.length, one.length);
            return both;
        });

        assertThat(decoded(framing, bytes, piece)).isEqualTo(messages);
    }

    @Test
    void a_message_by_length_looks_as_the_protocol_says() {
        assertThat(new String(BY_LENGTH.encode("{\"ä\":1}"), UTF_8)).isEqualTo("Content-Length: 8\r\n\r\n{\"ä\":1}");
    }

    static Stream<Arguments> accepted() {
        return Stream.of(
                Arguments.of(BY_LENGTH, "content-LENGTH:2\r\nContent-Type: x; charset=utf-8\r\n\r\nab", List.of("ab")),
                Arguments.of(BY_LENGTH, "Content-Length: 2\n\na\n", List.of("a\n")),
                Arguments.of(BY_LENGTH, "Content-Length: 0\r\n\r\nContent-Length: 1\r\n\r\nb", List.of("", "b")),
                Arguments.of(BY_LENGTH, "Content-Length: 1\r\nContent-Length: 1\r\n\r\nb", List.of("b")),
                Arguments.of(BY_LINE, "\n\r\na\r\n\nb\n", List.of("a", "b")));
    }

    @ParameterizedTest
    @MethodSource("accepted")
    void what_others_write_is_understood(Framing framing, String bytes, List<String> messages) throws Exception {
        assertThat(decoded(framing, bytes.getBytes(UTF_8), 1)).isEqualTo(messages);
        assertThat(decoded(framing, bytes.getBytes(UTF_8), 1000)).isEqualTo(messages);
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of(
                        BY_LENGTH,
                        "Starting up...\n",
                        "a line that is no header, \"Starting up...\"; what is no message is to be written to standard"
                                + " error"),
                Arguments.of(BY_LENGTH, ": 5\n", "a line that is no header, \": 5\""),
                Arguments.of(BY_LENGTH, "Content-Type: x\r\n\r\n", "a header without Content-Length"),
                Arguments.of(BY_LENGTH, "\r\n", "a header without Content-Length"),
                Arguments.of(BY_LENGTH, "Content-Length: -5\r\n", "a Content-Length that is no number, \"-5\""),
                Arguments.of(BY_LENGTH, "Content-Length: 0x10\r\n", "a Content-Length that is no number, \"0x10\""),
                Arguments.of(
                        BY_LENGTH,
                        "Content-Length: 99999999999999999999\r\n",
                        "a Content-Length that is no number, \"99999999999999999999\""),
                Arguments.of(BY_LENGTH, "Content-Length: 1001\r\n", "a message of 1001 bytes, 1000 are the most"),
                Arguments.of(
                        BY_LENGTH,
                        "Content-Length: 999999999999999999\r\n",
                        "a message of 999999999999999999 bytes, 1000 are the most"),
                Arguments.of(
                        BY_LENGTH,
                        "Content-Length: 1\r\nContent-Length: 2\r\n",
                        "two lengths for one message, 1 and 2"),
                Arguments.of(
                        BY_LENGTH,
                        "x".repeat(9000),
                        "a header of more than 8192 bytes, which begins \"" + "x".repeat(80) + "...\""),
                Arguments.of(BY_LENGTH, "A: b\n".repeat(2000), "a header of more than 8192 bytes, which begins"),
                Arguments.of(
                        BY_LINE,
                        "y".repeat(1002),
                        "a line of more than 1000 bytes, which begins \"" + "y".repeat(80) + "...\""),
                Arguments.of(BY_LENGTH, "\033[2J\n", "\"\\x1b[2J\""));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void what_is_no_message_is_told(Framing framing, String bytes, String words) {
        for (int piece : new int[] {1, 1000, 100_000}) {
            MalformedException told = catchThrowableOfType(
                    MalformedException.class, () -> decoded(framing, bytes.getBytes(UTF_8), piece));

            assertThat(told).hasMessageContaining(words);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"C", "Content-Length: 5\r\n", "Content-Length: 5\r\n\r\n", "Content-Length: 5\r\n\r\nabcd"})
    void half_a_message_is_known_as_that(String bytes) throws Exception {
        Framing.Decoder decoder = BY_LENGTH.decoder();

        decoder.decode(bytes.getBytes(UTF_8), message -> {
            throw new AssertionError(message);
        });

        assertThat(decoder.isInTheMiddle()).isTrue();
    }

    @Test
    void as_long_as_allowed_is_allowed() throws Exception {
        String longest = "z".repeat(1000);

        assertThat(decoded(BY_LINE, BY_LINE.encode(longest), 100)).containsExactly(longest);
        assertThat(decoded(BY_LINE, (longest + "\r\n").getBytes(UTF_8), 100)).containsExactly(longest);
        assertThat(decoded(BY_LENGTH, BY_LENGTH.encode(longest), 100)).containsExactly(longest);
    }

    @Test
    void what_cannot_be_framed_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BY_LINE.encode("a\nb"))
                .withMessageContaining("has a line feed at 1; escape it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BY_LENGTH.encode("z".repeat(1001)))
                .withMessageContaining("the message has 1001 bytes, 1000 are the most");
        assertThatIllegalArgumentException().isThrownBy(() -> Framing.lines(0)).withMessageContaining("must have 1 to");
    }

    static Stream<Integer> seeds() {
        return IntStream.range(0, 300).boxed();
    }

    /** Bytes at random, with many of what a header is made of: a message, a refusal, or waiting, and little memory. */
    @ParameterizedTest
    @MethodSource("seeds")
    void rubbish_does_no_harm(int seed) {
        Random random = new Random(seed);
        Framing framing = seed % 2 == 0 ? BY_LENGTH : BY_LINE;
        Framing.Decoder decoder = framing.decoder();
        String alphabet = "Content-Length: 0123456789\r\n\r\n\0\u00e4";
        List<String> messages = new ArrayList<>();
        MalformedException refused = null;
        for (int i = 0; i < 2000 && refused == null; i++) {
            String piece = random.nextInt(4) == 0
                    ? "Content-Length: " + random.nextInt(30) + "\r\n\r\n"
                    : alphabet.substring(random.nextInt(alphabet.length()));
            refused = catchThrowableOfType(
                    MalformedException.class, () -> decoder.decode(piece.getBytes(UTF_8), messages::add));
        }

        assertThat(messages).allSatisfy(message -> assertThat(message.length()).isLessThanOrEqualTo(1000));
    }
}
