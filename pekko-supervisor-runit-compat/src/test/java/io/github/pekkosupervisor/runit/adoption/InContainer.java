package io.github.pekkosupervisor.runit.adoption;

import static io.github.pekkosupervisor.runit.adoption.Estate.lines;
import static io.github.pekkosupervisor.runit.adoption.Estate.patiently;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Tests of a launcher that is process 1, in a namespace of processes, or does what that does. */
abstract class InContainer extends InEstate {

    /** Said by a service, in its directory. */
    private static final String READY = "echo ${PWD##*/} >>../../ready";

    private static final Path UNSHARE = Path.of("/usr/bin/unshare");

    /** Words that make namespaces for a command, whose last process ends with the one that has made them. */
    static List<String> namespaces(String... more) {
        Needs.that(Files.isExecutable(UNSHARE), "there is no unshare; apt install util-linux");
        List<String> words = new ArrayList<>(List.of(UNSHARE.toString()));
        if (!"root".equals(System.getProperty("user.name"))) {
            words.add("--map-root-user");
        }
        words.addAll(List.of("--pid", "--fork", "--kill-child"));
        words.addAll(List.of(more));
        List<String> attempt = new ArrayList<>(words);
        attempt.add("true");
        assumeTrue(Estate.run(attempt.toArray(String[]::new)).isEmpty(), "namespaces cannot be made here");
        return words;
    }

    /** A service that notes its end, with what {@code finish} is told. */
    Path service(String name, String run) throws IOException {
        Path directory = estate.make(name, run);
        Estate.script(directory.resolve("finish"), "echo " + name + " $1 $2 >>../../ends");
        estate.link(name);
        return directory;
    }

    /** One that is deaf to TERM, as soon as it has said that it is ready. */
    void deaf(String name) throws IOException {
        service(name, "trap '' TERM\n" + READY + "\nexec sleep 100000");
    }

    /** One that does this when it is told to end, as soon as it has said that it is ready. */
    Path ending(String name, String signal, String what) throws IOException {
        return service(name, "trap '" + what + "' " + signal + "\n" + READY + "\nwhile :; do sleep 0.05; done");
    }

    void awaitReady(String... names) {
        patiently()
                .untilAsserted(
                        () -> assertThat(lines(estate.root().resolve("ready"))).contains(names));
    }

    /** Who has ended, in this order. */
    List<String> ends() {
        return lines(estate.root().resolve("ends"));
    }

    /** The process that the launcher is, as it is known here, where another one has made namespaces for it. */
    long first() {
        patiently().until(() -> children(estate.launcher().pid()).size() == 1);
        return children(estate.launcher().pid()).get(0);
    }

    /** The children of a process, zombies too. */
    static List<Long> children(long pid) {
        return stats(pid)
                .map(stat -> Long.parseLong(stat.substring(0, stat.indexOf(' '))))
                .toList();
    }

    static List<Long> zombies(long pid) {
        return stats(pid)
                .filter(stat -> stat.substring(stat.lastIndexOf(')')).startsWith(") Z "))
                .map(stat -> Long.parseLong(stat.substring(0, stat.indexOf(' '))))
                .toList();
    }

    private static Stream<String> stats(long parent) {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            all.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .flatMap(path -> lines(path.resolve("stat")).stream().limit(1))
                    .filter(stat -> stat.substring(stat.lastIndexOf(')') + 2)
                            .split(" ", 3)[1]
                            .equals(String.valueOf(parent)))
                    .forEach(found::add);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return found.stream();
    }

    /** What the launcher has exited with. */
    int exitCode() throws InterruptedException {
        assertThat(estate.launcher().waitFor(Estate.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("launcher ends; it has said: %s", estate.complaints())
                .isTrue();
        return estate.launcher().exitValue();
    }
}
