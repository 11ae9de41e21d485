package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.log.EventLog;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** The log of crash loops of service directories, as an operator sees it on a terminal. */
class ServiceCrashLoopsTest {

    private static final int ENDS = 3;
    private static final int ATTEMPTS = 6;

    @TempDir
    private Path temp;

    /** The directory of a service directory "web". */
    private Path around(String of, String run, String mode) throws IOException {
        Path service = Files.createDirectories(temp.resolve(of).resolve("web"));
        Path script = Scripts.write(service.resolve("run"), "#!/bin/sh\n" + run + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString(mode));
        return temp.resolve(of);
    }

    /**
     * A service directory that fails each time.
     *
     * @param mode of its run
     */
    private record Loop(String name, String run, String mode) {}

    private static final List<Loop> LOOPS = List.of(
            new Loop("a directory of them", "sleep 0.05; exit 1", "rwxr-xr-x"),
            new Loop("one that cannot be run", "exit 0", "rw-r--r--"),
            new Loop("one that a signal ends", "sleep 0.05; kill -SEGV $$", "rwxr-xr-x"));

    /** As a tree's own log says it; the launcher's goes by the same words. */
    private static final class Lines implements EventLog.Writer {
        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final List<Map<String, Object>> fields = new CopyOnWriteArrayList<>();

        @Override
        public boolean writes(Level level) {
            return level != Level.DEBUG && level != Level.TRACE;
        }

        @Override
        public boolean wantsAll() {
            return false;
        }

        @Override
        public void write(LogEntry entry) {
            fields.add(entry.fields());
            lines.add(String.format(Locale.ROOT, "%-5s %s\n", entry.level(), entry.text()));
        }
    }

    /** Plays it until the machine has held up neither a run, which would be no short one, nor this thread. */
    private Lines logOf(Loop loop) throws IOException {
        for (int attempt = 1; ; attempt++) {
            List<TreeEvent> told = new CopyOnWriteArrayList<>();
            Lines lines = logOf(around(loop.name + attempt, loop.run, loop.mode), told);
            boolean isShort = ends(told).allMatch(end -> end.ran().compareTo(Duration.ofSeconds(1)) < 0);
            if (attempt == ATTEMPTS || (isShort && ends(told).count() == ENDS)) {
                return lines;
            }
        }
    }

    private static Stream<ServiceEvent.Ended> ends(List<TreeEvent> told) {
        return told.stream().filter(ServiceEvent.Ended.class::isInstance).map(ServiceEvent.Ended.class::cast);
    }

    private static Lines logOf(Path directory, List<TreeEvent> told) {
        Lines lines = new Lines();
        EventLog log = new EventLog(lines, System::nanoTime, ForkJoinPool.commonPool());
        try (SupervisionTree tree = SupervisionTree.start(
                SupervisorSpec.oneForOne().withChild(ServiceDirectories.scanned("services", directory)),
                SupervisionTree.Options.defaults()
                        .withLogging(false)
                        .withListener(log::tell)
                        .withListener(told::add))) {
            patiently()
                    .until(() -> told.stream()
                                    .filter(ServiceEvent.Throttled.class::isInstance)
                                    .count()
                            >= ENDS);
            assertThat(tree.whenEnded().toCompletableFuture())
                    .as("runit goes on")
                    .isNotDone();
        }
        patiently().until(() -> lines.lines.stream().anyMatch(line -> line.contains("supervisor [/] ends with")));
        return lines;
    }

    /** Without what is another each time; those of the supervisor first, which is at work beside the other. */
    private String masked(String log) {
        String lines = log.lines()
                .sorted(Comparator.comparing((String line) -> !line.contains(" supervisor [")))
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        String length = "[0-9.]+ (ms|s|min( [0-9]+ s)?)";
        return lines.replace(temp.toString(), "TEMP")
                .replaceAll("pid [0-9]+", "pid N")
                .replaceAll("owner user [0-9]+", "owner user N")
                .replaceAll("ran " + length, "ran T")
                .replaceAll("(times|once) in " + length, "$1 in T");
    }

    private static String expected() throws IOException {
        try (InputStream golden = Objects.requireNonNull(
                ServiceCrashLoopsTest.class.getResourceAsStream("service-crash-loops.txt"),
                "service-crash-loops.txt")) {
            return new String(golden.readAllBytes(), UTF_8);
        }
    }

    /** The golden text is in the resources; what was seen is in {@code target/service-crash-loops.txt}. */
    @Test
    void on_a_terminal() throws IOException {
        StringBuilder seen = new StringBuilder();
        for (Loop loop : LOOPS) {
            seen.append("---- ").append(loop.name).append('\n').append(masked(String.join("", logOf(loop).lines)));
        }
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "service-crash-loops.txt"), seen);

        assertThat(seen.toString()).isEqualToNormalizingNewlines(expected());
    }

    /** The text of those of a service directory is sorted above, so that their order is looked at here. */
    @Test
    void in_order_as_a_machine_reads_it() throws IOException {
        List<String> stories = new ArrayList<>();
        for (Loop loop : LOOPS) {
            stories.add(logOf(loop).fields.stream()
                    .filter(fields -> fields.containsKey("service_directory"))
                    .map(fields -> String.valueOf(fields.get("event")).replace("service_directory_", "")
                            + (fields.containsKey("pid") ? " pid" : "")
                            + (fields.containsKey("exit") ? " exit" : "")
                            + (fields.containsKey("next_ms") ? " next" : ""))
                    .collect(Collectors.joining(", ")));
        }

        String failing = "started pid, ended pid exit, throttled next, ";
        assertThat(stories.get(0)).startsWith("found, " + failing).contains(failing);
        assertThat(stories.get(1)).startsWith("found, not_run, ended exit, throttled next, ");
        assertThat(stories.get(2)).startsWith("found, " + failing);
    }
}
