package io.github.pekkosupervisor.junit;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A server from its start to its end, as a store of JUnit holds it. */
@SuppressWarnings("deprecation") // before 5.13 JUnit closes nothing that is AutoCloseable alone
final class RunningServer implements AutoCloseable, ExtensionContext.Store.CloseableResource {

    /** Somebody may take a port between the choice and the start. */
    private static final int TRIES = 3;

    private static final int LINES = 20;

    private final TestServer server;

    private RunningServer(TestServer server) {
        this.server = server;
    }

    TestServer server() {
        return server;
    }

    /**
     * @throws MissingProgramException if a program is not installed
     * @throws IllegalStateException if it does not come up, with what it wrote
     */
    static RunningServer start(Declared declared, TestDirectory directory) {
        ServerRecipe recipe = declared.what().recipe(directory);
        for (int left = TRIES; ; left--) {
            ServerPlace place = directory.place(declared.id());
            try {
                SupervisionTree tree = SupervisionTree.start(recipe.tree(place));
                return new RunningServer(declared.what().server(declared.id(), place, tree));
            } catch (SupervisionTree.StartFailedException | InvalidSpecException e) {
                if (left == 1 || place.ports().values().stream().noneMatch(RunningServer::isTaken)) {
                    throw new IllegalStateException(
                            "the server " + declared.id() + " has not started: " + e.getMessage() + wrote(place), e);
                }
            }
        }
    }

    private static boolean isTaken(int port) {
        try (ServerSocket ours = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return !ours.isBound();
        } catch (IOException e) {
            return true;
        }
    }

    private static String wrote(ServerPlace place) {
        return lastLines(place.written(0).lines().toList());
    }

    static String lastLines(List<String> lines) {
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES), lines.size());
        return last.isEmpty() ? "" : "\nit wrote last:\n  " + String.join("\n  ", last);
    }

    @Override
    public void close() {
        server.tree().close();
    }
}
