package io.github.pekkosupervisor.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tells of leaks has first told of one. */
final class ProcessViewTest {

    @Test
    void a_file_that_stays_open_is_told_also_one_that_was_open_once_before(@TempDir Path temp) throws IOException {
        Path file = Files.createFile(temp.resolve("leak"));
        ProcessView ourselves = ProcessView.ofThisJvm();
        List<String> before = ourselves.openFiles();

        try (InputStream once = Files.newInputStream(file)) {
            List<String> withOne = ourselves.openFiles();
            assertThat(once.available()).isZero();
            assertThat(ourselves.openBesides(before)).contains(file.toString());
            try (InputStream twice = Files.newInputStream(file)) {
                assertThat(twice.available()).isZero();
                assertThat(ourselves.openBesides(withOne)).contains(file.toString());
            }
        }
        assertThat(ourselves.openBesides(before)).doesNotContain(file.toString());
    }
}
