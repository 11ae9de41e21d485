package io.github.pekkosupervisor.examples.guide;

import io.github.pekkosupervisor.examples.Await;
import io.github.pekkosupervisor.examples.MarkedProcesses;
import io.github.pekkosupervisor.examples.guide.Session.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** A program of the guide in a JVM of its own, and what it says. */
final class Running implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MarkedProcesses processes =
            new MarkedProcesses(UUID.randomUUID().toString());
    private final Path output;
    private final Process process;

    /**
     * Starts it.
     *
     * @param place where its output and the like go
     * @param logback the text of its logback.xml
     */
    Running(Class<?> main, Path place, String logback) throws IOException {
        output = place.resolve("output");
        Path configuration = Files.writeString(place.resolve("logback.xml"), logback);
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                // without them later versions of Java warn, in between
                "--enable-native-access=ALL-UNNAMED",
                "-Dsun.misc.unsafe.memory.access=allow",
                "-Dlogback.configurationFile=" + configuration,
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        process = processes.start(builder);
    }

    long pid() {
        return process.pid();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return "(unreadable: " + e + ")";
        }
    }

    /** Waits until it has said that, as a page shows it, and nothing else since its start. */
    boolean says(String page) {
        Step step = new Step("", page);
        return Await.reached(() -> step.accepts(output()), PATIENCE);
    }

    /** The first group of the last place that is so. */
    String last(Pattern pattern) {
        return pattern.matcher(output())
                .results()
                .map(result -> result.group(1))
                .reduce((one, next) -> next)
                .orElseThrow();
    }

    int exitCode() {
        process.destroy();
        return process.onExit()
                .orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join()
                .exitValue();
    }

    boolean nobodyIsLeft() {
        return Await.reached(() -> processes.find().isEmpty(), PATIENCE);
    }

    @Override
    public void close() {
        processes.close();
        process.destroyForcibly();
        processes.killAll();
    }
}
