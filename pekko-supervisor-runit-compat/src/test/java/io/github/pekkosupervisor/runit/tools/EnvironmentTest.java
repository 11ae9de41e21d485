package io.github.pekkosupervisor.runit.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class EnvironmentTest {

    @Test
    void last_entry_takes_the_place_of_one_that_is_set_anew() {
        Environment environment = new Environment(entries("A=1", "B=2", "C=3"));

        environment.set(OsString.of("A"), OsString.of("new"));

        assertThat(environment.entries()).isEqualTo(entries("C=3", "B=2", "A=new"));
    }

    @Test
    void removed_variable_is_gone_and_others_of_similar_names_are_not() {
        Environment environment = new Environment(entries("AB=1", "A=2", "ABC=3"));

        environment.unset(OsString.of("A"));

        assertThat(environment.entries()).isEqualTo(entries("AB=1", "ABC=3"));
    }

    @Test
    void name_with_an_equals_sign_is_a_variable_and_a_part_of_its_value() {
        Environment environment = new Environment(entries("A=1"));

        environment.set(OsString.of("A=B"), OsString.of("value"));

        assertThat(environment.entries()).isEqualTo(entries("A=B=value"));
    }

    @Test
    void variable_that_is_there_twice_loses_its_first_place_only() {
        Environment environment = new Environment(entries("A=1", "B=2", "A=3", "C=4"));

        environment.set(OsString.of("A"), OsString.of("new"));
        environment.unset(OsString.of("A"));

        assertThat(environment.entries()).isEqualTo(entries("C=4", "B=2", "A=new"));
    }

    @Test
    @Timeout(120)
    void each_of_a_hundred_thousand_variables_costs_the_same() {
        Environment environment = new Environment(entries("A=1"));
        int many = 100_000;

        IntStream.range(0, many).forEach(i -> environment.set(OsString.of("V" + i), OsString.of("x")));
        IntStream.range(0, many).forEach(i -> environment.set(OsString.of("V" + i), OsString.of("y")));

        assertThat(environment.entries()).hasSize(many + 1);
    }

    @Test
    void program_is_looked_for_in_the_path_at_the_start() {
        Environment environment = new Environment(entries("PATH=/one::two"));
        environment.set(OsString.of("PATH"), OsString.of("/other"));

        assertThat(environment.candidates(OsString.of("prog"))).isEqualTo(entries("/one/prog", "./prog", "two/prog"));
    }

    @Test
    void program_with_a_slash_is_not_looked_for() {
        assertThat(new Environment(List.of()).candidates(OsString.of("./prog"))).isEqualTo(entries("./prog"));
    }

    @Test
    void empty_path_is_the_working_directory_and_none_is_that_of_the_system() {
        assertThat(new Environment(entries("PATH=")).candidates(OsString.of("prog")))
                .isEqualTo(entries("./prog"));
        assertThat(new Environment(List.of()).candidates(OsString.of("prog")))
                .isEqualTo(entries("/bin/prog", "/usr/bin/prog"));
    }

    private static List<OsString> entries(String... entries) {
        return Stream.of(entries).map(OsString::of).toList();
    }
}
