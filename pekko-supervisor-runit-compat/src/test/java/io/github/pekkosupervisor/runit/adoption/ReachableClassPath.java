package io.github.pekkosupervisor.runit.adoption;

import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class path of this JVM without the tests' own parts, as every user can read it: a checkout in the home directory
 * of root is copied, once, for tests that become another user.
 */
final class ReachableClassPath {

    private static final List<String> NOT_OURS = List.of("junit", "assertj", "archunit", "awaitility", "test-classes");

    private ReachableClassPath() {}

    private static final class Copy {
        private static final String PATH = copy();
    }

    /** For {@code java -cp}. */
    static String get() {
        return BuiltDist.othersReachTemporaryFiles() && isRoot()
                ? Copy.PATH
                : entries().collect(joining(":"));
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static Stream<String> entries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> NOT_OURS.stream().noneMatch(entry::contains))
                .filter(entry -> Files.exists(Path.of(entry)));
    }

    private static String copy() {
        try {
            Path place = Files.createTempDirectory("classpath");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(place)));
            StringBuilder path = new StringBuilder();
            int number = 0;
            for (String entry : (Iterable<String>) entries()::iterator) {
                number++;
                boolean isJar = !Files.isDirectory(Path.of(entry));
                Path copy = place.resolve(number + "-" + Path.of(entry).getFileName() + (isJar ? "" : ".jar"));
                if (!isJar) {
                    // as it is shipped, which is open from the beginning, wherever descriptors are scarce
                    Estate.run(BuiltDist.javaHome() + "/bin/jar", "-cf", copy.toString(), "-C", entry, ".");
                } else {
                    Estate.run("cp", entry, copy.toString());
                }
                path.append(path.isEmpty() ? "" : ":").append(copy);
            }
            Estate.run("chmod", "-R", "a+rX", place.toString());
            return path.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove(Path place) {
        try (Stream<Path> files = Files.walk(place)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            // it is in a directory for temporary files
        }
    }
}
