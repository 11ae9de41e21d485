package io.github.pekkosupervisor.examples.trees;

import io.github.pekkosupervisor.process.FramedConnection;
import io.github.pekkosupervisor.process.Framing;
import io.github.pekkosupervisor.process.ProcessConnection;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A server of tools that talks JSON-RPC in lines, as MCP servers do: greeted at each start, and asked by ids of ours.
 */
public final class McpTools implements FramedConnection.Peer {
    // in real life an MCP server, and a library for JSON on our side
    private static final String SERVER = """
            while read -r line; do
                id=${line#*'"id":'}; id=${id%%,*}
                case $line in
                *initialized*) ;;
                *initialize*) echo "{\\"id\\":$id,\\"result\\":{\\"pid\\":$$}}" ;;
                *sleep*) sleep 1000 ;;
                *) echo "{\\"id\\":$id,\\"result\\":\\"done by $$\\"}" ;;
                esac
            done
            """;

    private final FramedConnection server = ProcessConnection.framed(Framing.lines(), this);

    SupervisorSpec tree() {
        return SupervisorSpec.oneForOne()
                .withChild(ChildSpec.process(
                        "tools", ProcessSpec.of("sh", "-c", SERVER).withConnection(server.connection())));
    }

    @Override
    public @Nullable Object idOf(String message) {
        return message.contains("\"id\":") ? message.replaceFirst(".*\"id\":(\\d+).*", "$1") : null;
    }

    @Override
    public void received(FramedConnection.Session from, String message) {
        System.out.println("unasked: " + message);
    }

    @Override
    public CompletionStage<?> opened(FramedConnection.Session with) {
        return with.request("0", "{\"id\":0,\"method\":\"initialize\"}")
                .thenCompose(answer -> with.send("{\"method\":\"notifications/initialized\"}"));
    }

    /** Fails if the server ends before it answers; the next one that is called is another process. */
    CompletionStage<String> call(int id, String tool) {
        return server.request(
                Integer.toString(id), "{\"id\":" + id + ",\"method\":\"tools/call\",\"name\":\"" + tool + "\"}");
    }
}
