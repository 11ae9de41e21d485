package io.github.pekkosupervisor.runit.adoption;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** Our own programs, each in a JVM of its own. */
public final class OurPrograms {

    /** Runs one to its end: its exit code, a blank, and what it printed. */
    public String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Estate.program(words))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return process.waitFor() + " " + output;
    }
}
