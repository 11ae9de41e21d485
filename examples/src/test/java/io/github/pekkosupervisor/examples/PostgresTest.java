package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A test with a database of its own: initdb makes it, and when that is done postgres serves it until the end. */
final class PostgresTest {
    private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");
    private static final String PORT = String.valueOf(FreePort.next());
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    /** PostgreSQL does not run as root, who becomes the user for it that its package has made. */
    private static ProcessSpec program(String name, String... arguments) {
        List<String> as = List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--");
        Stream<String> command = Stream.concat(Stream.of(BIN + "/" + name), Stream.of(arguments));
        return ProcessSpec.of(Stream.concat(IS_ROOT ? as.stream() : Stream.of(), command)
                .map(OsString::of)
                .toList());
    }

    private static SupervisorSpec tree(String data) {
        ProcessSpec initdb = program("initdb", "-D", data, "-U", "app", "-A", "trust", "--no-locale", "--no-sync");
        ProcessSpec postgres = program("postgres", "-D", data, "-k", data, "-h", "127.0.0.1", "-p", PORT, "-F")
                .withReady(Readiness.command(BIN + "/pg_isready", "-h", "127.0.0.1", "-p", PORT))
                .withStop(StopSequence.of(Signal.INT));
        return SupervisorSpec.restForOne()
                .withChildren(List.of(
                        ChildSpec.process("initdb", initdb.withOneshot()), ChildSpec.process("postgres", postgres)));
    }

    @Test
    void a_database_is_made_and_asked(@TempDir Path place) throws Exception {
        boolean isThere = Files.isExecutable(BIN.resolve("initdb"));
        assertThat(isThere || System.getenv("CI") == null)
                .as("it is there in CI")
                .isTrue();
        assumeTrue(isThere, "PostgreSQL is not installed; apt install postgresql-15");
        if (IS_ROOT) {
            new ProcessBuilder("chown", "postgres", place.toString()).start().waitFor();
        }
        try (SupervisionTree tree =
                SupervisionTree.start(tree(place.resolve("data").toString()))) {
            String url = "postgresql://app@127.0.0.1:" + PORT + "/postgres";
            Process asked = new ProcessBuilder(BIN + "/psql", "-XAtc", "select 6 * 7", url).start();
            assertThat(asked.inputReader().readLine()).isEqualTo("42");
            assertThat(tree.snapshot().toCompletableFuture().get().toString()).contains("initdb");
        }
    }
}
