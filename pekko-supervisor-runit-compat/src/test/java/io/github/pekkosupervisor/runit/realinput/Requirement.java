package io.github.pekkosupervisor.runit.realinput;

import io.github.pekkosupervisor.runit.conformance.Needs;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a test needs from its machine: missing means skipped, but failed where {@code CI=true} promises all of it. */
public final class Requirement {

    private static final String TREES = "PEKKO_SUPERVISOR_DEBIAN_TREES";

    private Requirement() {}

    /** The absolute path of an installed program; servers live in sbin, which not every PATH names. */
    public static Path program(String name) {
        return met(
                Stream.concat(Stream.of(searchPath().split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/bin"))
                        .map(directory -> Path.of(directory, name))
                        .filter(Files::isExecutable)
                        .map(Path::toAbsolutePath)
                        .findFirst(),
                "the program " + name + " is not installed; .ci/run installs it");
    }

    /** The directory with one unpacked Debian package per subdirectory. */
    public static Path debianTrees() {
        return met(
                Optional.ofNullable(System.getenv(TREES)).map(Path::of).filter(Files::isDirectory),
                TREES + " names no directory of unpacked Debian packages; .ci/run makes one");
    }

    /** A launcher built by {@code mvn package}. */
    static Path launcher(Path script) {
        return met(Optional.of(script).filter(Files::isExecutable), "no launcher at " + script + "; run mvn package");
    }

    static String searchPath() {
        return Optional.ofNullable(System.getenv("PATH")).orElse("/usr/bin:/bin");
    }

    private static <T> T met(Optional<T> found, String reason) {
        Needs.that(found.isPresent(), reason);
        return found.orElseThrow();
    }
}
