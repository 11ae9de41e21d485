package io.github.pekkosupervisor.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.ProcessRun;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A test with a database of its own: initdb makes it, and when that is done postgres serves it until the end. */
final class PostgresTest {
    private static final String NEWEST = "ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -V | tail -n 1";
    private static final String PORT = String.valueOf(FreePort.next());
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));

    /** PostgreSQL does not run as root, who becomes the user for it that its package has made. */
    private static ProcessSpec program(String... command) {
        List<String> as = List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--");
        return ProcessSpec.of(Stream.concat(IS_ROOT ? as.stream() : Stream.of(), Stream.of(command))
                .map(OsString::of)
                .toList());
    }

    // guide: tree
    private static SupervisorSpec tree(String bin, String data) {
        ProcessSpec initdb = program(bin + "/initdb", "-D", data, "-U", "app", "-A", "trust", "--no-locale", "-N");
        ProcessSpec postgres = program(bin + "/postgres", "-D", data, "-k", data, "-h", "127.0.0.1", "-p", PORT, "-F")
                .withReady(Readiness.command(bin + "/pg_isready", "-h", "127.0.0.1", "-p", PORT))
                .withStop(StopSequence.of(Signal.INT));
        return SupervisorSpec.restForOne()
                .withChild(ChildSpec.process("initdb", initdb.withOneshot()))
                .withChild(ChildSpec.process("postgres", postgres));
    }
    // guide: end

    @Test
    void a_database_is_made_and_asked(@TempDir Path place) throws Exception {
        String bin = ProcessRun.of("sh", "-c", NEWEST).run().stdout().text().strip();
        assumeTrue(!bin.isEmpty() || System.getenv("CI") != null, "there is no PostgreSQL; apt install postgresql");
        String owner = IS_ROOT ? "postgres" : "";
        ProcessRun.of("chown", owner, place.toString()).run().orThrow();
        try (SupervisionTree tree = SupervisionTree.start(tree(bin, place + "/data"))) {
            String url = "postgresql://app@127.0.0.1:" + PORT + "/postgres";
            ProcessRun asked = ProcessRun.of(bin + "/psql", "-XAtc", "select 6 * 7", url);
            assertThat(asked.run().orThrow().stdout().text()).isEqualTo("42\n");
            var snapshot = tree.snapshot().toCompletableFuture().join();
            assertThat(snapshot.find("/initdb").orElseThrow().state()).hasToString("DONE");
        }
    }
}
