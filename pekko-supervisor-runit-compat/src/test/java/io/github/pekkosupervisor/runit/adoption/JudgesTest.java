package io.github.pekkosupervisor.runit.adoption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the judges of adoption are for is planted, and they report it. */
class JudgesTest {

    @TempDir
    private Path temp;

    private Path log(List<String> lines) throws IOException {
        return Files.write(temp.resolve("lines"), lines);
    }

    private Path notes(String... notes) throws IOException {
        return Files.write(temp.resolve("notes"), List.of(notes));
    }

    private static List<String> lines(int... numbers) {
        return IntStream.of(numbers).mapToObj(n -> WrittenLines.line(7, n)).toList();
    }

    @Test
    void complete_log_is_in_order() throws IOException {
        assertThat(WrittenLines.problems(log(lines(0, 1, 2)), notes("7 3"))).isEmpty();
    }

    @Test
    void lost_line_is_reported() throws IOException {
        assertThat(WrittenLines.problems(log(lines(0, 2)), notes("7 3")))
                .containsExactly("writer 7: line 2 where 1 was due");
    }

    @Test
    void lost_end_is_reported() throws IOException {
        assertThat(WrittenLines.problems(log(lines(0, 1)), notes("7 3"))).containsExactly("writer 7: 2 lines of 3");
    }

    @Test
    void doubled_line_is_reported() throws IOException {
        assertThat(WrittenLines.problems(log(lines(0, 1, 1, 2)), notes("7 3")))
                .containsExactly("writer 7: line 1 where 2 was due");
    }

    @Test
    void line_out_of_order_is_reported() throws IOException {
        assertThat(WrittenLines.problems(log(lines(1, 0, 2)), notes("7 3"))).hasSize(3);
    }

    @Test
    void half_a_line_is_reported() throws IOException {
        assertThat(WrittenLines.problems(log(List.of("line 7 0 of ma")), notes("7 0")))
                .containsExactly("no line of a writer: line 7 0 of ma");
    }

    @Test
    void writer_that_nobody_knows_is_reported() throws IOException {
        assertThat(WrittenLines.problems(log(lines(0)), notes()))
                .containsExactly("writer 7 has not ended as it should");
    }

    @Test
    void one_process_is_right_and_a_second_or_none_is_reported() throws Exception {
        Path web = Files.createDirectory(temp.resolve("web")).toRealPath();
        assertThat(Copies.problems(List.of(web))).containsExactly("web: 0 processes []");
        Process one =
                new ProcessBuilder("sleep", "1000").directory(web.toFile()).start();
        Process two = null;
        try {
            await().until(() -> Copies.of(web).contains(one.pid()));
            assertThat(Copies.problems(List.of(web))).isEmpty();

            // it is elsewhere, and has the word
            two = new ProcessBuilder("sh", "-c", "sleep 1000; :", Copies.token(web)).start();
            long pid = two.pid();

            await().until(() -> Copies.of(web).contains(pid));
            assertThat(Copies.problems(List.of(web))).singleElement().asString().startsWith("web: 2 processes [");
        } finally {
            one.destroyForcibly();
            if (two != null) {
                two.descendants().forEach(ProcessHandle::destroyForcibly);
                two.destroyForcibly();
            }
        }
    }

    @Test
    void process_whose_directory_was_removed_is_reported_beside_the_one_of_the_new_directory() throws Exception {
        Path web = Files.createDirectory(temp.resolve("web")).toRealPath();
        Process old =
                new ProcessBuilder("sleep", "1000").directory(web.toFile()).start();
        Process one = null;
        try {
            await().until(() -> Copies.of(web).contains(old.pid()));
            Files.delete(web);
            assertThat(Copies.of(web)).containsExactly(old.pid());
            Files.createDirectory(web);
            one = new ProcessBuilder("sleep", "1000").directory(web.toFile()).start();
            long pid = one.pid();

            await().until(() -> Copies.of(web).contains(pid));
            assertThat(Copies.problems(List.of(web))).singleElement().asString().startsWith("web: 2 processes [");
        } finally {
            old.destroyForcibly();
            if (one != null) {
                one.destroyForcibly();
            }
        }
    }

    @Test
    void signal_to_a_stranger_and_the_end_of_one_are_reported() throws Exception {
        try (Strangers strangers = new Strangers(temp.resolve("signals"))) {
            Process one = strangers.start();
            Process other = strangers.start();
            assertThat(strangers.problems()).isEmpty();

            Estate.kill("TERM", one.pid());
            await().until(() -> !strangers.problems().isEmpty());
            assertThat(strangers.problems()).containsExactly("a stranger got TERM");

            other.destroyForcibly().waitFor();
            assertThat(strangers.problems())
                    .containsExactly("a stranger got TERM", "stranger " + other.pid() + " has ended");
        }
    }
}
