package io.github.pekkosupervisor.examples;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * One implementation under test.
 *
 * @param name how the table calls it
 * @param directory holds the executables runsvdir and runsv
 */
record Contender(String name, Path directory) {

    Path runsvdir() {
        return directory.resolve("runsvdir");
    }

    boolean complete() {
        return Files.isExecutable(runsvdir()) && Files.isExecutable(directory.resolve("runsv"));
    }

    /** The machine's runit: the first directory of the path that has both programs and is not {@code ours}. */
    static Optional<Contender> inPath(String path, Path ours) {
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry ->
                        new Contender("runit", Path.of(entry).toAbsolutePath().normalize()))
                .filter(contender -> contender.complete() && !contender.isIn(ours))
                .findFirst();
    }

    private boolean isIn(Path other) {
        try {
            return Files.isSameFile(directory, other);
        } catch (IOException unreadable) {
            return false;
        }
    }
}
