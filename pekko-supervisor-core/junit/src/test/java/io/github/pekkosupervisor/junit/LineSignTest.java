package io.github.pekkosupervisor.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose line it is, without a process. */
class LineSignTest {

    private static final ProcessIdentity SEVEN = new ProcessIdentity(7, 1, "boot");

    @TempDir
    Path temp;

    private Path output;

    @BeforeEach
    void an_earlier_one_has_written() throws Exception {
        output = Files.writeString(temp.resolve("a.output"), "up\n");
    }

    private LineSign sign(Duration patience) {
        return new LineSign(output, Pattern.compile("up"), patience);
    }

    @Test
    void a_line_before_its_beginning_does_not_count_and_that_none_comes_is_a_failure() throws Exception {
        Files.writeString(temp.resolve("a.output.7"), "3\n");

        assertThatThrownBy(() -> sign(Duration.ofMillis(50)).of(SEVEN).get(60, TimeUnit.SECONDS))
                .rootCause()
                .hasMessage("it has written no line with /up/ within 0 seconds");
    }

    @Test
    void while_it_is_not_known_where_it_begins_nothing_counts() {
        assertThatThrownBy(() -> sign(Duration.ofMillis(50)).of(SEVEN).get(60, TimeUnit.SECONDS))
                .hasMessageContaining("no line");
    }

    @Test
    void who_empties_its_output_begins_anew() throws Exception {
        Files.writeString(output, "begins\n");
        Path begin = Files.writeString(temp.resolve("a.output.7"), "7\n");
        var sign = sign(Duration.ofMinutes(5)).of(SEVEN);
        await().atMost(Duration.ofSeconds(60)).until(() -> !Files.exists(begin));

        Files.writeString(output, "");
        Files.writeString(output, "up\n", StandardOpenOption.APPEND);

        assertThat(sign.get(60, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void a_line_behind_it_counts_when_it_is_whole() throws Exception {
        Files.writeString(output, "up\nbegins\nit is u");
        Files.writeString(temp.resolve("a.output.7"), "3\n");
        var sign = sign(Duration.ofMinutes(5)).of(SEVEN);

        Files.writeString(output, "p\n", StandardOpenOption.APPEND);

        assertThat(sign.get(60, TimeUnit.SECONDS)).isNull();
        assertThat(temp.resolve("a.output.7")).doesNotExist();
    }
}
