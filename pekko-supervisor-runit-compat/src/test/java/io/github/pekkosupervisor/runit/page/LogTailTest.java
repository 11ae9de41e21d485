package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.posix.OsString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is found of a log, and what is not so much as opened. */
final class LogTailTest {

    @TempDir
    Path service;

    private Optional<List<String>> tail() {
        return LogTail.of(OsString.of(service.toString()));
    }

    private void write(String file, String text) throws IOException {
        Path path = service.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void the_last_lines_of_the_usual_place_are_told() throws IOException {
        write(
                "log/main/current",
                IntStream.range(0, 100).mapToObj(i -> "line " + i).collect(Collectors.joining("\n")));
        write("log/aaa/current", "another");

        assertThat(tail().orElseThrow())
                .hasSize(LogTail.LINES)
                .startsWith("line 80")
                .endsWith("line 99");
    }

    @Test
    void another_place_is_found_and_those_of_supervision_are_none() throws IOException {
        write("log/supervise/current", "no");
        write("log/.hidden/current", "no");
        write("log/d/current", "yes\n");

        assertThat(tail()).contains(List.of("yes"));
    }

    @Test
    void of_a_large_file_the_end_is_read_from_the_beginning_of_a_line() throws IOException {
        write("log/main/current", ("x".repeat(5_000) + "\n").repeat(1_000) + "last\n");

        assertThat(tail().orElseThrow())
                .containsExactly("x".repeat(5_000), "x".repeat(5_000), "x".repeat(5_000), "last");
    }

    @Test
    void a_line_that_has_no_end_is_cut() {
        assertThat(LogTail.lines("abc".getBytes(UTF_8), false)).containsExactly("abc");
        assertThat(LogTail.lines("abc\ndef".getBytes(UTF_8), false)).containsExactly("def");
        assertThat(LogTail.lines(new byte[0], true)).isEmpty();
    }

    @Test
    void where_there_is_none_nothing_is_told() throws IOException {
        assertThat(tail()).isEmpty();
        Files.createDirectories(service.resolve("log/main"));
        assertThat(tail()).isEmpty();
        write("log/run", "#!/bin/sh");
        assertThat(tail()).isEmpty();
    }

    @Test
    void a_link_to_what_is_not_a_log_is_not_followed() throws IOException {
        write("secret", "secret");
        Files.createDirectories(service.resolve("log/main"));
        Files.createSymbolicLink(service.resolve("log/main/current"), service.resolve("secret"));

        assertThat(tail()).isEmpty();
    }

    /** Who opened it would wait for a writer for ever. */
    @Test
    void a_fifo_is_not_opened() throws Exception {
        Files.createDirectories(service.resolve("log/main"));
        Process made =
                new ProcessBuilder("mkfifo", service.resolve("log/main/current").toString()).start();
        assertThat(made.waitFor()).isZero();

        assertThat(tail()).isEmpty();
    }
}
