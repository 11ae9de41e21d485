package io.github.pekkosupervisor.runit.adoption;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process as anybody can see it in {@code /proc}; read anew at each call.
 *
 * @param pid its number
 */
record OneProcess(long pid) {

    /** Whether it exists and is not a zombie. */
    boolean runs() {
        String state = Estate.field(pid, 0);
        return !state.isEmpty() && !state.equals("Z");
    }

    /** Whether a STOP has reached it. */
    boolean isStopped() {
        return Estate.field(pid, 0).equals("T");
    }

    /** Whether it is a JVM by now. */
    boolean isJvm() {
        try {
            return Files.readSymbolicLink(file("exe")).endsWith("java");
        } catch (IOException e) {
            return false;
        }
    }

    /** A file of {@code /proc/PID}, a character for each byte. */
    String read(String name) {
        try {
            return Files.readString(file(name), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has open. */
    List<String> openFiles() {
        List<String> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(file("fd"))) {
            for (Path entry : entries.toList()) {
                files.add(Files.readSymbolicLink(entry).toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private Path file(String name) {
        return Path.of("/proc", String.valueOf(pid), name);
    }
}
