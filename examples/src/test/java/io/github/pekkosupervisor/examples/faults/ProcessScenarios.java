package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Resource;
import io.github.pekkosupervisor.process.KeptProcess;
import io.github.pekkosupervisor.process.KeptProcesses;
import io.github.pekkosupervisor.process.ListeningSocket;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessStreams;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.process.Stdio;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.spec.ChildSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** What processes of an application go through: each is started, killed, started again and stopped. */
enum ProcessScenarios implements Scenario {

    /** Output to the log; ready by a line. */
    LOGGED {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path home = lane.home(id);
            lane.start(
                    id,
                    ProcessLane.script(home, "echo ready; echo err >&2; exec sleep 1000")
                            .withOutput(Stdio.logged())
                            .withReady(Readiness.line("ready")));
            awaitAllHeard(lane, id, home);
            go.run();
            for (int crashes = 1; crashes <= 2; crashes++) {
                ProcessLane.crash(home);
                awaitAllHeard(lane, id, home);
            }
            lane.end(id);
            assertGone(home);
        }
    },

    /** The application talks to it. */
    CONNECTED {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            ProcessConnection connection = ProcessConnection.create();
            Path home = lane.home(id);
            lane.start(
                    id,
                    ProcessLane.script(home, "while read -r x; do echo \"got $x\"; done")
                            .withConnection(connection));
            assertThat(answer(lane, connection, "one")).isEqualTo("got one");
            go.run();
            // more than a pipe holds, in both directions
            lane.faults().within(() -> connection.writeLine("x".repeat(100_000)));
            assertThat(answer(lane, connection, "two")).startsWith("got ");
            ProcessLane.crash(home);
            Lane.await_(
                    "an answer of " + id,
                    () -> answer(lane, connection, "three").equals("got three"));
            lane.end(id);
            assertGone(home);
        }
    },

    /** Files for its streams; ready by a newline on a descriptor. */
    FILES {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path home = lane.home(id);
            Files.writeString(home.resolve("in"), "content\n");
            crashAndEnd(
                    lane,
                    id,
                    go,
                    ProcessLane.script(home, "cat; echo err >&2; echo >&5; exec sleep 1000")
                            .withStdin(Stdio.file(home.resolve("in")))
                            .withStdout(Stdio.file(home.resolve("out")))
                            .withStderr(Stdio.file(home.resolve("err")))
                            .withReady(Readiness.notification(5)));
            assertThat(Files.readAllLines(home.resolve("out")).size())
                    .isBetween(
                            ProcessLane.pids(home).size() - 1,
                            ProcessLane.pids(home).size());
        }
    },

    /** Ready by the exit code of a command. */
    COMMAND {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            crashAndEnd(
                    lane,
                    id,
                    go,
                    ProcessLane.script(lane.home(id), "exec sleep 1000").withReady(Readiness.command("true")));
        }
    },

    /** Ready by what it says to a socket. */
    NOTIFY {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            crashAndEnd(
                    lane,
                    id,
                    go,
                    ProcessLane.script(lane.home(id), "systemd-notify --ready --status=fine; exec sleep 1000")
                            .withReady(Readiness.sdNotify()));
        }
    },

    /** Ready by a TCP port. */
    PORT {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            int port = freePort();
            SocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            listening(lane, id, go, address, StandardProtocolFamily.INET, Readiness.tcp(port));
        }
    },

    /** Ready by a Unix socket. */
    SOCKET {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path socket = lane.home(id).resolve("s");
            listening(
                    lane,
                    id,
                    go,
                    UnixDomainSocketAddress.of(socket),
                    StandardProtocolFamily.UNIX,
                    Readiness.unixSocket(socket));
        }
    },

    /** It leaves others of its group behind, and does not heed TERM. */
    GROUP {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path home = lane.home(id);
            lane.start(
                    id,
                    ProcessLane.script(
                            home, "trap '' TERM; sh -c 'echo $$ >>others; exec sleep 1000' & exec sleep 1000"));
            Lane.await_("the other one has begun", () -> Files.exists(home.resolve("others")));
            go.run();
            // five seconds, until the others are killed
            ProcessLane.crash(home);
            lane.end(id);
            assertGone(home);
            for (String other : Files.readAllLines(home.resolve("others"))) {
                Lane.await_(other + " of the group is gone", () -> !ProcessLane.isAlive(Long.parseLong(other)));
            }
        }
    },

    /** It leads no group. */
    ALONE {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            crashAndEnd(
                    lane,
                    id,
                    go,
                    ProcessLane.script(lane.home(id), "exec sleep 1000").withProcessGroup(ProcessGroup.NONE));
        }
    },

    /** Held, and with variables from a file. */
    HELD {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path home = lane.home(id);
            Path variables = Files.createDirectory(home.resolve("variables"));
            Files.writeString(variables.resolve("A"), "1");
            Files.writeString(home.resolve("app.env"), "B=1\n");
            crashAndEnd(
                    lane,
                    id,
                    go,
                    ProcessLane.script(home, "exec sleep 1000")
                            .withEnvironmentFiles(variables, home.resolve("app.env"))
                            .withNice(1)
                            .withOomScoreAdj(1)
                            .withLimits(Map.of(Resource.OPEN_FILES, 200L)));
        }
    },

    /** It is given a socket, which is kept over its restarts. */
    LISTENING {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path home = lane.home(id);
            ProcessSpec listening = ProcessLane.script(home, "exec sleep 1000")
                    .withSockets(ListeningSocket.of("tcp:127.0.0.1:" + FreePort.next()));
            go.run();
            SupervisionTree tree = lane.faults()
                    .within(() -> lane.startedAndHeard(
                            ProcessLane.root().withChild(ChildSpec.process("child", listening)), Options.defaults()));
            try {
                Lane.await_("a process in " + home, () -> ProcessLane.isAlive(ProcessLane.last(home)));
                ProcessLane.crash(home);
            } finally {
                tree.close();
            }
            assertGone(home);
        }
    },

    /** It is to outlive the JVM, and one that an earlier JVM has left is there already. */
    KEPT {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path home = lane.home(id);
            Path state = home.resolve("state");
            ProcessSpec kept = ProcessLane.script(home, "exec sleep 1000")
                    .withProcessGroup(ProcessGroup.NONE)
                    .withWhenSupervisorDies(ProcessSpec.WhenSupervisorDies.KEEP);
            go.run();
            lifeOf(lane, home, kept, state);
            leave(home, state);
            lifeOf(lane, home, kept, state);
            assertGone(home);
        }

        /** In a tree from its start to its end. */
        private void lifeOf(ProcessLane lane, Path home, ProcessSpec kept, Path state) {
            SupervisionTree tree = lane.faults()
                    .within(() -> lane.startedAndHeard(
                            ProcessLane.root().withChild(ChildSpec.process("child", kept)),
                            Options.defaults().withStateDirectory(state)));
            try {
                Lane.await_("a process in " + home, () -> ProcessLane.isAlive(ProcessLane.last(home)));
                ProcessLane.crash(home);
            } finally {
                tree.close();
            }
        }

        private void leave(Path home, Path state) throws Exception {
            Process process = new ProcessBuilder("setsid", "/bin/sh", "-c", "echo $$ >>pids; exec sleep 1000")
                    .directory(home.toFile())
                    .start();
            ProcessIdentity who = ProcessIdentity.ofRunning((int) process.pid()).orElseThrow();
            Lane.await_("its number", () -> ProcessLane.last(home) == process.pid());
            try (KeptProcesses directory = KeptProcesses.open(state)) {
                directory.write(new KeptProcess(
                        "/child", who, 0, ProcessGroup.WHOLE, StopSequence.standard(), Optional.empty(), "", ""));
            }
        }
    },

    /** Its program is not there. */
    MISSING {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            go.run();
            assertThat(lane.refused(
                            id, ProcessSpec.of(lane.home(id).resolve("none").toString())))
                    .matches("(?s).*(is not there; install it or correct its path|\\(E[A-Z]+\\)).*");
        }
    },

    /** A tree with an actor system of its own, from its start to its end. */
    TREE {
        @Override
        void play(ProcessLane lane, String id, Runnable go) throws Exception {
            Path home = lane.home(id);
            go.run();
            SupervisionTree tree = lane.faults()
                    .within(() -> ProcessLane.started(
                            ProcessLane.root()
                                    .withChild(ChildSpec.process("child", ProcessLane.script(home, "exec sleep 1000"))),
                            Options.defaults()));
            try {
                Lane.await_("a process in " + id, () -> ProcessLane.isAlive(ProcessLane.last(home)));
                killGuard(home);
                ProcessLane.crash(home);
            } finally {
                tree.close();
            }
            assertGone(home);
        }

        /** It has the mark of our processes among its words. */
        private void killGuard(Path home) throws IOException {
            String environment = Files.readString(Path.of("/proc", Long.toString(ProcessLane.last(home)), "environ"));
            int at = environment.indexOf("PEKKO_SUPERVISOR_START=");
            if (at < 0) {
                return;
            }
            String mark = environment.substring(at + 23, environment.indexOf('.', at));
            ProcessHandle.current()
                    .descendants()
                    .filter(process -> process.info().commandLine().orElse("").contains(mark))
                    .forEach(ProcessHandle::destroyForcibly);
        }
    };

    private static final AtomicInteger PORTS = new AtomicInteger();

    private static void crashAndEnd(ProcessLane lane, String id, Runnable go, ProcessSpec process) throws IOException {
        Path home = lane.home(id);
        lane.start(id, process);
        go.run();
        ProcessLane.crash(home);
        ProcessLane.crash(home);
        lane.end(id);
        assertGone(home);
    }

    /** No line of any of its processes is missing. */
    private static void awaitAllHeard(ProcessLane lane, String id, Path home) {
        Lane.await_("all lines of " + id, () -> {
            int starts = ProcessLane.pids(home).size();
            return List.of("ready", "err").stream()
                    .allMatch(line -> Collections.frequency(lane.messages(), "process." + id + ": " + line) == starts);
        });
    }

    private static void assertGone(Path home) {
        Lane.await_(
                "all of " + home.getFileName() + " gone",
                () -> ProcessLane.pids(home).stream().noneMatch(ProcessLane::isAlive));
    }

    private static String answer(ProcessLane lane, ProcessConnection connection, String question) {
        return ProcessLane.done(lane.faults().within(() -> connection.request(question)));
    }

    /** Below those that the system gives to whoever connects. */
    private static int freePort() {
        while (true) {
            long turn = ProcessHandle.current().pid() + 7L * PORTS.incrementAndGet();
            int port = 20_000 + (int) (turn % 10_000);
            // a process that is being made has a copy of it for a moment, so nobody is to be able to connect to it
            try (Socket free = new Socket()) {
                free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException e) {
                // somebody's: the next one
            }
        }
    }

    /** Whoever listens does so while the process runs. */
    private static void listening(
            ProcessLane lane, String id, Runnable go, SocketAddress address, ProtocolFamily family, Readiness ready)
            throws IOException {
        ProcessConnection connection = ProcessConnection.create(streams -> listen(address, family, streams));
        crashAndEnd(
                lane,
                id,
                go,
                ProcessLane.script(lane.home(id), "exec sleep 1000")
                        .withConnection(connection)
                        .withReady(ready));
    }

    private static boolean isBound(ServerSocketChannel server, SocketAddress address) {
        try {
            server.bind(address);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void listen(SocketAddress address, ProtocolFamily family, ProcessStreams streams) {
        try {
            if (address instanceof UnixDomainSocketAddress unix) {
                Files.deleteIfExists(unix.getPath());
            }
            ServerSocketChannel server = ServerSocketChannel.open(family);
            // a process that is being made has, until it is one, a copy of the one that was here before
            Lane.await_("a place to listen at", () -> isBound(server, address));
            streams.exit().thenRun(() -> {
                try {
                    server.close();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    abstract void play(ProcessLane lane, String id, Runnable go) throws Exception;

    @Override
    public void play(Lane lane, String id, Runnable go) throws Exception {
        play((ProcessLane) lane, id, go);
    }
}
