package io.github.pekkosupervisor.runit.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Somebody who asks a page, and listens to it. */
final class PageClient implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI page;
    private final String token;
    private final Known known = new Known();
    private final CompletableFuture<InputStream> stream = new CompletableFuture<>();
    private final List<Event> told = new ArrayList<>();

    /** One that was told. */
    record Event(String name, String json) {}

    PageClient(LivePage page) {
        this.page = page.url();
        this.token = page.url().getFragment().substring("token=".length());
    }

    URI page() {
        return page;
    }

    String token() {
        return token;
    }

    static String query(String... namesAndValues) {
        StringBuilder query = new StringBuilder("?");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            query.append(namesAndValues[i])
                    .append('=')
                    .append(URLEncoder.encode(namesAndValues[i + 1], UTF_8))
                    .append('&');
        }
        return query.toString();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(page.resolve(path)).timeout(Duration.ofSeconds(60));
    }

    HttpRequest.Builder known(String path) {
        return request(path).header("Authorization", "Bearer " + token);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    HttpResponse<String> get(String path) throws IOException {
        return send(known(path));
    }

    /** A command. */
    HttpResponse<String> command(String... namesAndValues) throws IOException {
        return send(known("/command" + query(namesAndValues))
                .header(Guard.MARK, Guard.MARK_OF_COMMAND)
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** What comes back to these very bytes, all of it. */
    static String raw(URI page, String request) throws IOException {
        try (Socket socket = new Socket(page.getHost(), page.getPort())) {
            socket.getOutputStream().write(request.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    // ---- events

    /** Begins to listen, on a thread of its own. */
    PageClient listen() throws IOException {
        try {
            HttpResponse<InputStream> response = http.send(known("/events").build(), BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new IOException("refused: " + response.statusCode());
            }
            stream.complete(response.body());
            Thread reader = new Thread(() -> read(response.body()), "page-client");
            reader.setDaemon(true);
            reader.start();
            return this;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void read(InputStream from) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(from, UTF_8))) {
            String name = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event: ")) {
                    name = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    hear(name, line.substring("data: ".length()));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // it is closed
        }
    }

    private synchronized void hear(String name, String json) {
        known.hear(name, json);
        told.add(new Event(name, json));
    }

    synchronized List<Event> told() {
        return List.copyOf(told);
    }

    synchronized boolean sees(Predicate<Known> what) {
        return what.test(known);
    }

    /** Waits until it has heard of it. */
    void until(Predicate<Known> what) {
        await().atMost(Duration.ofSeconds(60)).until(() -> sees(what));
    }

    @Override
    public void close() throws IOException {
        if (stream.isDone()) {
            stream.join().close();
        }
    }
}
