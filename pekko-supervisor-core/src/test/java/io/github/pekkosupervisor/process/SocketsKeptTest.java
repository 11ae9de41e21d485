package io.github.pekkosupervisor.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.testing.ConnectionLoad;
import io.github.pekkosupervisor.testing.NoProcessLeft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Nobody who connects is refused while what answers is started again, or while the JVM that supervises it is. */
@ExtendWith(NoProcessLeft.class)
final class SocketsKeptTest {

    /** More of them on demand: {@code -Dsockets.restarts=1000}. */
    private static final int RESTARTS = Integer.getInteger("sockets.restarts", 30);

    private static final List<String> AS_NOBODY = List.of(
            "setsid",
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--groups=65534",
            "--inh-caps=-all,+dac_read_search",
            "--ambient-caps=+dac_read_search");

    /** Root as most containers have it, who may not look into the processes of others. */
    private static final List<String> AS_LESSER_ROOT =
            List.of("setsid", "setpriv", "--bounding-set=-sys_ptrace,-sys_admin,-perfmon");

    @TempDir
    Path place;

    private final int port = FreePort.next();

    private List<String> lines(String file) throws IOException {
        Path path = place.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path) : List.of();
    }

    private String web(String sockets, String descriptor, String more) throws IOException {
        Path program = Files.writeString(place.resolve("server.py"), ConnectionLoad.SERVER);
        return "intensity = 1000, children = [ { id = web, process { command = [\"" + ConnectionLoad.PYTHON
                + "\", -S, \"" + program + "\", \"" + descriptor + "\", \"" + port + "\"], sockets = [" + sockets
                + "], "
                + more + " } } ]";
    }

    private String socket() {
        return "{ listen = \"tcp:127.0.0.1:" + port + "\", name = http }";
    }

    private static SupervisionTree start(String tree) {
        return SupervisionTree.start(
                ConfiguredTree.read(ConfigFactory.parseString(tree)),
                SupervisionTree.Options.defaults().withLogging(false));
    }

    private static void restart(SupervisionTree tree, int times, ConnectionLoad load) {
        for (int i = 0; i <= times; i++) {
            int before = load.answered();
            await().atMost(HostJvm.PATIENCE).until(() -> load.answered() > before);
            if (i < times) {
                tree.root().renewChild("web").toCompletableFuture().join();
            }
        }
    }

    /** So that the next test can fail. */
    @Test
    void clients_of_a_server_that_opens_its_own_socket_are_refused_while_it_is_started_again() throws IOException {
        try (SupervisionTree running = start(web("", "own", "").replace("sockets = [], ", ""));
                ConnectionLoad load = new ConnectionLoad(port, 2)) {
            await().atMost(HostJvm.PATIENCE).until(() -> load.answered() > 0);
            int before = load.refused();

            restart(running, 2, load);

            assertThat(load.refused()).isGreaterThan(before);
        }
    }

    @Test
    void nobody_is_refused_over_many_restarts_of_a_real_server() throws IOException {
        try (SupervisionTree running = start(web(socket(), "3", ""));
                ConnectionLoad load = new ConnectionLoad(port, 4)) {
            restart(running, RESTARTS, load);
            load.end();

            assertThat(load.refused()).isZero();
            assertThat(load.cut()).isZero();
            assertThat(load.answered()).isGreaterThan(RESTARTS);
        }
    }

    // ---- a JVM that is killed, and the next

    private HostJvm launch(List<String> as, String events, String tree) throws IOException {
        HostJvm host = new HostJvm(as, KeptHost.class, place, events, tree);
        await().atMost(HostJvm.PATIENCE)
                .untilAsserted(() ->
                        assertThat(lines(events)).as("beside %s", lines("log")).contains("up"));
        return host;
    }

    private String kept(String more) throws IOException {
        return web(
                socket(),
                "3",
                "stdin = discard, output { file = \"" + place.resolve("out") + "\" }, when-supervisor-dies = keep, "
                        + more);
    }

    private int pid(String events, String start) throws IOException {
        return lines(events).stream()
                .filter(line -> line.startsWith(start + " "))
                .mapToInt(line -> Integer.parseInt(line.substring(start.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    private void killAndFollow(List<String> as) throws IOException {
        String tree = kept("");
        HostJvm first = launch(as, "first", tree);
        int web = pid("first", "web START_UP");
        try (ConnectionLoad load = new ConnectionLoad(port, 2)) {
            await().until(() -> load.answered() > 0);

            first.kill();
            HostJvm second = launch(as, "second", tree);
            try {
                assertThat(pid("second", "web ADOPTED")).isEqualTo(web);
                ProcessHandle.of(web).orElseThrow().destroy();
                await().atMost(HostJvm.PATIENCE)
                        .until(() -> lines("second").stream().anyMatch(line -> line.startsWith("web RESTART ")));
                int before = load.answered();
                await().atMost(HostJvm.PATIENCE).until(() -> load.answered() > before + 5);
                load.end();

                assertThat(load.refused()).isZero();
                assertThat(load.cut()).isZero();
            } finally {
                second.terminate();
            }
        }
    }

    @Test
    void nobody_is_refused_when_the_jvm_is_killed_and_the_next_takes_over_the_server_and_its_socket()
            throws IOException {
        killAndFollow(List.of("setsid"));
    }

    @Test
    void nor_where_nobody_is_root() throws IOException {
        assumeTrue(OwnProcess.user() == 0, "needs root, to be somebody else");
        Files.setAttribute(place, "unix:uid", 65534);

        killAndFollow(AS_NOBODY);
    }

    @Test
    void where_the_kernel_does_not_give_the_socket_of_another_user_that_is_told_and_it_is_opened_anew()
            throws IOException {
        assumeTrue(OwnProcess.user() == 0, "needs root");
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-xr-x"));
        String tree = kept("user = nobody");
        HostJvm first = launch(AS_LESSER_ROOT, "first", tree);
        int web = pid("first", "web START_UP");

        first.kill();
        HostJvm second = launch(AS_LESSER_ROOT, "second", tree);
        try (ConnectionLoad load = new ConnectionLoad(port, 1)) {
            assertThat(pid("second", "web ADOPTED")).isEqualTo(web);
            assertThat(lines("log"))
                    .anyMatch(
                            line -> line.contains("cannot be kept open over its next restart, and who connects in that"
                                    + " moment is refused"));
            ProcessHandle.of(web).orElseThrow().destroy();
            await().atMost(HostJvm.PATIENCE)
                    .until(() -> lines("second").stream().anyMatch(line -> line.startsWith("web RESTART ")));
            int before = load.answered();
            await().atMost(HostJvm.PATIENCE).until(() -> load.answered() > before + 5);
        } finally {
            second.terminate();
        }
    }
}
