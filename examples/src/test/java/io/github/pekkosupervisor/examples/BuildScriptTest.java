package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a script builds first, with a Maven of the test's. */
class BuildScriptTest {

    private static final Path SCRIPT = Path.of("build.sh").toAbsolutePath();

    @TempDir
    Path temp;

    private Path tools;

    private record Ended(int code, String output) {}

    @BeforeEach
    void place() throws IOException {
        tools = Files.createDirectory(temp.resolve("tools"));
    }

    private void maven(String lines) throws IOException {
        Path maven = Files.writeString(tools.resolve("mvn"), "#!/bin/sh\n" + lines + "\n");
        Files.setPosixFilePermissions(maven, fromString("rwxr-xr-x"));
    }

    private Ended build(String... words) throws Exception {
        List<String> command = Stream.concat(Stream.of("/bin/sh", SCRIPT.toString()), Stream.of(words))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("output").toFile());
        builder.environment().put("PATH", tools + ":/usr/bin:/bin");
        builder.environment().put("TMPDIR", temp.toString());
        Process process = builder.start();
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        return new Ended(process.exitValue(), Files.readString(temp.resolve("output"), UTF_8));
    }

    @Test
    void a_warning_at_which_the_build_stops_is_seen() throws Exception {
        maven(
                "echo '[INFO] so far'; echo '[WARNING] A.java:[1,2] [Oddness] this is odd'; echo '  symbol: class X'; echo '[INFO] still';"
                        + " echo '[ERROR] warnings found and -Werror specified'; exit 1");

        Ended ended = build("examples");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.output())
                .contains(
                        "[WARNING] A.java:[1,2] [Oddness] this is odd\n  symbol: class X\n[ERROR] warnings found and -Werror specified\n")
                .doesNotContain("so far", "still");
    }

    @Test
    void only_what_is_needed_is_built_without_a_word_of_maven() throws Exception {
        maven("echo \"$@\" >" + temp.resolve("asked") + "; echo '[WARNING] never mind'");

        Ended ended = build("pekko-supervisor-runit-compat");

        assertThat(ended.code()).isZero();
        assertThat(ended.output()).startsWith("Building first, once;").doesNotContain("never mind");
        assertThat(temp.resolve("asked"))
                .hasContent("-B -ntp -pl pekko-supervisor-runit-compat -am -Dmaven.test.skip package\n");
    }

    @Test
    void nothing_else_here_calls_maven_quietly() throws IOException {
        try (Stream<Path> files = Files.walk(SCRIPT.getParent(), 2)) {
            assertThat(files.filter(file -> file.toString().endsWith(".sh")))
                    .hasSizeGreaterThan(10)
                    .noneMatch(file -> read(file).contains("-q -DskipTests package"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
