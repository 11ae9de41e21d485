package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InsistenceTest {

    /** When they come, in milliseconds, and whether each counts. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0             | true",
                "0 0           | true false",
                "0 1 2         | true false false",
                "0 199         | true false",
                "0 200         | true true",
                "0 150 300     | true false true",
                "0 100 200 201 | true false true true",
                "0 5000 5001   | true true true"
            })
    void one_that_follows_the_first_at_once_is_the_same(String times, String counts) {
        // near the end of what nanoTime may say, which goes on at its beginning
        AtomicLong now = new AtomicLong();
        Insistence insistence = new Insistence(now::get);

        String found = String.join(
                " ",
                Arrays.stream(times.split(" "))
                        .map(time -> {
                            now.set(Long.MAX_VALUE
                                    - 1
                                    + Duration.ofMillis(Long.parseLong(time)).toNanos());
                            return Boolean.toString(insistence.counts());
                        })
                        .toList());

        assertThat(found).isEqualTo(counts);
    }
}
