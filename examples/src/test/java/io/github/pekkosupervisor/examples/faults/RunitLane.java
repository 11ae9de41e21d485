package io.github.pekkosupervisor.examples.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkosupervisor.runit.Runsvdir;
import io.github.pekkosupervisor.runit.RunsvdirSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;

/** A {@link Runsvdir} with a service directory that is in no scenario: it copies lines to a log of ours. */
final class RunitLane extends Lane {

    private final Path services;
    private final Path depot;
    private final ActorRef<Runsvdir.Command> runsvdir;
    private final ServiceDirectoryUnderTest bystander;
    private final int bystanderPid;
    private final RandomAccessFile feed;
    private final AtomicInteger fed = new AtomicInteger();
    /** What was wrong before is told once. */
    private List<String> known = List.of();

    RunitLane(Path directory, String name) throws IOException {
        super(directory, name);
        services = Files.createDirectories(directory.resolve("services"));
        depot = Files.createDirectories(directory.resolve("depot"));
        bystander = ServiceDirectoryUnderTest.create(depot.resolve("bystander"))
                .script("run", "exec cat <>feed")
                .file("service.conf", "log { directory = main }\n")
                .file("log/main/config", "s1000000\nn0\n")
                .old();
        Path fifo = bystander.path().resolve("feed");
        await_("mkfifo", () -> run("mkfifo", fifo.toString()));
        feed = new RandomAccessFile(fifo.toFile(), "rw");
        link(bystander);
        runsvdir = spawn(Runsvdir.create(settings(services)));
        bystanderPid = bystander.awaitUp("", 0);
    }

    private static boolean run(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException | InterruptedException e) {
            return false;
        }
    }

    RunsvdirSettings settings(Path directory) {
        return RunsvdirSettings.of(directory).withMessages(message -> heard(message.toString()));
    }

    <T> ActorRef<T> spawn(Behavior<T> behavior) {
        CompletionStage<ActorRef<T>> spawned = AskPattern.ask(
                system(),
                (ActorRef<ActorRef<T>> replyTo) -> new SpawnProtocol.Spawn<>(
                        behavior, "", Props.empty().withDispatcherFromConfig("pekko-supervisor.dispatcher"), replyTo),
                Duration.ofSeconds(10),
                system().scheduler());
        return spawned.toCompletableFuture().join();
    }

    void stop(ActorRef<Runsvdir.Command> which) {
        CompletableFuture<Done> done = AskPattern.<Runsvdir.Command, Done>ask(
                        which, Runsvdir.Stop::new, PATIENCE, system().scheduler())
                .toCompletableFuture();
        done.join();
    }

    /** A service directory that is not yet among those that are supervised. */
    ServiceDirectoryUnderTest prepare(String name) throws IOException {
        return ServiceDirectoryUnderTest.create(depot.resolve(name));
    }

    void link(ServiceDirectoryUnderTest service) throws IOException {
        Files.createSymbolicLink(services.resolve(service.path().getFileName()), service.path());
    }

    void unlink(ServiceDirectoryUnderTest service) throws IOException {
        Files.deleteIfExists(services.resolve(service.path().getFileName()));
    }

    @Override
    boolean plays(Scenario scenario) {
        return scenario instanceof RunitScenarios || scenario instanceof ExportScenarios;
    }

    @Override
    void checkBystanders() throws Exception {
        int next = known.size() + fed.incrementAndGet();
        feed.write((next + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        List<String> all = new ArrayList<>(known);
        IntStream.rangeClosed(known.size() + 1, next)
                .mapToObj(Integer::toString)
                .forEach(all::add);
        await_("the bystander's log has line " + next, () -> {
            try {
                return bystander.logged("log/main").size() >= next;
            } catch (IOException e) {
                return false;
            }
        });
        List<String> logged = bystander.logged("log/main");
        if (!logged.equals(all)) {
            known = logged;
            fed.set(0);
        }
        assertThat(logged.subList(Math.max(0, logged.size() - 5), logged.size()))
                .as("the end of the bystander's log")
                .isEqualTo(all.subList(Math.max(0, all.size() - 5), all.size()));
        assertThat(logged).as("the bystander's log").isEqualTo(all);
        assertThat(bystander.status("").pid()).as("the bystander's pid").isEqualTo(bystanderPid);
    }

    @Override
    public void close() {
        try {
            stop(runsvdir);
            feed.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } finally {
            super.close();
        }
    }
}
