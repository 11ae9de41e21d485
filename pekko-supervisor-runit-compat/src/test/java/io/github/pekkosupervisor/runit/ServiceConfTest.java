package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.svlogd.Timestamps;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceConfTest {

    private static ServiceConf parse(String text) throws ServiceConf.MistakenException {
        return ServiceConf.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void empty_file_says_nothing() throws ServiceConf.MistakenException {
        assertThat(parse("# nothing\n")).isEqualTo(ServiceConf.NONE);
    }

    @Test
    void log_has_svlogds_defaults_but_keeps_the_last_line() throws ServiceConf.MistakenException {
        ServiceConf.Log log = parse("log.directory = main").log().orElseThrow();

        assertThat(log.directory()).isEqualTo(OsString.of("main"));
        assertThat(log.options().timestamps()).isEqualTo(Timestamps.NONE);
        assertThat(log.options().lineLength()).isEqualTo(1000);
        assertThat(log.options().keepUnfinished()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"none,NONE", "tai64n,TAI64N", "utc,UTC", "iso,ISO"})
    void timestamps_are_named(String name, Timestamps kind) throws ServiceConf.MistakenException {
        ServiceConf conf = parse("log { directory = main, timestamps = " + name + " }");

        assertThat(conf.log().orElseThrow().options().timestamps()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "log = main | service.conf: 1: log must be a block, as in log { directory = main }",
                "log {} | service.conf: 1: log needs a directory, as in log { directory = main }",
                "log { directory = 5 } | service.conf: 1: log.directory must be the name of a directory, was 5",
                "log { directory = m, timestamps = tt } |"
                        + " service.conf: 1: log.timestamps must be none, tai64n, utc or iso, was \"tt\"",
                "log { directory = m, line-length = many } |"
                        + " service.conf: 1: log.line-length must be 1 to 1048576 bytes, was \"many\"",
                "lgo { directory = m } | service.conf: 1: lgo is not known; known is log",
            })
    void mistake_is_told_with_its_line(String text, String message) {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse(text))
                .withMessageStartingWith(message);
    }

    @Test
    void what_is_no_hocon_is_told_with_its_line() {
        assertThatExceptionOfType(ServiceConf.MistakenException.class)
                .isThrownBy(() -> parse("log {\n  directory = main\n"))
                .withMessageContaining("service.conf: 3");
    }
}
