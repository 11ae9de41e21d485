package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.log.EventLog;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** The log of crash loops of service directories, as an operator sees it on a terminal. */
class ServiceCrashLoopsTest {

    private static final int ENDS = 3;

    @TempDir
    private Path temp;

    /** The directory of a service directory "web". */
    private Path around(String of, String run, String mode) throws IOException {
        Path service = Files.createDirectories(temp.resolve(of).resolve("web"));
        Path script = Files.writeString(service.resolve("run"), "#!/bin/sh\n" + run + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString(mode));
        return temp.resolve(of);
    }

    /** Each with the event that comes again and again. */
    private Map<ChildSpec, Predicate<TreeEvent>> loops() throws IOException {
        Path fails = around("fails", "sleep 0.05; exit 1", "rwxr-xr-x");
        Path cannotRun = around("cannot-run", "exit 0", "rw-r--r--");
        Path signalled = around("signalled", "sleep 0.05; kill -SEGV $$", "rwxr-xr-x");
        Map<ChildSpec, Predicate<TreeEvent>> loops = new LinkedHashMap<>();
        loops.put(ServiceDirectories.scanned("services", fails), ServiceCrashLoopsTest::hasToWait);
        loops.put(ServiceDirectories.scanned("services", cannotRun), ServiceCrashLoopsTest::hasToWait);
        loops.put(ServiceDirectories.scanned("services", signalled), ServiceCrashLoopsTest::hasToWait);
        return loops;
    }

    private static boolean hasToWait(TreeEvent event) {
        return event instanceof ServiceEvent.Throttled;
    }

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

    private static Lines logOf(ChildSpec loop, Predicate<TreeEvent> again) {
        Lines lines = new Lines();
        EventLog log = new EventLog(lines, System::nanoTime, ForkJoinPool.commonPool());
        AtomicInteger times = new AtomicInteger();
        try (SupervisionTree tree = SupervisionTree.start(
                SupervisorSpec.oneForOne().withChild(loop),
                SupervisionTree.Options.defaults()
                        .withLogging(false)
                        .withListener(log::tell)
                        .withListener(event -> times.addAndGet(again.test(event) ? 1 : 0)))) {
            patiently().until(() -> times.get() >= ENDS);
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
        List<String> names = List.of("a directory of them", "one that cannot be run", "one that a signal ends");
        StringBuilder seen = new StringBuilder();
        AtomicInteger next = new AtomicInteger();
        loops().forEach((loop, again) -> seen.append("---- ")
                .append(names.get(next.getAndIncrement()))
                .append('\n')
                .append(masked(String.join("", logOf(loop, again).lines))));
        Files.createDirectories(Path.of("target"));
        Files.writeString(Path.of("target", "service-crash-loops.txt"), seen);

        assertThat(seen.toString()).isEqualToNormalizingNewlines(expected());
    }

    /** The text of those of a service directory is sorted above, so that their order is looked at here. */
    @Test
    void in_order_as_a_machine_reads_it() throws IOException {
        List<String> stories = loops().entrySet().stream()
                .map(loop -> logOf(loop.getKey(), loop.getValue()).fields.stream()
                        .filter(fields -> fields.containsKey("service_directory"))
                        .map(fields -> String.valueOf(fields.get("event")).replace("service_directory_", "")
                                + (fields.containsKey("pid") ? " pid" : "")
                                + (fields.containsKey("exit") ? " exit" : "")
                                + (fields.containsKey("next_ms") ? " next" : ""))
                        .collect(Collectors.joining(", ")))
                .toList();

        String failing = "started pid, ended pid exit, throttled next, ";
        assertThat(stories.get(0)).startsWith("found, " + failing).contains(failing);
        assertThat(stories.get(1)).startsWith("found, not_run, ended exit, throttled next, ");
        assertThat(stories.get(2)).startsWith("found, " + failing);
    }
}
