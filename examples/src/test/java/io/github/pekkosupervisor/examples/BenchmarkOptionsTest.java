package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchmarkOptionsTest {

    @Test
    void without_options_everything_is_measured_at_full_size() throws UsageException {
        BenchmarkOptions options = BenchmarkOptions.parse(List.of());

        assertThat(options.services()).isEqualTo(900);
        assertThat(options.samples()).isEqualTo(200);
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.ours()).isEmpty();
        assertThat(options.only()).containsExactlyInAnyOrder(Measurement.values());
        assertThat(options.strict()).isFalse();
    }

    @Test
    void quick_is_small_except_where_a_number_is_given() throws UsageException {
        BenchmarkOptions options = BenchmarkOptions.parse(List.of("--rounds", "2", "--quick"));

        assertThat(options.services()).isEqualTo(50);
        assertThat(options.samples()).isEqualTo(20);
        assertThat(options.rounds()).isEqualTo(2);
    }

    @Test
    void the_default_of_samples_shrinks_with_the_services() throws UsageException {
        BenchmarkOptions options = BenchmarkOptions.parse(List.of("--services", "30"));

        assertThat(options.samples()).isEqualTo(30);
    }

    @Test
    void only_and_ours_are_taken_as_given() throws UsageException {
        BenchmarkOptions options =
                BenchmarkOptions.parse(List.of("--only", "launch,idle", "--ours", "bin", "--strict"));

        assertThat(options.only()).containsExactlyInAnyOrder(Measurement.LAUNCH, Measurement.IDLE);
        assertThat(options.ours()).contains(Path.of("bin"));
        assertThat(options.strict()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --fast                      | unknown option "--fast"; --help lists the options
            50                          | unknown option "50"; --help lists the options
            --ours                      | --ours needs a value after it
            --services 0                | --services must be a whole number from 1 to 999999, was "0"
            --rounds many               | --rounds must be a whole number from 1 to 999999, was "many"
            --only launch,speed         | --only takes launch,latency,link,memory,idle, was "speed"
            --services 10 --samples 11  | --samples must not exceed --services, was 11 of 10; each sample takes a service of its own
            """)
    void a_wrong_command_line_is_refused_with_what_to_write_instead(String line, String message) {
        List<String> words = List.of(line.split(" "));

        assertThatThrownBy(() -> BenchmarkOptions.parse(words))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }
}
