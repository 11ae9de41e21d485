package io.github.pekkosupervisor.process;

import static io.github.pekkosupervisor.testing.Programs.A_DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.FreePort;
import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is known of the readiness of a process survives a kill -9 of the JVM, and what is not is found out. */
final class KeptReadinessTest {

    @TempDir
    private Path place;

    private final int port = FreePort.next();
    private final List<HostJvm> hosts = new ArrayList<>();

    /** The sign, and what gives it when there is a file {@code go}. */
    static Stream<Arguments> signs() {
        return Stream.of(
                Arguments.of("sd-notify = true", "systemd-notify --ready; touch said; exec sleep " + A_DAY),
                Arguments.of("notification-fd = 7", "echo >&7; exec 7>&-; touch said; exec sleep " + A_DAY),
                Arguments.of("command = [test, -e, PLACE/said]", "touch said; exec sleep " + A_DAY),
                Arguments.of(
                        "http = \"http://localhost:PORT/\"",
                        "touch said; exec python3 -m http.server --bind 127.0.0.1 PORT " + "2>/dev/null"));
    }

    private HostJvm launch(String events, String sign, String script) throws IOException {
        String begin = "cd " + place + "; echo $$ >pid.new; mv pid.new pid; while [ ! -e go ]; do sleep 0.02; done; ";
        String tree = "children = [ { id = db, process { command = [sh, -c, \"\"\"" + begin + script + "\"\"\", "
                + A_DAY + "], output = discard, when-supervisor-dies = keep, ready { " + sign + " } } } ]";
        HostJvm host = new HostJvm(
                KeptHost.class,
                place,
                events,
                tree.replace("PLACE", place.toString()).replace("PORT", String.valueOf(port)));
        hosts.add(host);
        return host;
    }

    private List<String> lines(String file) {
        try {
            Path path = place.resolve(file);
            return Files.exists(path) ? Files.readAllLines(path) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitStart(String events, String start, HostJvm host) {
        long pid = host.process("pid").pid();
        await().atMost(HostJvm.PATIENCE)
                .untilAsserted(
                        () -> assertThat(lines(events)).as("%s", lines("log")).contains("db " + start + " " + pid));
    }

    @AfterEach
    void end_everything() {
        hosts.forEach(host -> host.killWith("pid"));
    }

    @ParameterizedTest
    @MethodSource("signs")
    void who_was_ready_stays_so(String sign, String script) throws Exception {
        Files.createFile(place.resolve("go"));
        HostJvm first = launch("first", sign, script);
        awaitStart("first", "START_UP", first);

        first.kill();
        Files.delete(place.resolve("said"));
        HostJvm second = launch("second", sign, script);

        awaitStart("second", "ADOPTED", second);
        assertThat(place.resolve("said")).doesNotExist();
    }

    @ParameterizedTest
    @MethodSource("signs")
    void who_was_not_is_seen_to_become_so(String sign, String script) throws Exception {
        HostJvm first = launch("first", sign, script);
        ProcessView db = first.process("pid");
        first.kill();
        HostJvm second = launch("second", sign, script);
        // the state directory is locked when what was left is looked at
        awaitSocket(sign, db);
        assertThat(lines("second")).noneMatch(line -> line.startsWith("db "));

        Files.createFile(place.resolve("go"));

        awaitStart("second", "ADOPTED", second);
        assertThat(db.runs()).isTrue();
    }

    /** Else it would say so to nobody. */
    private void awaitSocket(String sign, ProcessView db) {
        if (sign.startsWith("sd-notify")) {
            String socket = Stream.of(db.read("environ").split("\0"))
                    .filter(entry -> entry.startsWith("NOTIFY_SOCKET="))
                    .findFirst()
                    .orElseThrow()
                    .substring("NOTIFY_SOCKET=".length());
            await().atMost(HostJvm.PATIENCE)
                    .until(() -> Files.readString(Path.of("/proc/net/unix")).contains(socket));
        }
    }

    @ParameterizedTest
    @MethodSource("signs")
    void who_becomes_ready_while_nobody_is_there_is_found_so(String sign, String script) throws Exception {
        assumeTrue(!sign.startsWith("sd-notify"), "a datagram that nobody gets is lost");
        HostJvm first = launch("first", sign, script);
        first.process("pid");
        first.kill();
        Files.createFile(place.resolve("go"));
        await().until(() -> Files.exists(place.resolve("said")));

        HostJvm second = launch("second", sign, script);

        awaitStart("second", "ADOPTED", second);
    }
}
