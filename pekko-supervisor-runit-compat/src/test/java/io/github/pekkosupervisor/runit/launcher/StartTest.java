package io.github.pekkosupervisor.runit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartTest {

    @Test
    void class_is_one_that_java_8_can_load() throws IOException {
        final int java8 = 52;
        try (DataInputStream header =
                new DataInputStream(Objects.requireNonNull(Start.class.getResourceAsStream("Start.class")))) {
            header.readInt();
            header.readUnsignedShort();

            assertThat(header.readUnsignedShort()).isEqualTo(java8);
        }
    }

    @Test
    void version_that_is_too_old_is_told_in_one_sentence_under_the_name_of_the_program() {
        assertThat(Start.refusal("11", "/jdk", "sv", "status"))
                .isEqualTo(
                        "sv: fatal: needs Java 17, found 11 at /jdk/bin/java; install a later JDK, or call a later one");
        assertThat(Start.refusal("1.8", "/jdk")).startsWith("pekko-supervisor: fatal: needs Java 17, found 8 at /jdk");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "21", "25"})
    void later_ones_will_do(String version) {
        assertThat(Start.refusal(version, "/jdk", "sv")).isEmpty();
    }
}
