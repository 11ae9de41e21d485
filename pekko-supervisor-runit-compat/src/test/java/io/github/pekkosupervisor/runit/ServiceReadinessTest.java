package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.runit.Tree.Service;
import io.github.pekkosupervisor.runit.adoption.OurPrograms;
import io.github.pekkosupervisor.runit.conformance.Needs;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a service directory counts as ready, and who sees it. */
@Execution(ExecutionMode.CONCURRENT)
class ServiceReadinessTest extends InTree {

    private static final String SLEEP = "exec sleep 100000";

    /** Waits until it may go on. */
    private static final String WAIT = "while [ ! -e go ]; do sleep 0.02; done\n";

    private final Told told = new Told();

    private void start() {
        tree.start(settings -> settings.withListener(told));
    }

    private Service service(String run, String conf) throws IOException {
        Service web = tree.service("web").script("run", run);
        Files.writeString(web.path().resolve("service.conf"), conf);
        return web;
    }

    private ServiceSnapshot.Unit seen() {
        return tree.snapshot().services().stream()
                .filter(service -> service.path().equals("/web"))
                .findFirst()
                .flatMap(ServiceSnapshot::service)
                .orElseThrow();
    }

    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + output;
    }

    private static String sv(String... words) throws IOException, InterruptedException {
        Needs.that(Files.isExecutable(Path.of("/usr/bin/sv")), "the program sv is not installed; apt install runit");
        List<String> command = new ArrayList<>(List.of("/usr/bin/sv"));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    private static String check(Service service) throws IOException, InterruptedException {
        return run(service.path().resolve("supervise/check").toString());
    }

    /** Its file is written a moment after it is known to be ready. */
    private static void awaitChecked(Service service) {
        patiently().untilAsserted(() -> assertThat(check(service)).isEqualTo("0 "));
    }

    static Stream<Arguments> signs() {
        return Stream.of(
                Arguments.of("command = [test, -e, go]", SLEEP),
                Arguments.of("sd-notify = true", WAIT + "systemd-notify --ready --status='hello there'\n" + SLEEP),
                Arguments.of("notification-fd = 5", WAIT + "echo up >&5; exec 5>&-\n" + SLEEP),
                Arguments.of("unix-socket = @NAME@", WAIT + "exec " + server("unix")),
                Arguments.of("http = \"http://127.0.0.1:PORT/\"", WAIT + "exec " + server("tcp")),
                Arguments.of("tcp = PORT", WAIT + "exec " + server("tcp")));
    }

    private static String server(String kind) {
        return "python3 -c 'import socket, sys\n"
                + (kind.equals("unix")
                        ? "s = socket.socket(socket.AF_UNIX); s.bind(\"@NAME@\")\n"
                        : "s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1);"
                                + " s.bind((\"127.0.0.1\", PORT))\n")
                + "s.listen()\n"
                + "while True:\n"
                + " c = s.accept()[0]\n"
                + " try: c.recv(4096); c.sendall(b\"HTTP/1.0 204 No\\r\\n\\r\\n\")\n"
                + " except OSError: pass\n"
                + " c.close()'";
    }

    @ParameterizedTest
    @MethodSource("signs")
    void it_is_ready_when_it_has_given_its_sign(String sign, String script) throws Exception {
        String port = String.valueOf(FreePort.next());
        String socket = temp.resolve("web.sock").toString();
        Service web = service(
                script.replace("PORT", port).replace("@NAME@", socket),
                "ready { " + sign.replace("PORT", port).replace("@NAME@", "\"" + socket + "\"") + " }");
        start();
        int pid = web.awaitRun();

        assertThat(seen().ready()).isFalse();
        assertThat(seen().awaits()).isPresent();
        assertThat(check(web)).startsWith("1");
        patiently()
                .untilAsserted(
                        () -> assertThat(web.record().flatMap(UnitRecord::sign).map(UnitRecord.Sign::isGiven))
                                .contains(false));
        Files.createFile(web.path().resolve("go"));

        patiently().until(() -> seen().ready());
        assertThat(seen().awaits()).isEmpty();
        awaitChecked(web);
        patiently()
                .untilAsserted(
                        () -> assertThat(web.record().flatMap(UnitRecord::sign).map(UnitRecord.Sign::isGiven))
                                .contains(true));
        assertThat(web.status().pid()).isEqualTo(pid);
        if (sign.startsWith("sd-notify")) {
            assertThat(seen().notice().orElseThrow().status()).isEqualTo("hello there");
        }
    }

    // ---- real servers

    private void needs(String program) {
        Needs.that(
                Stream.of("/usr/bin", "/usr/sbin").anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                "the program " + program + " is not installed");
    }

    @Test
    void nginx_is_ready_when_it_answers_well() throws Exception {
        needs("nginx");
        int port = FreePort.next();
        Service web = service(
                "exec nginx -e stderr -p " + temp.resolve("web") + "/ -c nginx.conf",
                "ready { http { url = \"http://127.0.0.1:" + port + "/health\", status = 200, body = \"^fine\" } }");
        Nginx.configure(web.path(), port, "off", "= /health { return 200 \"fine\\n\"; }");
        start();
        web.awaitRun();

        patiently().until(() -> seen().ready());
        awaitChecked(web);
    }

    @Test
    void redis_is_ready_when_it_accepts_connections() throws Exception {
        needs("redis-server");
        int port = FreePort.next();
        Service web = service(
                "exec redis-server --bind 127.0.0.1 --port " + port + " --save ''", "ready { tcp = " + port + " }");
        start();
        web.awaitRun();

        patiently().until(() -> seen().ready());
        awaitChecked(web);
    }

    /** Debian's is built with libsystemd. */
    @Test
    void redis_speaks_to_the_notify_socket_itself() throws Exception {
        needs("redis-server");
        Service web = service(
                "exec redis-server --port 0 --unixsocket redis.sock --save '' --supervised systemd",
                "ready { sd-notify = main }");
        start();
        web.awaitRun();

        patiently().until(() -> seen().ready());
        assertThat(seen().notice().orElseThrow().status()).contains("Ready to accept connections");
    }

    @Test
    void another_run_has_to_say_it_again() throws Exception {
        Service web = service(WAIT + "echo >&4; " + SLEEP, "ready.notification-fd = 4");
        Files.createFile(web.path().resolve("go"));
        start();
        int pid = web.awaitRun();
        patiently().until(() -> seen().ready());
        Files.delete(web.path().resolve("go"));

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        patiently().until(() -> web.status().pid() != pid && web.status().pid() != 0);
        assertThat(seen().ready()).isFalse();
        patiently().until(() -> check(web).startsWith("1"));
        Files.createFile(web.path().resolve("go"));
        patiently().until(() -> seen().ready());
        awaitChecked(web);
    }

    @Test
    void a_real_sv_waits_by_a_link_and_ours_without() throws Exception {
        Service web = service(WAIT + "echo >&4; " + SLEEP, "ready { notification-fd = 4 }");
        Path linked = web.path();
        start();
        web.awaitRun();
        OurPrograms ours = new OurPrograms();

        assertThat(ours.run("sv", "-w", "1", "check", linked.toString())).startsWith("1 timeout: run: " + linked);
        Files.createSymbolicLink(linked.resolve("check"), Path.of("supervise/check"));
        assertThat(sv("-w", "1", "start", linked.toString())).startsWith("1 timeout: run: " + linked);
        assertThat(sv("-w", "1", "check", linked.toString())).startsWith("1 timeout: run: " + linked);
        Files.createFile(linked.resolve("go"));

        assertThat(sv("-w", "30", "start", linked.toString())).startsWith("0 ok: run: " + linked);
        assertThat(sv("-w", "30", "check", linked.toString())).startsWith("0 ok: run: " + linked);
        Files.delete(linked.resolve("check"));
        assertThat(ours.run("sv", "-w", "30", "check", linked.toString())).startsWith("0 ok: run: " + linked);
    }

    @Test
    void the_file_of_s6_is_honoured_and_service_conf_has_precedence() throws Exception {
        Service web = tree.service("web").script("run", WAIT + "echo >&3; " + SLEEP);
        Files.writeString(web.path().resolve("notification-fd"), "3\n");
        Service other = tree.service("other").script("run", SLEEP);
        Files.writeString(other.path().resolve("notification-fd"), "3\n");
        Files.writeString(other.path().resolve("service.conf"), "ready { command = [test, -e, there] }");
        start();
        web.awaitRun();
        other.awaitRun();
        assertThat(seen().awaits()).contains("a newline on descriptor 3");

        Files.createFile(web.path().resolve("go"));
        Files.createFile(other.path().resolve("there"));

        patiently().until(() -> seen().ready());
        patiently()
                .until(() -> tree.snapshot().services().stream()
                        .allMatch(one -> one.service().orElseThrow().ready()));
        assertThat(tree.messages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "three", "-1", "3 4", "256", "99999999999"})
    void a_file_of_s6_that_says_nothing_is_told_of(String text) throws Exception {
        Service web = tree.service("web").script("run", SLEEP);
        Files.writeString(web.path().resolve("notification-fd"), text + "\n");
        start();
        web.awaitRun();

        patiently().until(() -> seen().ready());
        assertThat(tree.messages())
                .singleElement()
                .asString()
                .startsWith("runsv web: warning: notification-fd is not used: ")
                .endsWith("; the service counts as ready when run has been started\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ready         | ready { command = [false] }",
                "start-timeout | start-timeout = 1s",
                "live          | live { command = [false], every = 100ms }"
            })
    void what_others_could_have_written_is_not_used(String key, String conf) throws Exception {
        Service web = service(SLEEP, conf + "\n");
        Files.setPosixFilePermissions(web.path().resolve("service.conf"), PosixFilePermissions.fromString("rw-rw-rw-"));
        start();
        web.awaitRun();

        tree.awaitMessage(
                "service.conf: " + key
                        + " is not used: service.conf can be written to by others than its owner (mode 666); only root and the");
        assertThat(seen().ready()).isTrue();
        assertThat(seen().awaits()).isEmpty();
    }

    @Test
    void a_time_for_nothing_and_a_file_of_s6_beside_a_oneshot_are_told_of() throws Exception {
        Service web = service(SLEEP, "start-timeout = 1s");
        Service once = tree.service("once").script("run", SLEEP);
        Files.writeString(once.path().resolve("service.conf"), "oneshot = true");
        Files.writeString(once.path().resolve("notification-fd"), "3\n");
        start();
        web.awaitRun();
        once.awaitRun();

        tree.awaitMessage("runsv web: warning: service.conf: start-timeout is not used, since run counts as ready when"
                + " it has been started");
        tree.awaitMessage("runsv once: warning: notification-fd is not used, since a oneshot is ready when it is done");
    }

    @Test
    void a_oneshot_that_is_not_done_in_time_is_stopped_and_is_not_done_whatever_it_says() throws Exception {
        Service web = service("trap 'exit 0' TERM; " + WAIT, "oneshot = true, start-timeout = 1s");
        start();
        int pid = web.awaitRun();

        tree.awaitMessage("runsv web: warning: run is hung: not done within 1 s; it is stopped");
        patiently().until(() -> web.status().pid() != 0 && web.status().pid() != pid);
        Files.createFile(web.path().resolve("go"));

        patiently()
                .until(() -> web.status().state() == ServiceStatus.State.DOWN
                        && web.status().want() == ServiceStatus.Want.DOWN);
        assertThat(seen().ready()).isFalse();
    }

    /** It may have its own way, and KILL follows. */
    @Test
    void so_is_one_whose_control_t_keeps_it_from_TERM() throws Exception {
        Service web = service(WAIT, "oneshot = true, start-timeout = 1s").script("control/t", "echo t >>said");
        start();
        int pid = web.awaitRun();

        patiently().until(() -> web.status().pid() != 0 && web.status().pid() != pid);
        Files.createFile(web.path().resolve("go"));

        assertThat(told.words("/web"))
                .contains("service sent KILL", "run ended p1, signal KILL")
                .doesNotContain("service sent TERM");
        assertThat(web.lines("said")).contains("t");
    }

    @Test
    void one_that_is_not_ready_in_time_is_stopped_and_that_is_said() throws Exception {
        Service web = service(SLEEP, "ready { notification-fd = 4 }, start-timeout = 1s");
        start();
        int pid = web.awaitRun();

        tree.awaitMessage(
                "run was not ready within 1 s, which would have been a newline on descriptor 4; it is stopped");
        patiently().until(() -> ProcessHandle.of(pid).isEmpty());
        patiently().until(() -> web.status().pid() != 0 && web.status().pid() != pid);
    }

    @Test
    void without_a_sign_it_is_as_runit_has_it() throws Exception {
        Service web = tree.service("web").script("run", SLEEP);
        start();
        web.awaitRun();

        patiently().until(() -> seen().ready());
        assertThat(web.path().resolve("supervise/check")).doesNotExist();
        assertThat(web.path().resolve("supervise/.ready")).doesNotExist();
        assertThat(web.record().orElseThrow().sign()).isEmpty();
        assertThat(told.of("/web")).noneMatch(ServiceEvent.AwaitsReady.class::isInstance);
    }

    @Test
    void a_sign_that_is_taken_back_leaves_nothing() throws Exception {
        Service web = service("echo >&4; " + SLEEP, "ready { notification-fd = 4 }");
        start();
        web.awaitRun();
        patiently().until(() -> seen().ready());
        Path check = web.path().resolve("supervise/check");
        patiently().until(() -> Files.exists(check));

        tree.stop();
        assertThat(run(check.toString())).startsWith("1");
        Files.delete(web.path().resolve("service.conf"));
        start();
        patiently().until(() -> web.status().state() == ServiceStatus.State.RUN);

        patiently().until(() -> !Files.exists(check));
        assertThat(Optional.of(web.path().resolve("supervise/.ready")).filter(Files::exists))
                .isEmpty();
    }

    @Test
    void a_port_that_somebody_has_is_no_sign() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            service(SLEEP, "ready { tcp = " + taken.getLocalPort() + " }");
            start();

            tree.awaitMessage("run is not started: connect /127.0.0.1:" + taken.getLocalPort()
                    + ": another process accepts connections there already");
        }
    }

    @Test
    void an_actor_that_fails_is_followed_by_one_that_goes_on_waiting() throws Exception {
        Service web = service(WAIT + "systemd-notify --ready; " + SLEEP, "ready { sd-notify = true }");
        start();
        int pid = web.awaitRun();
        tree.clock().crash(1);
        web.control("c");
        tree.awaitCrash();

        Files.createFile(web.path().resolve("go"));

        patiently().until(() -> seen().ready());
        assertThat(web.status().pid()).isEqualTo(pid);
    }
}
