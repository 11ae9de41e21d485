package io.github.pekkosupervisor.examples.soak;

import io.github.pekkosupervisor.examples.MarkedProcesses;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The launcher: the dist's runsvdir on a services directory, lost and followed by another one. */
final class Launcher {

    /** For what is sure to come, however slow the machine is. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int AFTER_HUP = 111;

    private final Path dist;
    private final Path services;
    private final Path messages;
    private final MarkedProcesses marked;
    private Process process;
    private boolean isStopped;

    private Launcher(Path dist, Path services, Path messages, MarkedProcesses marked) throws IOException {
        this.dist = dist;
        this.services = services;
        this.messages = messages;
        this.marked = marked;
        this.process = begin();
    }

    static Launcher start(Path dist, Path services, Path messages, MarkedProcesses marked) throws IOException {
        return new Launcher(dist, services, messages, marked);
    }

    private Process begin() throws IOException {
        // a session of its own, as that of a system has
        ProcessBuilder builder = new ProcessBuilder(
                        "setsid", dist.resolve("runsvdir").toString(), services.toString())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(messages.toFile()));
        builder.environment().merge("PATH", dist.toString(), (path, own) -> own + File.pathSeparator + path);
        return marked.start(builder);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean isStopped() {
        return isStopped;
    }

    /** Whether it has this file open. */
    boolean holds(Path file) throws IOException {
        if (!isAlive()) {
            return false;
        }
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid()), "fd"))) {
            for (Path descriptor : open) {
                if (leadsTo(descriptor, file)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean leadsTo(Path descriptor, Path file) {
        try {
            return Files.readSymbolicLink(descriptor).equals(file);
        } catch (IOException closed) {
            return false;
        }
    }

    void kill() throws IOException {
        process.destroyForcibly();
        awaitEnd();
        isStopped = false;
    }

    void startAgain() throws IOException {
        process = begin();
    }

    void stop() throws IOException {
        Commands.signal("STOP", pid());
        isStopped = true;
    }

    void goOn() throws IOException {
        Commands.signal("CONT", pid());
        isStopped = false;
    }

    /** Asks it to become another one of the same distribution; what becomes of that shows in the end of who asks. */
    Process askForUpgrade() throws IOException {
        return marked.start(
                new ProcessBuilder(dist.resolve("pekko-supervisor").toString(), "upgrade", services.toString())
                        .redirectInput(Redirect.from(new File("/dev/null")))
                        .redirectErrorStream(true)
                        .redirectOutput(Redirect.appendTo(messages.toFile())));
    }

    Gauge gauge() throws IOException {
        return Gauge.of(pid());
    }

    /** How many files it has open. */
    private long open() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(pid()), "fd"))) {
            return open.count();
        }
    }

    /** Lets it open so many more, and no more. */
    void limitFiles(int more) throws IOException {
        limit("--nofile=" + (open() + more) + ":");
    }

    void limitProcesses() throws IOException {
        limit("--nproc=1:");
    }

    /** Up to its hard limits again. */
    void unlimited() throws IOException {
        for (String resource : new String[] {"nofile", "nproc"}) {
            String hard = Commands.output(
                            "prlimit",
                            "--pid",
                            Long.toString(pid()),
                            "--raw",
                            "--noheadings",
                            "--output=HARD",
                            "--" + resource)
                    .strip();
            limit("--" + resource + "=" + hard + ":");
        }
    }

    private void limit(String words) throws IOException {
        Commands.succeeds("prlimit", "--pid", Long.toString(pid()), words);
    }

    /** Has it stop everything: whether it has ended as runit's does. */
    boolean hangsUp() throws IOException {
        Commands.signal("HUP", pid());
        return awaitEnd() && process.exitValue() == AFTER_HUP;
    }

    private boolean awaitEnd() throws IOException {
        try {
            return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the launcher ends", e);
        }
    }
}
