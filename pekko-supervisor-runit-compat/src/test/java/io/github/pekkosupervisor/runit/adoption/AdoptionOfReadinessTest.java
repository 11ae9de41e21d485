package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static io.github.pekkosupervisor.runit.adoption.Estate.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.runit.supervise.StateFiles;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of the readiness of a service survives a kill -9 of the launcher, and what is not is found out. */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AdoptionOfReadinessTest extends InEstate {

    private static final String SLEEP = "exec sleep 100000";
    private static final String WAIT = "while [ ! -e go ]; do sleep 0.02; done\n";

    /** A server that answers each connection by HTTP. */
    private static final String SERVER = """
        exec python3 -c 'import socket
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", PORT))
        s.listen()
        while True:
            c = s.accept()[0]
            try: c.recv(4096); c.sendall(b"HTTP/1.0 204 No\\r\\n\\r\\n")
            except OSError: pass
            c.close()'
        """;

    static Stream<Arguments> signs() {
        return Stream.of(
                Arguments.of("command = [test, -e, there]", WAIT + "touch there\n" + SLEEP),
                Arguments.of("sd-notify = true", WAIT + "systemd-notify --ready; touch there\n" + SLEEP),
                Arguments.of("notification-fd = 5", WAIT + "echo >&5; exec 5>&-; touch there\n" + SLEEP),
                Arguments.of("http = \"http://127.0.0.1:PORT/\"", WAIT + "touch there\n" + SERVER),
                Arguments.of("tcp = PORT", WAIT + "touch there\n" + SERVER));
    }

    private Path service(String sign, String run) throws IOException {
        String port = String.valueOf(FreePort.next());
        Path web = estate.service("web", run.replace("PORT", port));
        Files.writeString(web.resolve("service.conf"), "ready { " + sign.replace("PORT", port) + " }");
        return web;
    }

    private static boolean isReady(Path service) {
        try {
            return new ProcessBuilder(service.resolve("supervise/check").toString())
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean isGiven(Path service) throws IOException {
        return StateFiles.read(service.resolve("supervise/.state"))
                .flatMap(UnitRecord::sign)
                .map(UnitRecord.Sign::isGiven)
                .orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("signs")
    void who_was_ready_stays_so(String sign, String run) throws Exception {
        Path web = service(sign, run);
        Files.createFile(web.resolve("go"));
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> isReady(web));
        int pid = status(web).pid();

        estate.killLauncher();
        assertThat(isReady(web)).isTrue();
        Files.deleteIfExists(web.resolve("there"));
        estate.start();
        estate.awaitUp(web);

        assertThat(isReady(web)).isTrue();
        assertThat(isGiven(web)).isTrue();
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("signs")
    void who_was_not_is_seen_to_become_so(String sign, String run) throws Exception {
        Path web = service(sign, run);
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        assertThat(isReady(web)).isFalse();

        estate.lose();
        estate.awaitUp(web);
        assertThat(isReady(web)).isFalse();
        awaitSocket(sign, pid);
        Files.createFile(web.resolve("go"));

        patiently().until(() -> isReady(web));
        patiently().until(() -> isGiven(web));
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(estate.complaints()).isEmpty();
    }

    /** The status is there before; and who says so to nobody does not say it again. */
    private static void awaitSocket(String sign, int pid) throws IOException {
        if (sign.startsWith("sd-notify")) {
            String variable = "NOTIFY_SOCKET=";
            String socket = Stream.of(Files.readString(Path.of("/proc/" + pid + "/environ"))
                            .split("\0", -1))
                    .filter(entry -> entry.startsWith(variable))
                    .findFirst()
                    .orElseThrow()
                    .substring(variable.length());
            patiently().until(() -> Files.readString(Path.of("/proc/net/unix")).contains(socket));
        }
    }

    /** By a pipe the newline would have been lost, or its writer. */
    @ParameterizedTest
    @MethodSource("signs")
    void who_becomes_ready_while_nobody_is_there_is_found_so(String sign, String run) throws Exception {
        assumeTrue(!sign.startsWith("sd-notify"), "a datagram that nobody gets is lost");
        Path web = service(sign, run);
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();

        estate.killLauncher();
        Files.createFile(web.resolve("go"));
        patiently().until(() -> Files.exists(web.resolve("there")));
        estate.start();

        patiently().until(() -> isReady(web));
        assertThat(status(web).pid()).isEqualTo(pid);
    }

    /** The client is told, and what it does then is up to it: this one tries again. */
    @Test
    void who_says_so_while_nobody_is_there_is_told_and_may_say_it_again() throws Exception {
        Path web = service(
                "sd-notify = true",
                WAIT + "until systemd-notify --ready 2>>refused; do echo refused >>refused; sleep 0.1; done\n" + SLEEP);
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();

        estate.killLauncher();
        Files.createFile(web.resolve("go"));
        patiently().until(() -> Estate.lines(web.resolve("refused")).contains("refused"));
        assertThat(Estate.lines(web.resolve("refused")).toString()).containsIgnoringCase("connection refused");
        estate.start();

        patiently().until(() -> isReady(web));
        assertThat(status(web).pid()).isEqualTo(pid);
    }

    private static final String SPEAKER = """
        exec python3 -c 'import os, signal, socket, time
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        def send(words): s.sendto(words, "\\0" + os.environ["NOTIFY_SOCKET"][1:])
        def bye(*of):
            os.kill(main, 9)
            os.wait()
            os._exit(0)
        while not os.path.exists("go"): time.sleep(0.02)
        main = os.fork()
        if main == 0:
            while not os.path.exists("speak"): time.sleep(0.02)
            send(b"READY=1")
        else:
            signal.signal(signal.SIGTERM, bye)
            send(b"MAINPID=%d\\nRELOADING=1\\nWATCHDOG_USEC=86400000000" % main)
        time.sleep(100000)'
        """;

    /** The one that it has handed its work to speaks for it, after the launcher has been killed too. */
    @Test
    void who_has_handed_its_work_to_another_is_ready_when_that_one_says_so() throws Exception {
        Path web = service("sd-notify = main", SPEAKER);
        estate.start();
        estate.awaitUp(web);
        int pid = status(web).pid();
        Files.createFile(web.resolve("go"));
        patiently().until(() -> said(web).main().isPresent());
        UnitRecord.Said before = said(web);

        estate.lose();
        estate.awaitUp(web);
        awaitSocket("sd-notify", pid);
        assertThat(isReady(web)).isFalse();
        Files.createFile(web.resolve("speak"));

        patiently().until(() -> isReady(web));
        patiently().until(() -> isGiven(web));
        assertThat(status(web).pid()).isEqualTo(pid);
        assertThat(said(web).main()).isEqualTo(before.main());
        assertThat(said(web).says()).contains(UnitRecord.Says.READY);
    }

    private static UnitRecord.Said said(Path service) throws IOException {
        return StateFiles.read(service.resolve("supervise/.state"))
                .flatMap(UnitRecord::sign)
                .map(UnitRecord.Sign::said)
                .orElse(UnitRecord.Said.NOTHING);
    }

    /** Then it is ready as it is, whatever was awaited of it before. */
    @ParameterizedTest
    @ValueSource(strings = {"", "live { watchdog = true, timeout = 1d }"})
    void one_whose_sign_has_been_taken_out_is_not_unready_for_ever(String conf) throws Exception {
        Path web = service("sd-notify = true", WAIT + SLEEP);
        estate.start();
        estate.awaitUp(web);
        patiently().until(() -> !isGiven(web));

        estate.killLauncher();
        Files.writeString(web.resolve("service.conf"), conf);
        estate.start();
        estate.awaitUp(web);

        patiently()
                .until(() -> StateFiles.read(web.resolve("supervise/.state"))
                        .orElseThrow()
                        .sign()
                        .map(UnitRecord.Sign::isGiven)
                        .orElse(true));
    }
}
