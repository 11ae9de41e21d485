package io.github.pekkosupervisor.examples.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A real service directory as an outsider sees it. */
record ServiceDirectoryUnderTest(Path path) {

    static ServiceDirectoryUnderTest create(Path path) throws IOException {
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new ServiceDirectoryUnderTest(path);
    }

    ServiceDirectoryUnderTest script(String name, String text) throws IOException {
        Path script = path.resolve(name);
        Files.createDirectories(script.getParent());
        Path draft =
                Files.writeString(script.resolveSibling(script.getFileName() + ".draft"), "#!/bin/sh\n" + text + "\n");
        copy(draft, script);
        Files.delete(draft);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        return this;
    }

    /**
     * By a process that is nobody's parent: whoever is being started while this JVM writes has the file open until it
     * has become its program, and so long nobody can execute it.
     */
    private static void copy(Path from, Path to) throws IOException {
        Process copy = new ProcessBuilder("cp", "--", from.toString(), to.toString()).start();
        try {
            if (copy.waitFor() != 0) {
                throw new IOException("cannot write " + to + ": "
                        + new String(copy.getErrorStream().readAllBytes(), UTF_8));
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    ServiceDirectoryUnderTest file(String name, String text) throws IOException {
        Files.createDirectories(path.resolve(name).getParent());
        Files.writeString(path.resolve(name), text);
        return this;
    }

    /** Removes all of it. */
    void remove() throws Exception {
        remove(".");
    }

    /** Removes a part of it. */
    void remove(String part) throws Exception {
        new ProcessBuilder("rm", "-r", path.resolve(part).normalize().toString())
                .start()
                .waitFor();
    }

    /** Nobody is at work on it any more, as far as its time tells. */
    ServiceDirectoryUnderTest old() throws IOException {
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofSeconds(10))));
        return this;
    }

    ServiceStatus status(String parent) {
        try {
            return StatusBytes.parse(Files.readAllBytes(path.resolve(parent + "supervise/status")))
                    .orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    boolean isUp(String parent) {
        return isUp(status(parent));
    }

    private static boolean isUp(ServiceStatus status) {
        return status.state() == ServiceStatus.State.RUN
                && status.pid() != 0
                && ProcessHandle.of(status.pid()).isPresent();
    }

    /** The pid of the one that is up, if that is another one than before; by one look, since it may end between two. */
    Optional<Integer> upAfter(String parent, int before) {
        ServiceStatus status = status(parent);
        return isUp(status) && status.pid() != before ? Optional.of(status.pid()) : Optional.empty();
    }

    /** Waits for a process and returns its pid. */
    int awaitUp(String parent, int before) {
        AtomicInteger pid = new AtomicInteger();
        Lane.await_(path.getFileName() + " " + parent + " up again after " + before, () -> {
            upAfter(parent, before).ifPresent(pid::set);
            return pid.get() != 0;
        });
        return pid.get();
    }

    void awaitState(ServiceStatus.State state) {
        Lane.await_(path.getFileName() + " " + state, () -> status("").state() == state);
    }

    void control(String bytes) {
        write("supervise/control", bytes);
    }

    private void write(String fifo, String bytes) {
        try {
            Files.write(path.resolve(fifo), bytes.getBytes(UTF_8), StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    void logControl(String bytes) {
        write("log/supervise/control", bytes);
    }

    static void kill(int pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** From now on it shows whether a file has been written since. */
    void age(String file) throws IOException {
        Files.setLastModifiedTime(path.resolve(file), FileTime.fromMillis(0));
    }

    boolean isWritten(String file) {
        try {
            return Files.getLastModifiedTime(path.resolve(file)).toMillis() != 0;
        } catch (IOException e) {
            return false;
        }
    }

    boolean hasLines(String file, int lines) {
        try {
            return lines(file).size() >= lines;
        } catch (IOException e) {
            return false;
        }
    }

    List<String> lines(String file) throws IOException {
        Path lines = path.resolve(file);
        return Files.exists(lines) ? Files.readAllLines(lines) : List.of();
    }

    /** All lines of a log directory, oldest first. */
    List<String> logged(String directory) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(path.resolve(directory))) {
            for (Path file :
                    files.filter(ServiceDirectoryUnderTest::isRotated).sorted().toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        Path current = path.resolve(directory).resolve("current");
        if (Files.exists(current)) {
            lines.addAll(Files.readAllLines(current));
        }
        // instead of a datagram
        lines.removeIf(line -> line.startsWith("warning: "));
        return lines;
    }

    /** What a processor has left over after it has done its work counts once. */
    private static boolean isRotated(Path file) {
        String name = file.getFileName().toString();
        return name.matches("@.*\\.[su]")
                && !(name.endsWith("u") && Files.exists(file.resolveSibling(name.replaceAll("u$", "s"))));
    }

    /** Nobody supervises it: its lock can be had. */
    boolean isFree() {
        try (Directory home =
                        Directory.open(OsString.of(path.resolve("supervise").toString()));
                Descriptor lock = home.openAppend(OsString.of("lock"), 0600, Directory.Links.REFUSE)) {
            lock.lock();
            return true;
        } catch (PosixException e) {
            return false;
        }
    }
}
