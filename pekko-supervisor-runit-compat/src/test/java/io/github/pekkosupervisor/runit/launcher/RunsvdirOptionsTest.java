package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkosupervisor.posix.OsString;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a launcher is told on its command line of being process 1, and of where nothing can be written. */
class RunsvdirOptionsTest {

    private static List<OsString> words(String line) {
        return Stream.of(line.split(" ", -1)).map(OsString::of).toList();
    }

    private static String inWords(RunsvdirProgram.Options options) {
        return (options.init() ? "init" : options.stopOnTerm() ? "stop" : "leave")
                + options.stopWithin().map(time -> " " + time).orElse("")
                + options.superviseIn().map(place -> " in " + place).orElse("")
                + options.state().map(place -> " state " + place).orElse("")
                + (options.ownSessions() ? " sessions" : "")
                + " " + options.directory();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dir | false | leave dir",
                "dir | true | init PT8S dir",
                "--init dir | false | init PT8S dir",
                "-P --init dir | false | init PT8S sessions dir",
                "--stop-on-term dir | false | stop dir",
                "--stop-on-term --stop-within 20s dir | false | stop PT20S dir",
                "--stop-within=1500ms --init dir | false | init PT1.5S dir",
                "--stop-within 2m dir | true | init PT2M dir",
                "--init --stop-within infinite dir | false | init dir",
                "--supervise-in /run/sv dir | false | leave in /run/sv state /run/sv/.pekko-supervisor dir",
                "--supervise-in=/run/sv --state /s dir | false | leave in /run/sv state /s dir",
                "--state /s dir | false | leave state /s dir",
                "--state=/s dir | false | leave state /s dir",
                "dir --init | false | leave dir"
            })
    void options_are_understood(String line, boolean isFirst, String means) {
        assertThat(RunsvdirProgram.Options.parse(words(line), isFirst))
                .hasValueSatisfying(options -> assertThat(inWords(options)).isEqualTo(means));
    }

    @ParameterizedTest
    @CsvSource({"--init", "--state", "--stop-within", "--stop-within dir", "--supervise-in", "-P"})
    void without_a_directory_there_is_nothing_to_do(String line) {
        assertThat(RunsvdirProgram.Options.parse(words(line), false)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--init --stop-within 8 dir | --stop-within must be a time with its unit, such as 5s or 200ms, was",
                "--init --stop-within soon dir | --stop-within must be a time with its unit, such as 5s or 200ms, was",
                "--init --stop-within 0s dir | --stop-within must be more than zero, was",
                "--init --stop-within 101d dir | --stop-within must be at most 100d, or infinite, was 101d",
                "--init --stop-within= dir | --stop-within must be a time",
                "--stop-within 8s dir | --stop-within is of no use where TERM lets the services go on; say"
                        + " --stop-on-term or --init too",
                "--supervise-in= dir | --supervise-in must name a directory"
            })
    void mistakes_are_named(String line, String says) {
        assertThatThrownBy(() -> RunsvdirProgram.Options.parse(words(line), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(says);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--stop-on-trem dir | unknown option --stop-on-trem; did you mean --stop-on-term?",
                "-P --verbos dir | unknown option --verbos; did you mean --verbose?",
                "--stat=x dir | unknown option --stat=x; did you mean --state?",
                "--stop-on-term=yes dir | unknown option --stop-on-term=yes; --stop-on-term has no value",
                "--init=1 dir | unknown option --init=1; --init has no value",
                "--verbose=1 dir | unknown option --verbose=1; --verbose has no value",
                "--stop-on-term --nonsense dir | unknown option --nonsense",
                "--nonsense | unknown option --nonsense"
            })
    void one_that_is_none_of_ours_is_refused(String line, String says) {
        assertThatThrownBy(() -> RunsvdirProgram.Options.parse(words(line), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(says);
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
    void what_stands_behind_the_directory_is_the_log(String line, String directory, String log, boolean stops) {
        RunsvdirProgram.Options options =
                RunsvdirProgram.Options.parse(words(line), false).orElseThrow();

        assertThat(options.directory()).hasToString(directory);
        assertThat(options.log().map(OsString::toString).orElse("")).isEqualTo(log);
        assertThat(options.stopOnTerm()).isEqualTo(stops);
    }
}
