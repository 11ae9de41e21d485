package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigResolveOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterpolationTest {

    private final Variables variables = new Variables();
    private final List<String> wrong = new ArrayList<>();

    private String value(String text, Map<String, ?> environment) {
        Text interpolated = new Interpolation(variables).of(text, wrong::add);
        String hocon = String.join("\n", variables.written().lines()) + "\nvalue = " + interpolated.hocon();
        // instead of the environment, which comes after what stands at the top of the file
        Config resolved = ConfigFactory.parseMap(environment)
                .withFallback(ConfigFactory.parseString(hocon))
                .resolve(ConfigResolveOptions.noSystem());
        return resolved.getString("value");
    }

    /** What is set is A = a. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            quoteCharacter = '#',
            value = {
                "x$A-y ! xa-y",
                "${A} ! a",
                "${A:-b} ! a",
                "${B:-b} ! b",
                "${B-b c} ! b c",
                "${B:-x${A}y} ! xay",
                "${B:-{}} ! {}",
                "$$A and $$$A ! $A and $a",
                "[${B}] ! []",
                "${A:?needed} ! a",
                "${B:-1} ${B:-2} ${B:-1} ! 1 2 1",
            })
    void variables_are_put_in_when_the_tree_is_read(String text, String value) {
        assertThat(value(text, Map.of("A", "a"))).isEqualTo(value);
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"5$ x,5$ x", "${A:+b},''", "${not closed,${not closed", "${a b},${a b}"})
    void what_cannot_be_put_in_is_told(String text, String value) {
        assertThat(value(text, Map.of("A", "a"))).isEqualTo(value);
        assertThat(wrong).hasSize(1);
    }

    @Test
    void defaults_without_end_are_told_and_left() {
        new Interpolation(variables).of("${A:-".repeat(100_000) + "}".repeat(100_000), wrong::add);

        assertThat(wrong).singleElement().asString().contains("too deep in each other");
    }

    @ParameterizedTest
    @CsvSource({"${A:-b},true", "${A-b},false", "${A:-},false", "${A},false"})
    void default_that_is_for_the_empty_too_is_known(String text, boolean isKnown) {
        Interpolation interpolation = new Interpolation(variables);

        interpolation.of(text, wrong::add);

        assertThat(interpolation.isAlsoForEmpty()).isEqualTo(isKnown);
    }

    @Test
    void variable_is_said_once_for_each_default() {
        value("${A:-1} ${A:-1} ${A:-2}", Map.of("A", "a"));

        assertThat(variables.written().lines())
                .containsExactly("variables {", "  A = \"1\"", "  A = ${?A}", "  A-2 = \"2\"", "  A-2 = ${?A}", "}");
    }
}
