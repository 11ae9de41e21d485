package io.github.pekkosupervisor.runit.launcher;

import static io.github.pekkosupervisor.runit.launcher.RunningFile.exitCodeIn;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs whose work is what they print do not say that all is well where a disk is full. */
@Tag("dist")
@Execution(ExecutionMode.CONCURRENT)
class FullOutputTest {

    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "template",
                "import Procfile",
                "run --check shop.conf",
                "status service",
                "status --json service",
                "tree service",
                "--version",
                "--help"
            })
    void what_cannot_be_written_is_told_and_is_no_success(String words) throws IOException {
        Files.createDirectory(temp.resolve("service"));
        Files.writeString(temp.resolve("Procfile"), "web: sleep 1000\n");
        Files.writeString(temp.resolve("shop.conf"), "tree.children = []\n");

        String code = exitCodeIn(temp, "\"$1\"/pekko-supervisor " + words + " >/dev/full 2>told");

        assertThat(code).isEqualTo("111");
        assertThat(Files.readString(temp.resolve("told")))
                .startsWith("pekko-supervisor: fatal: unable to write to standard output: ")
                .contains("ENOSPC")
                .hasLineCount(1);
    }
}
