package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.runit.page.Guard.Resource;
import io.github.pekkosupervisor.runit.page.Picture.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/** Answers requests: by {@link Guard} whether, and here what. */
final class PageServer implements AutoCloseable {

    private static final int OK = 200;
    private static final int FORBIDDEN = 403;
    private static final int NO_SUCH = 404;
    private static final int UNAVAILABLE = 503;
    private static final int NO_LENGTH = 0;
    private static final int NO_BODY = -1;

    /** Of an answer: what has to be taken at a time. */
    private static final int PIECE = 64 * 1024;

    private static final String JSON = "application/json; charset=utf-8";
    private static final String HTML = "text/html; charset=utf-8";
    private static final String STREAM = "text/event-stream; charset=utf-8";

    /** In the file of the page, where the number is that its script and style are known by. */
    private static final String NONCE = "{{nonce}}";

    private final HttpServer server;
    private final Guard guard;
    private final Source source;
    private final Streams streams;
    private final BoundedWrites writes;
    private final Optional<PageMetrics> metrics;
    private final Predicate<SocketAddress> isLetIn;
    private final Nonces nonces;

    /** Makes numbers that nobody can guess. */
    interface Nonces {
        String next();
    }

    /**
     * Begins to answer.
     *
     * @param address where, on this machine
     * @param isLetIn by the address that a request comes from
     * @param writes by which all is sent
     * @param threads a request each; a stream has one as long as it lasts
     * @throws IOException if nobody can listen there
     */
    PageServer(
            InetSocketAddress address,
            Guard guard,
            Source source,
            Streams streams,
            BoundedWrites writes,
            Optional<PageMetrics> metrics,
            Predicate<SocketAddress> isLetIn,
            Nonces nonces,
            Executor threads)
            throws IOException {
        this.guard = guard;
        this.source = source;
        this.streams = streams;
        this.writes = writes;
        this.metrics = metrics;
        this.isLetIn = isLetIn;
        this.nonces = nonces;
        this.server = HttpServer.create(address, 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            if (!isLetIn.test(exchange.getRemoteAddress())) {
                refuse(exchange, new Guard.Refuse(FORBIDDEN, "this page is behind a socket with a file"));
                return;
            }
            Guard.Verdict verdict = guard.judge(asked(exchange));
            if (verdict instanceof Guard.Refuse refusal) {
                refuse(exchange, refusal);
            } else if (verdict instanceof Guard.Answer answer) {
                answer(exchange, answer);
            }
        }
    }

