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
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The processes that carry a variable with a unique value in their environment: a scenario and all its descendants,
 * also those that have moved to another session and lost their parent.
 */
public final class MarkedProcesses {

    public static final String VARIABLE = "PEKKO_SUPERVISOR_TEST";

    /** A sleep of less than a second, what does something with a file, and a shell that is to become one of these. */
    private static final Pattern ENDS_BY_ITSELF =
            Pattern.compile("\\d+ (sleep 0\\.\\d+|(touch|mkdir|rm|mv|ln|chmod) .*|/bin/sh \\S+( .*)?) *");

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

    /**
     * The same, when all is over: what a shell had started itself when it was killed, or was about to start, ends by
     * itself a moment later.
     */
    public String describeLeft() {
        try {
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> !describe()
                                    .lines()
                                    .allMatch(
                                            line -> ENDS_BY_ITSELF.matcher(line).matches())
                            || alive().isEmpty());
        } catch (ConditionTimeoutException e) {
            // it has not
        }
        return describe();
    }

    /** Returns when none is left, also of those that were being started meanwhile. */
    public void kill() {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(() -> {
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
