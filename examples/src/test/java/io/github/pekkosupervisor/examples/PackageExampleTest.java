package io.github.pekkosupervisor.examples;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package, from its installation to its purge, in a copy of this machine. With the system property
 * {@code pekko-supervisor.test.systemd=true} a systemd is process 1 of that, where one can be.
 */
@Tag("dist")
class PackageExampleTest {

    private static final Path SCRIPT = Path.of("package/try.sh").toAbsolutePath();
    private static final Path PACKAGES = Path.of("../pekko-supervisor-runit-compat/deb/target");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final MarkedProcesses processes =
            new MarkedProcesses(UUID.randomUUID().toString());

    @TempDir
    private Path temp;

    @AfterEach
    void nothing_goes_on() {
        processes.close();
        processes.killAll();
    }

    @Test
    void services_go_on_over_an_upgrade_and_nothing_is_left_after_a_purge() throws Exception {
        boolean promised = "true".equals(System.getenv("CI"));
        assumeTrue(promised || isThere(), "no package in " + PACKAGES + "; run mvn package");
        assumeTrue(promised || Files.isExecutable(Path.of("/usr/bin/dpkg")), "no dpkg here");
        assumeTrue(promised || System.getProperty("user.name").equals("root"), "not root");

        int code = Boolean.getBoolean("pekko-supervisor.test.systemd") ? play("--systemd") : play();

        assumeTrue(!output().contains("unshare failed"), "namespaces cannot be made here");
        assumeTrue(
                !output().contains("no file system can be laid over this machine's"), "no overlay can be mounted here");
        assertThat(output())
                .contains(
                        "policy-rc.d was asked\nnothing was started\n",
                        "hers belongs to alice\n",
                        """
                        the services have the process ids that they had
                        the launcher, the same process, is the version that is installed
                        """,
                        """
                        which has adopted all
                        no line of the log is missing, and none is there twice
                        """,
                        "all have ended\n")
                .endsWith("nothing is left\n");
        if (promised) {
            assertThat(output()).contains("systemd-analyze verify has nothing to say of the units\n");
        }
        if (output().contains("systemctl --user")) {
            assertThat(output()).contains("another launcher has adopted it\nit ends with a stop\n");
        }
        assertThat(code).isZero();
        assertThat(processes.find()).as("processes left").isEmpty();
        try (Stream<Path> files = Files.list(temp)) {
            assertThat(files.map(Path::getFileName).map(Path::toString)).containsExactly("output");
        }
    }

    @Test
    void an_unknown_option_is_refused() throws Exception {
        assertThat(play("--fast")).isEqualTo(2);
        assertThat(output()).isEqualTo("try.sh: unknown option --fast; --help says what it does\n");
    }

    private static boolean isThere() throws IOException {
        if (!Files.isDirectory(PACKAGES)) {
            return false;
        }
        try (Stream<Path> files = Files.list(PACKAGES)) {
            return files.anyMatch(file -> file.toString().endsWith(".deb"));
        }
    }

    private String output() throws IOException {
        return Files.readString(temp.resolve("output"));
    }

    private int play(String... options) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", SCRIPT.toString())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("output").toFile());
        builder.command().addAll(List.of(options));
        builder.environment().put("TMPDIR", temp.toString());
        Process script = processes.start(builder);
        assertThat(script.waitFor(LIMIT.toSeconds(), SECONDS))
                .as("ends by itself")
                .isTrue();
        return script.exitValue();
    }
}
