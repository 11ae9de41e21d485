package io.github.pekkosupervisor.runit.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class OptionsTest {

    static Stream<Arguments> commandLines() {
        return Stream.of(
                Arguments.of("", "", ""),
                Arguments.of("a -v", "", "a -v"),
                Arguments.of("-v a", "v", "a"),
                Arguments.of("-vv -w5 a b", "v v w=5", "a b"),
                Arguments.of("-w 5 a", "w=5", "a"),
                Arguments.of("-vw5", "v w=5", ""),
                Arguments.of("-w -v a", "w=-v", "a"),
                Arguments.of("- a", "", "- a"),
                Arguments.of("-- -v", "", "-v"),
                Arguments.of("--help -v", "", "-v"),
                Arguments.of("-v --help a", "v", "a"),
                Arguments.of("-v- a", "v ?", "a"),
                Arguments.of("-q a", "?", "a"),
                Arguments.of("-:", "?", ""),
                Arguments.of("-vw", "v ?", ""));
    }

    @ParameterizedTest(name = "[{0}]")
    @MethodSource("commandLines")
    void words_are_options_and_operands(String line, String expectedOptions, String expectedOperands) {
        Options options = new Options(OsString.of("test"), words(line), "w:v");

        List<String> found = new ArrayList<>();
        for (char option = options.next(); option != Options.END; option = options.next()) {
            found.add(option == 'w' ? "w=" + options.argument() : String.valueOf(option));
        }

        assertThat(found).containsExactlyElementsOf(split(expectedOptions));
        assertThat(options.operands()).isEqualTo(words(expectedOperands));
    }

    private static List<String> split(String line) {
        return line.isEmpty() ? List.of() : List.of(line.split(" ", -1));
    }

    private static List<OsString> words(String line) {
        return split(line).stream().map(OsString::of).toList();
    }
}
