package io.github.pekkosupervisor.runit.imports;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpansionTest {

    private final List<String> wrong = new ArrayList<>();

    private String expanded(String text) {
        return new Expansion(Map.of("program_name", Text.of("web"), "process_num", Text.of("7")))
                .expand(text, wrong::add)
                .shown();
    }

    @ParameterizedTest
    @CsvSource({
        "%(program_name)s-x,web-x",
        "%(process_num)s,7",
        "%(process_num)d,7",
        "%(process_num)02d,07",
        "%(process_num)3d,'  7'",
        "100%%,100%",
        "%(ENV_HOME)s/x,${HOME}/x",
        "%%(program_name)s,%(program_name)s"
    })
    void names_are_put_in(String text, String expanded) {
        assertThat(expanded(text)).isEqualTo(expanded);
        assertThat(wrong).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"date +%Y,neither", "%(host_node_name)s,is not known here", "%(ENV_a b)s,is not known here"})
    void what_cannot_be_put_in_is_told_and_left(String text, String told) {
        assertThat(expanded(text)).isEqualTo(text);
        assertThat(wrong).singleElement().asString().contains(told);
    }
}
