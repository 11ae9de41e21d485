package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplesTest {

    @ParameterizedTest
    @CsvSource({"1, 50, 1", "2, 50, 1", "5, 50, 3", "5, 99, 5", "100, 90, 90", "200, 50, 100", "200, 99, 198"})
    void a_percentile_is_the_sample_of_nearest_rank(int count, int percent, double expected) {
        Samples samples = new Samples();
        IntStream.range(0, count).forEach(i -> samples.add(count - i));

        assertThat(samples.percentile(percent)).hasValue(expected);
    }

    @Test
    void without_samples_there_is_no_median() {
        assertThat(new Samples().median()).isEmpty();
    }

    @Test
    void one_failure_hides_all_samples() {
        Samples samples = new Samples();
        samples.add(1);
        samples.fail();

        assertThat(samples.median()).isEmpty();
        assertThat(samples.failed()).isTrue();
    }
}
