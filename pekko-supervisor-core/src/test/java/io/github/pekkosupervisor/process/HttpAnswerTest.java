package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.process.HttpAnswer.Verdict;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HttpAnswerTest {

    private static final Readiness.Http ANY = Readiness.http("http://127.0.0.1:1/");
    private static final Readiness.Http BODY = ANY.withBody("o+k");

    private static HttpAnswer answer(String text, boolean ended) {
        byte[] bytes = text.translateEscapes().getBytes(ISO_8859_1);
        return HttpAnswer.of(bytes, bytes.length, ended);
    }

    private static Optional<Verdict> verdict(Readiness.Http wanted, String text, boolean ended) {
        return answer(text, ended).verdict(wanted);
    }

    private static String shown(Optional<Verdict> verdict) {
        return verdict.map(decided -> decided.name().toLowerCase(Locale.ROOT)).orElse("more");
    }

    @ParameterizedTest
    @CsvSource({
        "'',                                                false, more",
        "'',                                                true,  bad",
        "'HTTP/1.1 20',                                     false, more",
        "'HTTP/1.1 20',                                     true,  bad",
        "'HTT',                                             false, more",
        "'SSH-2.0-OpenSSH',                                 false, bad",
        "'HTTP/2.0 200 OK\\r\\n\\r\\n',                     false, bad",
        "'HTTP/1.1 200 OK\\r\\nA: b\\r\\n',                 false, more",
        "'HTTP/1.1 200 OK\\r\\nA: b\\r\\n\\r\\n',           false, good",
        "'HTTP/1.0 200\\r\\n\\r\\n',                        false, good",
        "'HTTP/1.1 2000 OK\\r\\n\\r\\n',                    false, bad",
        "'HTTP/1.1 xyz OK\\r\\n\\r\\n',                     false, bad",
        "'HTTP/1.1 199 OK\\r\\n\\r\\n',                     false, more",
        "'HTTP/1.1 199 OK\\r\\n\\r\\n',                     true,  bad",
        "'HTTP/1.1 399 OK\\r\\n\\r\\n',                     false, good",
        "'HTTP/1.1 302 Found\\r\\nLocation: /\\r\\n\\r\\n', false, good",
        "'HTTP/1.1 400 OK\\r\\n\\r\\n',                     false, bad",
        "'HTTP/1.1 503 OK\\r\\n\\r\\n',                     false, bad",
        "'HTTP/1.1 101 Switching\\r\\n\\r\\n',              false, bad",
        "'HTTP/1.1 100 Continue\\r\\n\\r\\n',               false, more",
        "'HTTP/1.1 103 Hints\\r\\n\\r\\nHTTP/1.1 204 No\\r\\n\\r\\n', false, good",
    })
    void by_its_status(String text, boolean ended, String expected) {
        assertThat(shown(verdict(ANY, text, ended))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\n',           false, more",
        "'HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nlook',       false, good",
        "'HTTP/1.1 200 OK\\r\\ncontent-length:4\\r\\n\\r\\nloo',         true,  bad",
        "'HTTP/1.1 200 OK\\r\\nContent-Length: 3\\r\\n\\r\\nlook',       false, bad",
        "'HTTP/1.1 200 OK\\r\\nContent-Length: x\\r\\n\\r\\nlook',       false, more",
        "'HTTP/1.1 200 OK\\r\\n\\r\\nlook',                              false, more",
        "'HTTP/1.1 200 OK\\r\\n\\r\\nlook',                              true,  good",
        "'HTTP/1.1 200 OK\\r\\n\\r\\nno',                                true,  bad",
        "'HTTP/1.1 204 No\\r\\n\\r\\n',                                  false, bad",
        "'HTTP/1.1 304 No\\r\\n\\r\\n',                                  false, bad",
        "'HTTP/1.1 503 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok',         false, bad",
        "'HTTP/1.1 200 OK\\r"
                + "\\n"
                + "Transfer-Encoding: chunked\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "2\\r"
                + "\\n"
                + "lo\\r"
                + "\\n"
                + "2;a=b\\r"
                + "\\n"
                + "ok\\r"
                + "\\n"
                + "0\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "', false, good",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: gzip, chunked\\r\\n\\r\\n2\\r\\nlo\\r\\n', false, more",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\nok\\r\\n', true, bad",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n2\\r\\no', true, bad",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\nok\\r\\n0\\r\\n', false, bad",
        "'HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n', false, bad",
    })
    void by_its_body(String text, boolean ended, String expected) {
        assertThat(shown(verdict(BODY, text, ended))).isEqualTo(expected);
    }

    /** Java's expressions need a frame of the stack for each repetition of alternatives. */
    @Test
    void a_body_that_is_too_long_for_an_expression_is_neither_good_nor_bad() {
        String text = "HTTP/1.1 200 OK\r\n\r\n" + "ab".repeat(30_000);
        Readiness.Http wanted = ANY.withBody("(a|b)*c");

        assertThat(verdict(wanted, text, true)).contains(Verdict.TOO_MUCH);
        assertThat(answer(text, true).tooMuch(wanted))
                .startsWith("it takes too many steps to search a body of 60000 bytes for /(a|b)*c/; ");
    }

    /** A few repetitions after another are as much, where what they end with is not there. */
    @Test
    void a_long_line_is_too_much_for_several_repetitions() {
        String text = "HTTP/1.1 200 OK\r\n\r\n" + "ab".repeat(30_000);

        assertThat(verdict(ANY.withBody("a.*b.*c"), text, true)).contains(Verdict.TOO_MUCH);
        assertThat(verdict(ANY.withBody("ba"), text, true)).contains(Verdict.GOOD);
    }

    @Test
    void more_than_the_beginning_of_a_body_is_not_waited_for() {
        String head = "HTTP/1.1 200 OK\r\n\r\n";
        String beginning = "x".repeat(HttpAnswer.LONGEST_BODY - 2);

        assertThat(verdict(BODY, head + beginning + "ok", false)).contains(Verdict.GOOD);
        assertThat(verdict(BODY, head + beginning + "xok", false)).contains(Verdict.BAD);
        assertThat(verdict(BODY, "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n" + beginning + "ok", false))
                .contains(Verdict.GOOD);
        String chunk = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20000\r\n";
        assertThat(verdict(BODY, chunk + beginning + "ok", false)).contains(Verdict.GOOD);
        assertThat(verdict(BODY, chunk + beginning, false)).isEmpty();
    }

    @Test
    void a_head_without_end_is_none() {
        assertThat(verdict(ANY, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(20_000), false))
                .contains(Verdict.BAD);
        assertThat(verdict(BODY, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "1".repeat(2_000), false))
                .contains(Verdict.BAD);
    }

    @Test
    void other_statuses_may_be_the_good_ones() {
        Readiness.Http unauthorized = ANY.withStatus(401, 403);

        assertThat(verdict(unauthorized, "HTTP/1.1 401 No\r\n\r\n", false)).contains(Verdict.GOOD);
        assertThat(verdict(unauthorized, "HTTP/1.1 200 OK\r\n\r\n", false)).contains(Verdict.BAD);
    }

    @Test
    void what_is_wrong_is_said() {
        byte[] bad = "HTTP/1.1 503 No\r\n\r\n".getBytes(ISO_8859_1);
        byte[] other = "HTTP/1.1 200 No\r\n\r\nno".getBytes(ISO_8859_1);
        byte[] none = "no".getBytes(ISO_8859_1);

        assertThat(HttpAnswer.of(bad, bad.length, true).trouble(BODY))
                .isEqualTo("the answer from 127.0.0.1:1 had status 503");
        assertThat(HttpAnswer.of(other, other.length, true).trouble(BODY)).endsWith("has another body");
        assertThat(HttpAnswer.of(none, none.length, true).trouble(BODY)).endsWith("was no whole one by HTTP/1.1");
    }
}
