package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.runit.Tree.Service;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sockets that are opened for {@code run}, by {@code service.conf}. */
@Execution(ExecutionMode.CONCURRENT)
class ServiceSocketsTest extends InTree {

    private final int port = FreePort.next();

    private Service server() throws Exception {
        Service web = tree.service("web").script("run", SocketServer.run());
        SocketServer.configure(web.path(), port);
        tree.start();
        patiently().ignoreExceptions().until(() -> ask() > 0);
        return web;
    }

    private long ask() throws Exception {
        try (Socket socket = SocketServer.connect(port)) {
            return SocketServer.answer(socket);
        }
    }

    @Test
    void who_connects_while_a_service_is_down_waits_until_it_is_up() throws Exception {
        Service web = server();
        long first = ask();
        web.control("d");
        patiently().until(() -> web.status().pid() == 0);

        try (Socket waiting = SocketServer.connect(port)) {
            web.control("u");

            assertThat(SocketServer.answer(waiting)).isPositive().isNotEqualTo(first);
        }
    }

    @Test
    void nobody_is_refused_while_it_is_started_again() throws Exception {
        Service web = server();

        try (SocketServer load = SocketServer.askedAt(port)) {
            for (int i = 0; i < 3; i++) {
                int answered = load.answered();
                web.control("t");
                patiently().until(() -> load.answered() > answered + 10);
            }
            assertThat(load.refused()).isZero();
        }
    }

    @Test
    void they_are_closed_when_its_supervision_ends() throws Exception {
        Service web = server();
        web.file("down");
        Files.delete(web.path().resolve("service.conf"));

        web.control("x");

        patiently().untilAsserted(() -> assertThat(catchThrowable(this::ask)).isInstanceOf(ConnectException.class));
    }
}
