package io.github.pekkosupervisor.examples.lsp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.pekkosupervisor.process.FramedConnection;
import io.github.pekkosupervisor.process.FramedConnection.Session;
import io.github.pekkosupervisor.process.Framing;
import io.github.pekkosupervisor.process.ProcessConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.jsonrpc.RemoteEndpoint;
import org.eclipse.lsp4j.jsonrpc.json.JsonRpcMethod;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.messages.Message;
import org.eclipse.lsp4j.jsonrpc.messages.RequestMessage;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseMessage;
import org.eclipse.lsp4j.jsonrpc.services.ServiceEndpoints;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.LanguageServer;
import org.jspecify.annotations.Nullable;

/**
 * A language server that is started again when it dies, as LSP4J's {@link LanguageServer}: each process is initialized
 * before it is asked, and what was asked of one that has died fails, saying how it died.
 */
// guide: client
final class Lsp4jClient implements FramedConnection.Peer {

    private final LanguageClient client;
    private final FramedConnection frames = ProcessConnection.framed(Framing.contentLength(), this);
    private final Map<Session, Conversation> conversations = new ConcurrentHashMap<>();

    Lsp4jClient(LanguageClient client) {
        this.client = client;
    }

    /** For {@code ProcessSpec.withConnection}. */
    ProcessConnection connection() {
        return frames.connection();
    }

    /** The server that runs and is initialized, or the next one; to be asked for anew for each request. */
    CompletionStage<LanguageServer> server() {
        return frames.session().thenCompose(session -> {
            Conversation conversation = conversations.get(session);
            // it has ended meanwhile, so the next one is asked
            return conversation == null ? server() : CompletableFuture.completedFuture(conversation.server);
        });
    }

    @Override
    public @Nullable Object idOf(String message) {
        JsonObject json = JsonParser.parseString(message).getAsJsonObject();
        JsonElement id = json.get("id");
        // an error that answers nothing in particular has a null for its id
        return json.has("method") || id == null || id.isJsonNull() ? null : id.getAsString();
    }

    @Override
    public void received(Session from, String message) {
        Conversation conversation = conversations.get(from);
        if (conversation != null) {
            // else it has ended, and what it told last is of no use any more
            conversation.consume(message);
        }
    }

    @Override
    public CompletionStage<?> opened(Session with) {
        Conversation conversation = new Conversation(with);
        conversations.put(with, conversation);
        with.exit().thenRun(() -> conversations.remove(with));
        return conversation
                .server
                .initialize(new InitializeParams())
                .thenAccept(result -> conversation.server.initialized(new InitializedParams()));
    }
    // guide: end

    /** With one process: LSP4J's own count of requests, whose ids are ours too. */
    private final class Conversation {
        private final Session session;
        private final RemoteEndpoint endpoint;
        private final MessageJsonHandler json;
        private final LanguageServer server;

        Conversation(Session session) {
            this.session = session;
            this.endpoint = new RemoteEndpoint(this::send, ServiceEndpoints.toEndpoint(client));
            Map<String, JsonRpcMethod> methods =
                    new LinkedHashMap<>(ServiceEndpoints.getSupportedMethods(LanguageServer.class));
            methods.putAll(ServiceEndpoints.getSupportedMethods(LanguageClient.class));
            this.json = new MessageJsonHandler(methods);
            json.setMethodProvider(endpoint);
            this.server = ServiceEndpoints.toServiceObject(endpoint, LanguageServer.class);
        }

        void consume(String message) {
            endpoint.consume(json.parseMessage(message));
        }

        private void send(Message message) {
            String text = json.serialize(message);
            if (message instanceof RequestMessage request) {
                var answered = session.request(request.getId(), text).whenComplete((answer, failure) -> {
                    if (failure == null) {
                        consume(answer);
                    } else {
                        endpoint.consume(failed(request, failure));
                    }
                });
                assert answered != null;
            } else {
                session.send(text);
            }
        }

        private ResponseMessage failed(RequestMessage request, Throwable failure) {
            ResponseMessage response = new ResponseMessage();
            response.setId(request.getId());
            response.setError(new ResponseError(ResponseErrorCode.InternalError, failure.getMessage(), null));
            return response;
        }
    }
}