    private static Guard.Asked asked(HttpExchange exchange) {
        Headers headers = exchange.getRequestHeaders();
        return new Guard.Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getPath(),
                all(headers, "Host"),
                all(headers, "Origin"),
                all(headers, "Authorization"),
                all(headers, Guard.MARK),
                all(headers, "Sec-Fetch-Site"));
    }

    private static List<String> all(Headers headers, String name) {
        List<String> values = headers.get(name);
        return values == null ? List.of() : values;
    }

    private void refuse(HttpExchange exchange, Guard.Refuse refusal) throws IOException {
        if (refusal.status() == Guard.UNAUTHORIZED) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        }
        send(exchange, refusal.status(), JSON, "{\"error\":" + Json.quoted(refusal.why()) + "}");
    }

    private void answer(HttpExchange exchange, Guard.Answer answer) throws IOException {
        switch (answer.resource()) {
            case PAGE -> page(exchange);
            case TREE -> send(exchange, OK, JSON, source.watch().snapshot().toJson());
            case EVENTS -> events(exchange);
            case PLACE -> place(exchange);
            case LIVE, READY -> health(exchange, answer);
            case METRICS -> metrics(exchange);
            case COMMAND -> command(exchange);
        }
    }

    // ---- what is read

    private void page(HttpExchange exchange) throws IOException {
        String nonce = nonces.next();
        Headers headers = exchange.getResponseHeaders();
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'nonce-" + nonce + "'; style-src 'nonce-" + nonce
                        + "'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
                        + " frame-ancestors 'none'");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        send(exchange, OK, HTML, html().replace(NONCE, nonce));
    }

    private static String html() throws IOException {
        try (InputStream file = PageServer.class.getResourceAsStream("page.html")) {
            if (file == null) {
                throw new IllegalStateException("page.html is missing in this jar");
            }
            return new String(file.readAllBytes(), UTF_8);
        }
    }

    private void events(HttpExchange exchange) throws IOException {
        if (!streams.join()) {
            exchange.getResponseHeaders().set("Retry-After", "5");
            send(
                    exchange,
                    UNAVAILABLE,
                    JSON,
                    "{\"error\":" + Json.quoted("so many pages are open already as may be, " + Streams.MOST) + "}");
            return;
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", STREAM);
            boolean isHead = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(OK, isHead ? NO_BODY : NO_LENGTH);
            if (!isHead) {
                streams.tell(exchange.getResponseBody());
            }
        } catch (InterruptedException e) {
            // it is being closed, or has not taken what it was sent
            Thread.currentThread().interrupt();
        } finally {
            streams.leave();
        }
    }

    private void place(HttpExchange exchange) throws IOException {
        Optional<Row> row = query(exchange, "key").flatMap(source.watch().look()::row);
        if (row.isEmpty()) {
            send(exchange, NO_SUCH, JSON, "{\"error\":\"there is no such place; key is one of /events\"}");
            return;
        }
        List<String> deaths = source.watch().deathsOf(row.get().node().path()).stream()
                .map(Deaths.Death::json)
                .toList();
        String log = source.lastLines(row.get())
                .map(lines -> ",\"log\":" + Json.strings(lines))
                .orElse("");
        send(exchange, OK, JSON, "{\"deaths\":" + Json.array(deaths) + log + "}");
    }

    private void health(HttpExchange exchange, Guard.Answer answer) throws IOException {
        TreeHealth health;
        try {
            health = source.health().toCompletableFuture().join();
        } catch (CompletionException e) {
            health = TreeHealth.silent("/");
        }
        boolean isLive = answer.resource() == Resource.LIVE;
        boolean isWell = isLive ? health.live() : health.ready();
        List<String> why = health.notReady().stream()
                .map(one -> "{\"path\":" + Json.quoted(one.path()) + ",\"reason\":" + Json.quoted(one.reason()) + "}")
                .toList();
        String said = "{\"" + (isLive ? "live" : "ready") + "\":" + isWell
                + (isLive || !answer.isKnown() ? "" : ",\"notReady\":" + Json.array(why)) + "}";
        send(exchange, isWell ? OK : UNAVAILABLE, JSON, said);
    }

    private void metrics(HttpExchange exchange) throws IOException {
        Optional<PageMetrics> on = metrics;
        if (on.isPresent()) {
            send(exchange, OK, PageMetrics.TYPE, on.get().text());
        } else {
            String why = "metrics are off; they are switched on where the page is opened";
            send(exchange, NO_SUCH, JSON, "{\"error\":" + Json.quoted(why) + "}");
        }
    }

    // ---- commands

    private void command(HttpExchange exchange) throws IOException {
        Answered answered = obeyed(exchange);
        send(exchange, answered.status(), JSON, answered.json());
    }

    private Answered obeyed(HttpExchange exchange) {
        Optional<Command> command = query(exchange, "do").flatMap(Command::named);
        if (command.isEmpty()) {
            return Answered.wrong("do must be restart, start, stop or signal");
        }
        Optional<Signal> signal = query(exchange, "signal")
                .flatMap(name -> Command.SIGNALS.stream()
                        .filter(one -> one.name().equals(name))
                        .findFirst());
        if (command.get() == Command.SIGNAL && signal.isEmpty()) {
            return Answered.wrong("signal must be one of " + Command.SIGNALS);
        }
        Picture present = source.watch().look();
        Optional<Row> row = query(exchange, "key").flatMap(present::row);
        if (row.isEmpty()) {
            return Answered.nobody("there is no such place any more");
        }
        Optional<Row> above = present.row(row.get().parent());
        if (above.isEmpty() || !row.get().possible().contains(command.get())) {
            return Answered.notNow("that cannot be done with it, as it is now: "
                    + row.get().node().state().name().toLowerCase(Locale.ROOT));
        }
        return source.command(row.get(), above.get(), command.get(), signal)
                .toCompletableFuture()
                .join();
    }

    // ---- the wire

    /** A value behind the question mark; the last one if there are several. */
    private static Optional<String> query(HttpExchange exchange, String name) {
        return Optional.ofNullable(
                parsed(Optional.ofNullable(exchange.getRequestURI().getRawQuery())
                                .orElse(""))
                        .get(name));
    }

    static Map<String, String> parsed(String query) {
        Map<String, String> values = new HashMap<>();
        for (String part : query.split("&", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                values.put(part.substring(0, equals), decoded(part.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            // what is not written as it should be names nothing
            return "";
        }
    }

    private void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            writes.write(() -> exchange.sendResponseHeaders(status, NO_BODY));
            return;
        }
        writes.write(() -> exchange.sendResponseHeaders(status, body.length));
        OutputStream to = exchange.getResponseBody();
        for (int from = 0; from < body.length; from += PIECE) {
            int begin = from;
            writes.write(() -> to.write(body, begin, Math.min(PIECE, body.length - begin)));
        }
        writes.write(to::close);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
