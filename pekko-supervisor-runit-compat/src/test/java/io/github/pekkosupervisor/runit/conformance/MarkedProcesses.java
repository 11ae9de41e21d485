package io.github.pekkosupervisor.runit.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * The processes that carry a variable with a unique value in their environment: a scenario and all its descendants,
 * also those that have moved to another session and lost their parent.
 */
public final class MarkedProcesses {

    public static final String VARIABLE = "PEKKO_SUPERVISOR_TEST";

    private final String value = UUID.randomUUID().toString();

    public String value() {
        return value;
    }

    public List<ProcessHandle> alive() {
        return ProcessHandle.allProcesses().filter(this::isMarked).toList();
    }

    /** One line for each living process. */
    public String describe() {
        return alive().stream()
                .map(process -> process.pid() + " "
                        + read("/proc/" + process.pid() + "/cmdline").replace('\0', ' '))
                .collect(joining("\n"));
    }

    /** Returns when none is left, also of those that were being started meanwhile. */
    public void kill() {
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            List<ProcessHandle> rest = alive();
            rest.forEach(ProcessHandle::destroyForcibly);
            return rest.isEmpty();
        });
    }

    private boolean isMarked(ProcessHandle process) {
        return ("\0" + read("/proc/" + process.pid() + "/environ")).contains("\0" + VARIABLE + "=" + value + "\0");
    }

    private static String read(String file) {
        try {
            return new String(Files.readAllBytes(Path.of(file)), UTF_8);
        } catch (IOException e) {
            return ""; // the process has ended, or belongs to somebody else
        }
    }
}
