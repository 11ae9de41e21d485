package io.github.pekkosupervisor.runit.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code chpst -e} and a file that is no value of a variable. */
@Tag("dist")
class ChpstLargeFileTest {

    private static final long LARGE = 100L << 20;
    private static final long ENDLESS = 1L << 42;

    @TempDir
    private Path temp;

    @ParameterizedTest
    @EnumSource
    void large_file_is_refused_by_the_kernel(Implementation implementation) throws Exception {
        Needs.that(implementation.find("chpst").isPresent(), "runit is not installed");
        sparse("A", LARGE);

        assertThat(chpst(implementation)).isEqualTo("chpst: fatal: unable to run: true: argument list too long\n111");
    }

    @ParameterizedTest
    @EnumSource(names = "OURS")
    void size_of_a_file_is_no_time(Implementation implementation) throws Exception {
        sparse("A", ENDLESS);

        assertThat(chpst(implementation)).isEqualTo("chpst: fatal: unable to run: true: argument list too long\n111");
    }

    @ParameterizedTest
    @EnumSource(names = "OURS")
    void only_the_first_line_counts(Implementation implementation) throws Exception {
        sparse("A", ENDLESS);
        try (RandomAccessFile file = new RandomAccessFile(temp.resolve("env/A").toFile(), "rw")) {
            file.writeBytes("value\n");
        }

        assertThat(chpst(implementation)).isEqualTo("0");
    }

    private void sparse(String name, long size) throws IOException {
        Path directory = Files.createDirectories(temp.resolve("env"));
        try (RandomAccessFile file =
                new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
            file.setLength(size);
        }
    }

    /** What it says, and its exit code. */
    private String chpst(Implementation implementation) throws IOException, InterruptedException {
        Path said = temp.resolve("said");
        ProcessBuilder builder = new ProcessBuilder(
                        implementation.find("chpst").orElseThrow().toString(), "-e", "env", "true")
                .directory(temp.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("JAVA_HOME", BuiltDist.javaHome());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(4, TimeUnit.MINUTES)).as("it ends").isTrue();
            return Files.readString(said) + process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
