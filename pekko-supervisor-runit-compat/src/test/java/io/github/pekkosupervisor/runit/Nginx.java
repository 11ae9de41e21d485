package io.github.pekkosupervisor.runit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server that answers by HTTP, for {@code nginx -p HOME/ -c nginx.conf}. */
public final class Nginx {

    private Nginx() {}

    /**
     * Writes its configuration.
     *
     * @param home what it makes is there too
     * @param accessLog a file, or {@code off}
     * @param location what it answers where, as nginx's {@code location} block says it
     */
    public static void configure(Path home, int port, String accessLog, String location) throws IOException {
        // one process: the workers of a master killed with -9 would keep the port, whoever supervises it
        Files.writeString(home.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                events {}
                http {
                    access_log %s;
                    client_body_temp_path body;
                    proxy_temp_path proxy;
                    fastcgi_temp_path fastcgi;
                    uwsgi_temp_path uwsgi;
                    scgi_temp_path scgi;
                    keepalive_timeout 0;
                    server {
                        listen 127.0.0.1:%d;
                        location %s
                    }
                }
                """.formatted(accessLog, port, location));
    }
}
