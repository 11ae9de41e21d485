package io.github.pekkosupervisor.process;

import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.testing.ProcessView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM that is there to be killed. What it starts says in files of a directory who it is. */
final class HostJvm {

    static final Duration PATIENCE = Duration.ofSeconds(50);

    private final Path place;
    private final Process process;

    /** Launches it; its program is given the directory, and then these arguments. */
    HostJvm(Class<?> program, Path place, String... arguments) throws IOException {
        this(List.of("setsid"), program, place, arguments);
    }

    /** The same by a command that it follows. */
    HostJvm(List<String> before, Class<?> program, Path place, String... arguments) throws IOException {
        this.place = place;
        Stream<String> command = Stream.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                place.toString());
        this.process = new ProcessBuilder(Stream.of(before.stream(), command, Stream.of(arguments))
                        .flatMap(words -> words)
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(place.resolve("log").toFile()))
                .start();
    }

    /** As by {@code kill -9}. */
    void kill() {
        process.destroyForcibly()
                .onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    /** As by TERM; returns when it has ended. */
    void terminate() {
        process.destroy();
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Kills it, and all that it has started of these. */
    void killWith(String... names) {
        process.destroyForcibly().onExit().join();
        Stream.of(names)
                .filter(name -> Files.exists(place.resolve(name)))
                .forEach(name -> ProcessHandle.of(process(name).pid()).ifPresent(ProcessHandle::destroyForcibly));
    }

    Stream<ProcessHandle> descendants() {
        return process.descendants();
    }

    /** The process that has written a file of this name. */
    ProcessView process(String name) {
        awaitFile(name);
        try {
            return new ProcessView(
                    Long.parseLong(Files.readString(place.resolve(name)).trim()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitFile(String name) {
        await().atMost(PATIENCE).until(() -> Files.exists(place.resolve(name)));
    }

    /** The guard that runs. */
    ProcessView guard() {
        await().atMost(PATIENCE).until(() -> guards().findAny().isPresent());
        return guards().findAny().orElseThrow();
    }

    Stream<ProcessView> guards() {
        return descendants()
                .filter(found ->
                        List.of(found.info().arguments().orElse(new String[0])).contains("pekko-supervisor-guard"))
                .map(found -> new ProcessView(found.pid()))
                .filter(ProcessView::runs);
    }

    /** In the host: writes a number into a file, which appears with it. */
    static void write(Path place, String name, long number) {
        try {
            Path half = Files.writeString(place.resolve(name + ".half"), number + "\n");
            Files.move(half, place.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
