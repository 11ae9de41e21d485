package io.github.pekkosupervisor.examples;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One supervisor, and what of it is killed.
 *
 * @param name as it stands in the table
 * @param directory of the programs, first in the path of all that is started
 * @param program what supervises a directory of service directories
 * @param alsoKilled names of further processes that are killed with it
 * @param logger the command of {@code log/run}
 */
record Death(String name, Path directory, String program, Set<String> alsoKilled, String logger) {

    private static final String SVLOGD = "exec svlogd ./main";
    private static final String OURS = "ours: the JVM";

    static List<Death> ofRunit(Path directory) {
        return List.of(
                new Death("runit: runsvdir", directory, "runsvdir", Set.of(), SVLOGD),
                new Death("runit: runsvdir and each runsv", directory, "runsvdir", Set.of("runsv"), SVLOGD));
    }

    static List<Death> ofS6(Path directory) {
        String log = "exec s6-log n20 s1000000 ./main";
        return List.of(
                new Death("s6: s6-svscan", directory, "s6-svscan", Set.of(), log),
                new Death("s6: s6-svscan and each s6-supervise", directory, "s6-svscan", Set.of("s6-supervise"), log));
    }

    static Death ofOurs(Path directory) {
        return new Death(OURS, directory, "runsvdir", Set.of(), SVLOGD);
    }

    boolean isOurs() {
        return name.equals(OURS);
    }

    /** The first directory of the path that has a program. */
    static Optional<Path> inPath(String path, String program) {
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .filter(entry -> Files.isExecutable(entry.resolve(program)))
                .findFirst();
    }
}
