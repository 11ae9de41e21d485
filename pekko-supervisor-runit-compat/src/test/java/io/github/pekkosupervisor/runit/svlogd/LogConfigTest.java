package io.github.pekkosupervisor.runit.svlogd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogConfigTest {

    private final List<String> complaints = new ArrayList<>();

    private LogConfig parse(String text) {
        return LogConfig.parse(
                text.getBytes(StandardCharsets.ISO_8859_1), (what, about) -> complaints.add(what + ": " + about));
    }

    @ParameterizedTest
    @CsvSource({"s100,100", "s2k,2048", "s3m,3145728", "s5x,5", "s,0", "sk,0", "s0,0", "q,1000000"})
    void size(String line, long bytes) {
        assertThat(parse(line + "\n").maxSize()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"t5,5", "t5m,300", "t2h,7200", "t,0", "n3,0"})
    void age(String line, long seconds) {
        assertThat(parse(line + "\n").maxAgeSeconds()).isEqualTo(seconds);
    }

    @Test
    void numbers_of_files() {
        LogConfig config = parse("n3\nN2\n");

        assertThat(config.keep()).isEqualTo(3);
        assertThat(config.keepOnFullDisk()).isEqualTo(2);
    }

    @Test
    void last_line_counts_without_an_end_if_it_has_two_characters() {
        assertThat(parse("s1\nn0").keep()).isZero();
        assertThat(parse("s1\nn").keep()).isEqualTo(10);
    }

    @Test
    void prefix_and_processor_are_the_rest_of_the_line() {
        LogConfig config = parse("p a b \n!cat x; y\n");

        assertThat(config.prefix()).isEqualTo(OsString.of(" a b "));
        assertThat(config.processor()).isEqualTo(OsString.of("cat x; y"));
    }

    @Test
    void empty_prefix_and_processor_change_nothing() {
        LogConfig config = parse("pa\np\n!b\n!\n");

        assertThat(config.prefix()).isEqualTo(OsString.of("a"));
        assertThat(config.processor()).isEqualTo(OsString.of("b"));
    }

    @ParameterizedTest
    @CsvSource({
        "u1.2.3.4,16909060,514",
        "u1.2.3.4:99,16909060,99",
        "u127.0.0.1x,2130706433,514",
        "u1.2.3.260:7,16909060,7",
        "u1.2.3.4:65536,16909060,0",
    })
    void target(String line, int address, int port) {
        assertThat(parse(line + "\n").target()).isEqualTo(new LogConfig.Target(address, port));
        assertThat(complaints).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "ubad,unable to scan ip address: bad",
        "u1.2.3,unable to scan ip address: 1.2.3",
        "U1.2.3.4:0,unable to scan port number: 0",
        "U1.2.3.4:,'unable to scan port number: '",
    })
    void bad_target_is_complained_of(String line, String complaint) {
        LogConfig config = parse(line + "\n");

        assertThat(complaints).containsExactly(complaint);
        assertThat(config.target().isSet()).isFalse();
        assertThat(config.onlySend()).isEqualTo(line.startsWith("U"));
    }

    @Test
    void last_pattern_that_fits_decides() {
        LogConfig.Selector selector = new LogConfig.Selector(parse("-*\n+a*\ne*b\nE+ab\n"));

        selector.look("axb".getBytes(StandardCharsets.US_ASCII), 0, 3);

        assertThat(selector.selected()).isTrue();
        assertThat(selector.copied()).isTrue();
        selector.look("aab".getBytes(StandardCharsets.US_ASCII), 0, 3);
        assertThat(selector.copied()).isFalse();
        selector.look("xab".getBytes(StandardCharsets.US_ASCII), 1, 3);
        assertThat(selector.selected()).isTrue();
        selector.look("x".getBytes(StandardCharsets.US_ASCII), 0, 1);
        assertThat(selector.selected()).isFalse();
    }
}
