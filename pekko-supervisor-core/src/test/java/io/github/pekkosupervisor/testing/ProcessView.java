package io.github.pekkosupervisor.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
public record ProcessView(long pid) {

    /** This JVM. */
    public static ProcessView ofThisJvm() {
        return new ProcessView(ProcessHandle.current().pid());
    }

    /** Whether it exists and is not a zombie. */
    public boolean runs() {
        try {
            return !stat().get(2).equals("Z");
        } catch (UncheckedIOException gone) {
            return false;
        }
    }

    /** Whether a STOP has reached it. */
    public boolean isStopped() {
        return stat().get(2).equals("T");
    }

    /** Whether its number is taken, be it by a zombie. */
    public boolean exists() {
        return Files.exists(file("stat"));
    }

    /** The id of its process group. */
    public long group() {
        return Long.parseLong(stat().get(4));
    }

    /** The id of its session. */
    public long session() {
        return Long.parseLong(stat().get(5));
    }

    /** The descriptors that it has open, by number. */
    public List<String> descriptors() {
        try (Stream<Path> entries = Files.list(file("fd"))) {
            return entries.map(entry -> String.valueOf(entry.getFileName()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What it has open, each as often as it is; by which number may change when others open and close theirs. */
    public List<String> openFiles() {
        List<String> files = new ArrayList<>();
        for (String number : descriptors()) {
            try {
                files.add(Files.readSymbolicLink(file("fd").resolve(number)).toString());
            } catch (IOException e) {
                // closed meanwhile
            }
        }
        return files;
    }

    /** What it has open besides those that {@link #openFiles} has said. */
    public List<String> openBesides(List<String> before) {
        List<String> left = new ArrayList<>(openFiles());
        before.forEach(left::remove);
        // that of who looks
        left.removeIf(file -> file.matches("/proc/[0-9]+(/task/[0-9]+)?/fd"));
        return left;
    }

    /** Waits until that is nothing; another thread may have one open for a moment. */
    public void awaitNoneBesides(List<String> before) {
        await().untilAsserted(() -> assertThat(openBesides(before)).isEmpty());
    }

    /** What it has open under this number. */
    public Path descriptor(int number) {
        try {
            return Files.readSymbolicLink(file("fd").resolve(String.valueOf(number)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of a line of {@code /proc/PID/status}. */
    public String status(String key) {
        return read("status")
                .lines()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).trim())
                .findFirst()
                .orElseThrow();
    }

    /** The soft limit of open files. */
    public String openFilesLimit() {
        return read("limits")
                .lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split(" +", -1)[3])
                .findFirst()
                .orElseThrow();
    }

    /** A file of {@code /proc/PID}, a character for each byte. */
    public String read(String name) {
        try {
            return Files.readString(file(name), ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(String name) {
        return Path.of("/proc", String.valueOf(pid), name);
    }

    /** The fields of {@code /proc/PID/stat}, numbered from 0; the command, field 1, is cut out. */
    private List<String> stat() {
        String text = read("stat");
        int end = text.lastIndexOf(')');
        return Stream.concat(
                        Stream.of(String.valueOf(pid), ""),
                        Stream.of(text.substring(end + 2).trim().split(" ", -1)))
                .toList();
    }
}
