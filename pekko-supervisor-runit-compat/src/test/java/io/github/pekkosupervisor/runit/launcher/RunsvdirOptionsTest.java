package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.launcher.RunsvdirProgram.Options;
import io.github.pekkosupervisor.runit.launcher.RunsvdirProgram.UnknownOptionException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words of {@code runsvdir}'s command line. */
final class RunsvdirOptionsTest {

    private static Optional<Options> parse(String line) throws UnknownOptionException {
        List<OsString> words = Stream.of(line.split(" ", -1)).map(OsString::of).toList();
        return Options.parse(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--stop-on-trem dir | unknown option --stop-on-trem; did you mean --stop-on-term?",
                "-P --verbos dir | unknown option --verbos; did you mean --verbose?",
                "--stat=x dir | unknown option --stat=x; did you mean --state?",
                "--stop-on-term=yes dir | unknown option --stop-on-term=yes; --stop-on-term has no value",
                "--verbose=1 dir | unknown option --verbose=1; --verbose has no value",
                "--stop-on-term --nonsense dir | unknown option --nonsense",
                "--nonsense | unknown option --nonsense"
            })
    void one_that_is_none_of_ours_is_refused(String line, String message) {
        assertThatExceptionOfType(UnknownOptionException.class)
                .isThrownBy(() -> parse(line))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dir | dir | '' | false",
                "-P dir | dir | '' | false",
                "-- dir | dir | '' | false",
                "--stop-on-term dir log:... | dir | log:... | true",
                "dir --stop-on-trem | dir | --stop-on-trem | false",
                "-P /etc/service --a-long-text-for-the-log | /etc/service | --a-long-text-for-the-log | false",
                "-x dir | -x | dir | false"
            })
    void what_stands_behind_the_directory_is_the_log(String line, String directory, String log, boolean stops)
            throws UnknownOptionException {
        Options options = parse(line).orElseThrow();

        assertThat(options.directory()).hasToString(directory);
        assertThat(options.log().map(OsString::toString).orElse("")).isEqualTo(log);
        assertThat(options.stopOnTerm()).isEqualTo(stops);
    }

    @Test
    void the_state_directory_is_a_word_of_its_own_or_not() throws UnknownOptionException {
        assertThat(parse("--state /s dir").orElseThrow().state()).contains(OsString.of("/s"));
        assertThat(parse("--state=/s dir").orElseThrow().state()).contains(OsString.of("/s"));
        assertThat(parse("--state dir")).isEmpty();
        assertThat(parse("--state")).isEmpty();
    }
}
