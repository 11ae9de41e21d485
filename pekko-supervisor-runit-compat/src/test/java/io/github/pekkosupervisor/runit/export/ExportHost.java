package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM of its own with a tree that is shown, to be killed, or to run as somebody else. */
final class ExportHost implements AutoCloseable {

    private final Path directory;
    private final Path log;
    private final Process process;

    private ExportHost(Path directory, Path log, Process process) {
        this.directory = directory;
        this.log = log;
        this.process = process;
    }

    /**
     * Runs until it is told to end. The first argument is the directory, the others are options: {@code group=G},
     * {@code access=A}, {@code required}, {@code one-for-all}, and actors by their ids; {@code sleeper} is a process,
     * and {@code slow} is not ready as long as there is a file {@code hold} beside the directory.
     */
    public static void main(String[] arguments) throws IOException {
        ServiceExport export = ServiceExport.to(Path.of(arguments[0]));
        List<ChildSpec> children = new ArrayList<>();
        SupervisorSpec strategy = SupervisorSpec.oneForOne();
        for (String argument : Arrays.asList(arguments).subList(1, arguments.length)) {
            if (argument.startsWith("group=")) {
                export = export.withGroup(argument.substring("group=".length()));
            } else if (argument.startsWith("access=")) {
                export = export.withAccess(ServiceExport.Access.valueOf(argument.substring("access=".length())));
            } else if (argument.equals("required")) {
                export = export.withRequired();
            } else if (argument.equals("one-for-all")) {
                strategy = SupervisorSpec.oneForAll();
            } else if (argument.equals("sleeper")) {
                children.add(ShownTree.sleeper());
            } else if (argument.equals("slow")) {
                children.add(slow(Path.of(arguments[0]).resolveSibling("hold")));
            } else {
                children.add(ShownTree.actor(argument));
            }
        }
        SupervisorSpec spec = ShownTree.tireless(strategy, children.toArray(ChildSpec[]::new));
        SupervisionTree tree = SupervisionTree.start(spec, Options.defaults().withExport(export));
        System.out.println("up");
        tree.whenEnded().toCompletableFuture().join();
    }

    /** One that does not become ready as long as there is this file. */
    private static ChildSpec slow(Path hold) {
        return ChildSpec.service(
                "slow",
                () -> {
                    while (Files.exists(hold)) {
                        ShownTree.pause(Duration.ofMillis(20));
                    }
                    return "it";
                },
                it -> {});
    }

    static ExportHost start(Path directory, String... arguments) throws IOException {
        return start(List.of(), directory, arguments);
    }

    /** @param before the words of a command that starts it */
    static ExportHost start(List<String> before, Path directory, String... arguments) throws IOException {
        Path log = Files.createTempFile(directory.getParent(), "host", ".log");
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                BuiltDist.javaHome() + "/bin/java",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Dslf4j.provider=" + StderrLogging.class.getName(),
                "-cp",
                System.getProperty("java.class.path"),
                ExportHost.class.getName(),
                directory.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ExportHost(directory, log, process);
    }

    ExportHost awaitUp() {
        // a JVM that begins beside many others
        ShownTree.patiently()
                .atMost(Duration.ofSeconds(90))
                .until(() -> log().contains("\nup\n") || log().startsWith("up\n"));
        return this;
    }

    /** What it has written, its log included. */
    String log() throws IOException {
        return Files.readString(log);
    }

    Path directory() {
        return directory;
    }

    long pid() {
        return process.pid();
    }

    /** Its exit code, when it has ended. */
    int awaitEnd() throws InterruptedException {
        process.waitFor(ShownTree.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return process.exitValue();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    void stop() throws InterruptedException {
        process.destroy();
        awaitEnd();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor(ShownTree.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
