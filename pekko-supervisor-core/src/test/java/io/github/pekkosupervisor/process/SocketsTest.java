package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.config.ConfiguredTree;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.testing.ConnectionLoad;
import io.github.pekkosupervisor.testing.NoProcessLeft;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Sockets that are opened for processes, and what real programs make of them. */
@ExtendWith(NoProcessLeft.class)
final class SocketsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(50);

    /** What libsystemd says, and what it stands for. */
    private static final String LOOK = """
            import ctypes, os, socket
            d = ctypes.CDLL('libsystemd.so.0')
            names = ctypes.POINTER(ctypes.c_char_p)()
            n = d.sd_listen_fds_with_names(0, ctypes.byref(names))
            for i in range(n):
                s = socket.socket(fileno=3 + i)
                print(names[i].decode(), s.family.name, s.type.name, s.getsockname())
            print('end', n, os.environ['LISTEN_PID'] == str(os.getpid()), os.getuid())
            """;

    @TempDir
    Path scratch;

    private final List<SupervisorEvent> events = new CopyOnWriteArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private SupervisionTree tree;

    private SupervisionTree start(String children) {
        return start("intensity = 1000, children = [" + children + "]", "");
    }

    private SupervisionTree start(String text, String more) {
        tree = SupervisionTree.start(
                ConfiguredTree.read(ConfigFactory.parseString(text + more)),
                SupervisionTree.Options.defaults()
                        .withLogging(false)
                        .withListener(TreeEvent.only(SupervisorEvent.class, events::add)));
        return tree;
    }

    @AfterEach
    void stop() {
        if (tree != null) {
            tree.close();
        }
    }

    private String file(String name, String text) {
        try {
            return Files.writeString(scratch.resolve(name), text).toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String server(String id, String sockets) {
        return server(id, sockets, "3", "");
    }

    private String server(String id, String sockets, String descriptor, String more) {
        return "{ id = " + id + ", process { command = [\"" + ConnectionLoad.PYTHON + "\", -S, \""
                + file("server.py", ConnectionLoad.SERVER) + "\", \"" + descriptor + "\"], sockets = [" + sockets
                + "], " + more + " } }";
    }

    private List<String> look(String sockets, String more) throws IOException {
        Path out = scratch.resolve("look");
        start("{ id = look, restart = temporary, process { command = [\"" + ConnectionLoad.PYTHON + "\", -c, \"\"\""
                + LOOK + "\"\"\"], stdout { file = \"" + out + "\" }, sockets = [" + sockets + "], " + more + " } }");
        await().atMost(PATIENCE)
                .until(() -> Files.exists(out) && Files.readString(out).contains("end"));
        tree.close();
        return Files.readAllLines(out);
    }

    private static String tcp(int port) {
        return "{ listen = \"tcp:127.0.0.1:" + port + "\" }";
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static long answer(Socket socket) throws IOException {
        try (socket) {
            socket.getOutputStream().write('\n');
            return Long.parseLong(new String(socket.getInputStream().readAllBytes(), UTF_8).strip());
        }
    }

    private static long ask(int port) throws IOException {
        return answer(connect(port));
    }

    private static boolean isRefused(int port) throws IOException {
        try (Socket socket = connect(port)) {
            return !socket.isConnected();
        } catch (ConnectException e) {
            return true;
        }
    }

    // ---- what a program finds

    @Test
    void a_program_finds_its_sockets_as_libsystemd_looks_for_them() throws IOException {
        int port = FreePort.next();
        Path file = scratch.resolve("s");

        assertThat(look(
                        "{ listen = \"tcp:127.0.0.1:" + port + "\", name = http }, { listen = \"tcp:[::1]:" + port
                                + "\" }, { listen = \"udp:127.0.0.1:" + port + "\", name = udp }, { listen = \"unix:"
                                + file + "\", name = u }, { listen = \"unix-datagram:@" + file + "\", name = a }",
                        ""))
                .containsExactly(
                        "http AF_INET SOCK_STREAM ('127.0.0.1', " + port + ")",
                        "unknown AF_INET6 SOCK_STREAM ('::1', " + port + ", 0, 0)",
                        "udp AF_INET SOCK_DGRAM ('127.0.0.1', " + port + ")",
                        "u AF_UNIX SOCK_STREAM " + file,
                        "a AF_UNIX SOCK_DGRAM b'\\x00" + file + "'",
                        "end 5 True " + OwnProcess.user());
    }

    @Test
    void one_that_is_held_and_somebody_else_finds_them_too() throws IOException {
        assumeTrue(OwnProcess.user() == 0, "needs root");

        assertThat(look(tcp(81), "user = nobody, umask = \"077\", nice = 3, limits { open-files = 64 }"))
                .containsExactly("unknown AF_INET SOCK_STREAM ('127.0.0.1', 81)", "end 1 True 65534");
    }

    @Test
    void one_socket_can_be_standard_input() throws IOException {
        int port = FreePort.next();
        start(server("web", "{ listen = \"tcp:127.0.0.1:" + port + "\", as-stdin = true }", "0", ""));

        assertThat(ask(port)).isEqualTo(pid("web"));
    }

    private long pid(String... path) {
        return tree.process(path).toCompletableFuture().join().orElseThrow().pid();
    }

    @Test
    void nobody_else_has_them() throws IOException {
        int port = FreePort.next();
        Path out = scratch.resolve("sibling");
        start(server("web", tcp(port)) + ", { id = other, process { command = [sh, -c, \"ls -l /proc/self/fd; env; echo"
                + " end; exec sleep 1000\"], stdout { file = \"" + out + "\" } } }");
        assertThat(ask(port)).isEqualTo(pid("web"));

        await().until(() -> Files.exists(out) && Files.readString(out).contains("end"));
        assertThat(Files.readString(out)).doesNotContain("socket:").doesNotContain("LISTEN_");
    }

    // ---- how long they are kept

    @Test
    void who_connects_while_it_is_down_waits() throws IOException {
        int port = FreePort.next();
        start(server("web", tcp(port)));
        long first = ask(port);
        tree.root().terminateChild("web").toCompletableFuture().join();

        try (Socket waiting = connect(port)) {
            tree.root().restartChild("web").toCompletableFuture().join();

            assertThat(answer(waiting)).isEqualTo(pid("web")).isNotEqualTo(first);
        }
    }

    @Test
    void a_kill_does_not_close_them_nor_does_a_program_that_shuts_its_own_down() throws IOException {
        int port = FreePort.next();
        String shutter = file("shutter.py", "import socket\ns = socket.socket(fileno=3)\ns.accept()\ns.shutdown(2)\n");
        start(server("web", tcp(port)) + ", { id = shutter, restart = temporary, process { command = [\""
                + ConnectionLoad.PYTHON + "\", \"" + shutter + "\"], sockets = [" + tcp(FreePort.next())
                + "] } }");
        long first = ask(port);

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        assertThat(ask(port)).isNotEqualTo(first);
    }

    @Test
    void they_are_closed_when_nobody_knows_the_child_any_more() throws IOException {
        int port = FreePort.next();
        start(server("web", tcp(port)));
        assertThat(ask(port)).isPositive();

        tree.root().terminateChild("web").toCompletableFuture().join();
        assertThat(isRefused(port)).isFalse();
        tree.root().deleteChild("web").toCompletableFuture().join();

        assertThat(isRefused(port)).isTrue();
    }

    @Test
    void what_is_said_otherwise_is_opened_anew_and_what_is_wanted_no_more_is_closed() throws IOException {
        int port = FreePort.next();
        int other = FreePort.next();
        ListeningSocket stays = ListeningSocket.of("tcp:127.0.0.1:" + port);
        ListeningSocket goes = ListeningSocket.of("tcp:127.0.0.1:" + other);
        try (HeldSockets held = new HeldSockets("test")) {
            Descriptor first = held.open(List.of(stays, goes)).get(0);

            assertThat(held.open(List.of(stays))).containsExactly(first);
            assertThat(isRefused(port)).isFalse();
            assertThat(isRefused(other)).isTrue();

            assertThat(held.open(List.of(stays.withReusePort()))).doesNotContain(first);
            assertThat(isRefused(port)).isFalse();
        }
        assertThat(isRefused(port)).isTrue();
    }

    @Test
    void those_of_a_temporary_child_are_closed_with_it_and_of_a_tree_with_that() throws IOException {
        int one = FreePort.next();
        int other = FreePort.next();
        start("{ id = gone, restart = temporary, process { command = [\"true\"], sockets = [" + tcp(one) + "] } },"
                + server("web", tcp(other)));
        await().atMost(PATIENCE).until(() -> isRefused(one));
        assertThat(ask(other)).isPositive();

        tree.close();

        assertThat(isRefused(other)).isTrue();
    }

    @Test
    void they_outlive_their_supervisor_where_that_is_restarted() throws IOException {
        int port = FreePort.next();
        start("{ id = group, supervisor { intensity = 0, children = [" + server("web", tcp(port)) + "] } }");
        long first = ask(port);
        long connections = 0;

        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        while (connections == 0 || connections == first) {
            connections = ask(port);
        }

        assertThat(connections).isEqualTo(pid("group", "web"));
    }

    // ---- Unix sockets

    @Test
    void a_unix_socket_has_its_mode_and_owner_and_its_file_goes_with_it() throws IOException {
        Path file = scratch.resolve("s");
        boolean isRoot = OwnProcess.user() == 0;
        start(server(
                "web",
                "{ listen = \"unix:" + file + "\", mode = \"620\"" + (isRoot ? ", owner = \"nobody:daemon\"" : "")
                        + " }"));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw--w----");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(isRoot ? 65534 : OwnProcess.user());
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            assertThat(channel.isConnected()).isTrue();
        }
        tree.close();
        assertThat(file).doesNotExist();
    }

    @Test
    void a_file_that_nobody_hears_at_is_in_nobodys_way() throws IOException {
        Path file = scratch.resolve("s");
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(file));
        }
        assertThat(file).exists();

        start(server("web", "{ listen = \"unix:" + file + "\" }"));

        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            assertThat(channel.isConnected()).isTrue();
        }
    }

    @Test
    void a_file_that_its_program_has_removed_is_made_anew_at_the_next_start() throws IOException {
        Path file = scratch.resolve("s");
        start(server("web", "{ listen = \"unix:" + file + "\" }"));
        Files.delete(file);

        tree.root().renewChild("web").toCompletableFuture().join();

        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
            assertThat(channel.isConnected()).isTrue();
        }
    }

    // ---- refusals

    private String refusal(String sockets) {
        return String.valueOf(
                catchThrowableOfType(SupervisionTree.StartFailedException.class, () -> start(server("web", sockets)))
                        .reason());
    }

    @Test
    void what_is_not_to_be_had_refuses_the_start_in_words() throws IOException {
        Path file = scratch.resolve("s");
        Path text = Path.of(file("text", "no socket"));
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(file));

            assertThat(refusal(tcp(other.getLocalPort())))
                    .contains("sockets tcp:127.0.0.1:" + other.getLocalPort()
                            + ": another process has it; end that one, or choose another (EADDRINUSE)");
            assertThat(refusal("{ listen = \"unix:" + file + "\" }")).contains("another process has it");
            assertThat(refusal("{ listen = \"unix:" + text + "\" }")).contains("that is no socket; remove it");
            assertThat(refusal("{ listen = \"unix:/none/s\" }"))
                    .contains("the directory that it is to be in is not there");
            assertThat(refusal("{ listen = \"tcp:203.0.113.1:80\" }")).contains("this machine has no such address");
            assertThat(refusal("{ listen = \"unix:" + file + "2\", owner = \"no-such-user\" }"))
                    .contains("there is no user of this name");
        }
        assertThat(Files.readString(text)).isEqualTo("no socket");
        assertThat(scratch.resolve("s2")).doesNotExist();
    }

    @Test
    void one_that_is_refused_is_tried_again_by_the_rules() throws IOException {
        Path file = scratch.resolve("s");
        start(
                "intensity = infinite, children = ["
                        + server("web", "{ listen = \"unix:" + file + "\" }")
                                .replace("process {", "restart-delay { min = 20ms, max = 20ms }, process {")
                        + "]",
                "");
        long first = pid("web");
        Files.delete(file);
        Files.createFile(file);

        ProcessHandle.of(first).orElseThrow().destroyForcibly();
        await().atMost(PATIENCE)
                .until(() -> events.stream()
                        .anyMatch(event -> event instanceof SupervisorEvent.StartError error
                                && error.reason().toString().contains("that is no socket")));
        Files.delete(file);

        await().atMost(PATIENCE).until(() -> Files.exists(file));
        await().atMost(PATIENCE)
                .until(() -> tree.process("web").toCompletableFuture().join().isPresent());
        assertThat(pid("web")).isNotEqualTo(first);
    }

    @Test
    void all_mistakes_are_told_at_once_with_their_lines() {
        String text = """
                children = [ { id = a, process {
                  command = [sleep, 1000]
                  sockets = [
                    { listen = "tcp:localhost:80" }
                    { listen = "tcp:127.0.0.1:70000" }
                    { listen = "web:80" }
                    { listen = "unix:s", name = "a:b" }
                    { listen = "tcp:[::1]:80", mode = "999", backlog = 0 }
                    { name = x, colour = red }
                  ]
                } } ]
                """;

        InvalidSpecException refused = catchThrowableOfType(
                InvalidSpecException.class, () -> ConfiguredTree.read(ConfigFactory.parseString(text)));

        assertThat(refused.getMessage())
                .contains(
                        "4: \"sockets.listen\" must have a host in numbers",
                        "5: \"sockets.listen\" must have a port from 1 to 65535",
                        "6: \"sockets.listen\" must be tcp:HOST:PORT",
                        "7: \"sockets.listen\" must have a path that begins with /",
                        "7: \"sockets.name\" must be 1 to 255 visible ASCII characters without a colon",
                        "8: \"sockets.mode\" must be octal digits",
                        "8: \"sockets.backlog\" must be at least 1",
                        "9: a socket needs \"listen\"",
                        "9: key \"sockets.colour\" is not known here");
    }

    @Test
    void what_does_not_go_together_is_told() {
        assertThat(problems(tcp(80) + "," + tcp(80), "")).contains("socket tcp:127.0.0.1:80 is there twice");
        assertThat(problems("{ listen = \"tcp:127.0.0.1:80\", mode = \"600\" }", ""))
                .contains("has no file, so that it can have neither mode nor owner");
        assertThat(problems("{ listen = \"tcp:127.0.0.1:80\", as-stdin = true }", "stdin { file = /etc/passwd }"))
                .contains("is to be standard input, which is something else already");
        assertThat(problems(tcp(80), "ready { tcp = 80 }")).contains("are accepted before it runs");
        assertThat(problems(tcp(80), "live { tcp = 80 }")).contains("are accepted before it runs");
        assertThat(problems(tcp(80), "ready { notification-fd = 3 }")).contains("descriptor 3 is one of its sockets");
    }

    private String problems(String sockets, String more) {
        return String.valueOf(
                catchThrowableOfType(InvalidSpecException.class, () -> start(server("web", sockets, "3", more)))
                        .getMessage());
    }
}
