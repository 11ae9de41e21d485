package io.github.pekkosupervisor.runit.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code mvn package} has made, and the JDK for it, where every user can run them. Some tests, when root runs
 * them, become other users; a checkout below a home directory of mode 0700 is a place that those never reach, and then
 * a copy in the temporary directory is used, which goes when this JVM ends.
 */
public final class BuiltDist {

    private static final Path BUILT = Path.of(System.getProperty("pekko-supervisor.dist", "target/dist/bin"))
            .toAbsolutePath();
    private static final Path JAVA = Path.of(System.getProperty("java.home"));
    private static final boolean ROOT = System.getProperty("user.name").equals("root");

    private BuiltDist() {}

    /** Both are looked at once; the copies are made when the first test asks. */
    private static final class Places {
        private static final Path BIN = reachable(
                        BUILT.resolve("..").normalize(), "bin/runsvdir", "lib/pekko-supervisor.jar")
                .resolve("bin");
        private static final Path JAVA_HOME = reachable(JAVA, "bin/java", "lib/modules");
    }

    /** The directory with the programs. */
    public static Path bin() {
        return Places.BIN;
    }

    /** For the environment of whatever starts one of the programs. */
    public static String javaHome() {
        return Places.JAVA_HOME.toString();
    }

    /** Whether other users reach what tests make; if not, those that become another user make no sense. */
    public static boolean othersReachTemporaryFiles() {
        return !ROOT || letsOthersThrough(temporary());
    }

    /**
     * A directory, or a copy of it, that every user reaches.
     *
     * @param files some in it that must be readable for everybody
     */
    static Path reachable(Path directory, String... files) {
        if (!ROOT || !Files.exists(directory) || (letsOthersThrough(directory) && areReadable(directory, files))) {
            return directory;
        }
        return othersReachTemporaryFiles() ? copy(directory) : directory;
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static boolean letsOthersThrough(Path directory) {
        for (Path each = real(directory); each != null; each = each.getParent()) {
            if (!has(each, PosixFilePermission.OTHERS_EXECUTE)) {
                return false;
            }
        }
        return true;
    }

    private static boolean areReadable(Path directory, String... files) {
        return Stream.of(files).allMatch(file -> has(directory.resolve(file), PosixFilePermission.OTHERS_READ));
    }

    private static boolean has(Path file, PosixFilePermission permission) {
        try {
            return Files.getPosixFilePermissions(file).contains(permission);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path copy(Path directory) {
        try {
            Path parent = Files.createTempDirectory(temporary(), "reachable");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(parent)));
            Path copy = parent.resolve("copy");
            run("cp", "-a", real(directory).toString(), copy.toString());
            run("chmod", "-R", "a+rX", parent.toString());
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) throws IOException {
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0) {
                throw new IOException(List.of(command) + " ended with " + code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(List.of(command) + " was interrupted", e);
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // it is in a directory for temporary files
        }
    }
}
