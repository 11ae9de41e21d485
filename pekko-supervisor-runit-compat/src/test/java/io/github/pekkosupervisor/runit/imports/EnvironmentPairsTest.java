package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentPairsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '#',
            value = {
                "A=b ! {A=b}",
                "A=\"b,c\",D='e=f' ! {A=b,c, D=e=f}",
                "A = b , C=d, ! {A=b, C=d}",
                "A=/x.y+z-(w):v ! {A=/x.y+z-(w):v}",
                "A=\"\",B= ! {A=, B=}",
                "A=\"it's\" ! {A=it's}",
            })
    void pairs_are_read(String text, String pairs) {
        assertThat(EnvironmentPairs.read(text)).hasToString(pairs);
    }

    @ParameterizedTest
    @ValueSource(strings = {"A=\"b", "A", "=b", "A b=c", "A=\"b\"c"})
    void what_is_none_is_refused(String text) {
        assertThatThrownBy(() -> EnvironmentPairs.read(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
