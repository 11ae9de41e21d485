package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A first word that is none of ours. */
class UnknownCommandTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "runn       | unknown command runn; did you mean run?",
                "staus      | unknown command staus; did you mean status?",
                "runsvdr    | unknown command runsvdr; did you mean runsvdir?",
                "--check    | unknown command --check",
                "frobnicate | unknown command frobnicate",
            })
    void is_named_with_what_was_meant(String word, String told) {
        assertThat(Main.unknown(word)).isEqualTo(told);
    }
}
