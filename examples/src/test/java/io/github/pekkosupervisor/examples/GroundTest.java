package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GroundTest {

    @Test
    void a_directory_is_taken_as_it_is(@TempDir Path directory) throws Exception {
        Path made = Ground.of(directory.toString()).makeDirectory("benchmark");

        assertThat(made).isDirectory().hasParentRaw(directory);
        assertThat(Ground.fileSystem(made)).isNotEmpty();
    }

    @Test
    void tmpfs_is_one() throws Exception {
        Path made = Ground.of("tmpfs").makeDirectory("benchmark");
        try {
            assertThat(Ground.fileSystem(made)).isEqualTo("tmpfs");
        } finally {
            Files.delete(made);
        }
    }

    @Test
    void what_is_no_directory_is_refused() {
        assertThatThrownBy(() -> Ground.of("/dev/null"))
                .isInstanceOf(UsageException.class)
                .hasMessage("--on takes tmpfs or a directory that can be written to, was \"/dev/null\"");
    }
}
