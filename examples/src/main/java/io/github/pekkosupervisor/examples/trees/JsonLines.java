package io.github.pekkosupervisor.examples.trees;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessStreams.ProcessEndedException;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.concurrent.CompletionException;

/** A process that answers each line of JSON with one: asked, killed by a question, and asked again. */
public final class JsonLines {

    /** In real life: a language server, an MCP server, a Python side-car. */
    private static final String SERVER = """
            n=0
            while read -r line; do
                case $line in *die*) echo "cannot do $line" >&2; exit 3 ;; esac
                n=$((n+1))
                echo "{\\"answer\\": $n, \\"to\\": $line}"
            done
            """;

    private final ProcessConnection server = ProcessConnection.create();

    SupervisorSpec tree() {
        return SupervisorSpec.oneForOne()
                .withChild(ChildSpec.process(
                        "server", ProcessSpec.of("sh", "-c", SERVER).withConnection(server)));
    }

    /** The answer, or how the process ended and its last words. */
    String ask(String json) {
        try {
            return server.request(json).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ProcessEndedException ended) {
                return "it " + ended.getMessage();
            }
            throw e;
        }
    }

    public static void main(String[] arguments) {
        JsonLines example = new JsonLines();
        try (SupervisionTree tree = SupervisionTree.start(example.tree())) {
            System.out.println(tree.root().path() + " is up");
            System.out.println(example.ask("{\"question\": 1}"));
            System.out.println(example.ask("{\"question\": 2}"));
            System.out.println(example.ask("{\"please\": \"die\"}"));
            System.out.println(example.ask("{\"question\": 3}"));
        }
    }
}
