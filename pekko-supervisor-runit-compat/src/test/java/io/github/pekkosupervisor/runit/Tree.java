package io.github.pekkosupervisor.runit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkosupervisor.runit.conformance.MarkedProcesses;
import io.github.pekkosupervisor.runit.supervise.ServiceStatus;
import io.github.pekkosupervisor.runit.supervise.StateFiles;
import io.github.pekkosupervisor.runit.supervise.StatusBytes;
import io.github.pekkosupervisor.runit.supervise.UnitRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A directory of real service directories under an actor {@link Runsvdir} in this JVM. Every process of it carries a
 * marker; closing it stops the actor and fails if a process is left.
 */
final class Tree implements AutoCloseable {

    /** Tells a hang from an answer; measures nothing. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final @Nullable ActorTestKit kit;
    private final MarkedProcesses processes = new MarkedProcesses();
    private final CrashingClock clock = new CrashingClock();
    private final List<String> messages = new CopyOnWriteArrayList<>();
    private @Nullable ActorRef<Runsvdir.Command> runsvdir;

    Tree(Path directory, ActorTestKit kit) {
        this.directory = directory;
        this.kit = kit;
    }

    /** The directories alone, for somebody else to supervise. */
    Tree(Path directory) {
        this.directory = directory;
        this.kit = null;
    }

    private ActorTestKit kit() {
        return Objects.requireNonNull(kit, "somebody else supervises these");
    }

    /** What is looked at may be about to be written for the first time. */
    static ConditionFactory patiently() {
        return await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptionsMatching(
                        e -> e instanceof UncheckedIOException && e.getCause() instanceof NoSuchFileException);
    }

    CrashingClock clock() {
        return clock;
    }

    void start() {
        start(settings -> settings);
    }

    void start(UnaryOperator<RunsvdirSettings> changed) {
        runsvdir = kit().spawn(Runsvdir.create(changed.apply(settings())), Runsvdir.dispatcher());
    }

    /** As a launcher that stops in order. */
    void startInOrder() {
        LauncherSettings launcher = new LauncherSettings(code -> {}, true, Optional.empty(), Optional.empty());
        runsvdir = kit().spawn(
                        Runsvdir.create(settings(), new LauncherLock(), StreamPlace.ALONE, launcher),
                        Runsvdir.dispatcher());
    }

    private RunsvdirSettings settings() {
        return RunsvdirSettings.of(directory)
                .withClock(clock)
                .withMessages(message -> messages.add(message.toString()));
    }

    /** How all stands. */
    RunsvdirSnapshot snapshot() {
        TestProbe<RunsvdirSnapshot> probe = kit().createTestProbe();
        if (runsvdir != null) {
            runsvdir.tell(new Runsvdir.Snapshot(probe.getRef()));
        }
        return probe.receiveMessage(PATIENCE);
    }

    /** As ALRM does. */
    void rescan() {
        if (runsvdir != null) {
            runsvdir.tell(Runsvdir.Rescan.INSTANCE);
        }
    }

    List<String> messages() {
        return List.copyOf(messages);
    }

    void awaitMessage(String part) {
        patiently().until(() -> messages.stream().anyMatch(message -> message.contains(part)));
    }

    /** Waits until what the clock was armed for has happened and the parent has said so. */
    void awaitCrash() {
        patiently().until(clock::hasCrashed);
        awaitMessage("failed and is taken up again");
    }

    /** Waits until these are the living processes of all services; a script is one a moment after its start. */
    void awaitPids(Long... expected) {
        patiently().untilAsserted(() -> assertThat(pids()).containsExactlyInAnyOrder(expected));
    }

    /** The living processes of all services. */
    List<Long> pids() {
        return processes.alive().stream().map(ProcessHandle::pid).toList();
    }

    /** A service directory, empty as yet. */
    Service service(String name) throws IOException {
        Path service = Files.createDirectories(directory.resolve(name));
        // whatever the umask: nobody else may change where we are to write a log
        Files.setPosixFilePermissions(service, PosixFilePermissions.fromString("rwxr-xr-x"));
        return new Service(service);
    }

    /** A service directory that is somewhere else, and to be linked to. */
    Service serviceAt(Path place) throws IOException {
        return new Service(Files.createDirectories(place));
    }

    /** One service directory as an outsider sees it. */
    final class Service {
        private final Path path;

        private Service(Path path) {
            this.path = path;
        }

        Path path() {
            return path;
        }

        /** Writes a script; whatever it becomes by exec is marked. */
        Service script(String name, String text) throws IOException {
            Path script = path.resolve(name);
            Files.createDirectories(script.getParent());
            Scripts.write(
                    script,
                    "#!/bin/sh\nexport " + MarkedProcesses.VARIABLE + "=" + processes.value() + "\n" + text + "\n");
            return this;
        }

        Service file(String name) throws IOException {
            Files.createDirectories(path.resolve(name).getParent());
            Files.writeString(path.resolve(name), "");
            return this;
        }

        ServiceStatus status() {
            return status("");
        }

        ServiceStatus logStatus() {
            return status("log/");
        }

        private ServiceStatus status(String parent) {
            try {
                return StatusBytes.parse(Files.readAllBytes(path.resolve(parent + "supervise/status")))
                        .orElseThrow();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** What is left behind of it for another supervisor. */
        Optional<UnitRecord> record() throws IOException {
            return StateFiles.read(path.resolve("supervise/.state"));
        }

        /** The same of its logger. */
        Optional<UnitRecord> logRecord() throws IOException {
            return StateFiles.read(path.resolve("log/supervise/.state"));
        }

        /** Waits for a process of {@code run} and returns its pid. */
        int awaitRun() {
            return awaitRun("");
        }

        int awaitLogRun() {
            return awaitRun("log/");
        }

        private int awaitRun(String parent) {
            return patiently()
                    .ignoreExceptions()
                    .until(
                            () -> status(parent),
                            status -> status.state() == ServiceStatus.State.RUN && status.pid() != 0)
                    .pid();
        }

        /** Writes command bytes in one write. */
        void control(String bytes) throws IOException {
            write("supervise/control", bytes);
        }

        void logControl(String bytes) throws IOException {
            write("log/supervise/control", bytes);
        }

        private void write(String fifo, String bytes) throws IOException {
            Files.write(
                    path.resolve(fifo),
                    bytes.getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                    StandardOpenOption.WRITE);
        }

        /** Waits until the file has this many lines and returns them. */
        List<String> awaitLines(String file, int count) {
            patiently().until(() -> lines(file).size() >= count);
            return lines(file);
        }

        List<String> lines(String file) {
            try {
                return Files.exists(path.resolve(file)) ? Files.readAllLines(path.resolve(file)) : List.of();
            } catch (NoSuchFileException e) {
                // it has just been renamed
                return List.of();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** As by HUP, and waits until that is over. */
    void stop() {
        if (runsvdir != null) {
            beginStop(Runsvdir.Stop::new).run();
        }
    }

    /**
     * Asks for the end of all.
     *
     * @return what waits until it is over
     */
    Runnable beginStop(Function<ActorRef<Done>, Runsvdir.Command> how) {
        TestProbe<Done> stopped = kit().createTestProbe();
        Objects.requireNonNull(runsvdir, "not started").tell(how.apply(stopped.getRef()));
        runsvdir = null;
        return () -> stopped.expectMessage(PATIENCE, Done.getInstance());
    }

    @Override
    public void close() {
        try {
            stop();
            assertThat(processes.describeLeft()).as("processes left behind").isEmpty();
        } finally {
            processes.kill();
        }
    }
}
