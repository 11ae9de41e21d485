package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The C program that only forks and executes: no supervisor can launch faster.
 *
 * @param program the compiled program
 */
record ForkExecFloor(Path program) {

    /** Compiles the source with cc; empty, with a message, if there is no compiler or it fails. */
    static Optional<ForkExecFloor> compile(Path source, Path directory) throws IOException {
        Path program = directory.resolve("fork-exec-floor");
        Path log = directory.resolve("cc.log");
        try {
            int exit = exit(new ProcessBuilder("cc", "-O2", "-o", program.toString(), source.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start());
            if (exit == 0) {
                return Optional.of(new ForkExecFloor(program));
            }
            RunitBenchmark.say("the floor is not measured, cc says: " + Files.readString(log));
        } catch (IOException e) {
            RunitBenchmark.say("the floor is not measured: " + e.getMessage());
        }
        return Optional.empty();
    }

    double millis(ServiceTree tree, MarkedProcesses marked) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        tree.services().forEach(service -> command.add(service.directory().toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(tree.log().toFile());
        int exit = exit(marked.start(builder));
        String output = Files.readString(tree.log(), UTF_8).strip();
        if (exit != 0) {
            throw new IOException("fork-exec-floor exited " + exit + ": " + output);
        }
        return Long.parseLong(output) / 1e3;
    }

    private static int exit(Process process) {
        return process.onExit().join().exitValue();
    }
}
