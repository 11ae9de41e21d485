package io.github.pekkosupervisor.runit.realinput;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.runit.Nginx;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server with a service directory of its own. Each tells its pid to whoever asks, so that an answer also proves which
 * incarnation gave it.
 */
enum RealServer {
    REDIS {
        @Override
        void prepare(Sandbox sandbox, Path home) throws IOException {
            Sandbox.writeScript(
                    sandbox.service(id()).resolve("run"), """
                    #!/bin/sh
                    exec 2>&1
                    exec '%s' --port 0 --unixsocket redis.sock --dir '%s' --save '' --daemonize no
                    """.formatted(Requirement.program("redis-server"), home));
        }

        @Override
        String ask(Path home) throws IOException {
            return converse(home.resolve("redis.sock"), "PING\r\nINFO server\r\nQUIT\r\n");
        }

        @Override
        Pattern answer() {
            return Pattern.compile("\\A\\+PONG\r\n.*^process_id:([0-9]+)", Pattern.DOTALL | Pattern.MULTILINE);
        }
    },
    NGINX {
        @Override
        void prepare(Sandbox sandbox, Path home) throws IOException {
            int port = FreePort.next();
            Files.writeString(home.resolve("port"), Integer.toString(port));
            Nginx.configure(home, port, "/dev/stdout", "/ { return 200 \"pid $pid\\n\"; }");
            Sandbox.writeScript(
                    sandbox.service(id()).resolve("run"), """
                    #!/bin/sh
                    exec 2>&1
                    exec '%s' -e stderr -p '%s/' -c nginx.conf
                    """.formatted(Requirement.program("nginx"), home));
        }

        @Override
        String ask(Path home) throws IOException {
            URI address = URI.create("http://127.0.0.1:" + Files.readString(home.resolve("port")) + "/");
            HttpRequest get = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofSeconds(20))
                    .build();
            try {
                return HTTP.send(get, HttpResponse.BodyHandlers.ofString()).body();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while asking " + address, interrupted);
            }
        }

        @Override
        Pattern answer() {
            return Pattern.compile("pid ([0-9]+)");
        }
    },
    COUNTING {
        @Override
        void prepare(Sandbox sandbox, Path home) throws IOException {
            Path program = home.resolve("counting-server.pl");
            try (InputStream source = RealServer.class.getResourceAsStream("counting-server.pl")) {
                if (source == null) {
                    throw new IOException("counting-server.pl is missing from the test resources");
                }
                Files.copy(source, program);
            }
            Sandbox.writeScript(
                    sandbox.service(id()).resolve("run"), """
                    #!/bin/sh
                    exec 2>&1
                    exec '%s' '%s' '%s/counting.sock'
                    """.formatted(Requirement.program("perl"), program, home));
        }

        @Override
        String ask(Path home) throws IOException {
            return converse(home.resolve("counting.sock"), "");
        }

        @Override
        Pattern answer() {
            return Pattern.compile("\\A([0-9]+)\n");
        }
    };

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .proxy(HttpClient.Builder.NO_PROXY)
            .connectTimeout(Duration.ofSeconds(20))
            .build();

    /** The name of the service. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Writes the service directory, with svlogd for a logger, and what the server needs outside it. */
    void install(Sandbox sandbox) throws IOException {
        prepare(sandbox, Files.createDirectories(home(sandbox)));
        Files.createDirectories(logDirectory(sandbox));
        Sandbox.writeScript(sandbox.service(id()).resolve("log/run"), """
                #!/bin/sh
                exec '%s' -tt ./main
                """.formatted(Requirement.program("svlogd")));
    }

    Path logDirectory(Sandbox sandbox) {
        return sandbox.service(id()).resolve("log/main");
    }

    /** The pid in the server's answer; empty when it does not answer. */
    Optional<Long> answeringPid(Sandbox sandbox) {
        try {
            Matcher matcher = answer().matcher(ask(home(sandbox)));
            return matcher.find() ? Optional.of(Long.valueOf(matcher.group(1))) : Optional.empty();
        } catch (IOException down) {
            return Optional.empty();
        }
    }

    abstract void prepare(Sandbox sandbox, Path home) throws IOException;

    abstract String ask(Path home) throws IOException;

    abstract Pattern answer();

    private Path home(Sandbox sandbox) {
        return sandbox.root().resolve("home").resolve(id());
    }

    private static String converse(Path socket, String request) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
