package io.github.pekkosupervisor.examples.soak;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/** Small programs of the machine, run to their end. */
final class Commands {
    private Commands() {}

    static void signal(String name, long pid) throws IOException {
        // it may have ended meanwhile
        succeeds("kill", "-" + name, Long.toString(pid));
    }

    /** Whether it ended with 0. */
    static boolean succeeds(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD)
                .start();
        return exitCode(process) == 0;
    }

    /** What it prints on standard output. */
    static String output(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectError(Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        exitCode(process);
        return output;
    }

    private static int exitCode(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a command runs", e);
        }
    }
}
