package io.github.pekkosupervisor.runit.adoption;

import static java.util.stream.Collectors.joining;

import io.github.pekkosupervisor.runit.conformance.BuiltDist;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The class path of this JVM without the tests' own parts, as every user can read it: a checkout in the home directory
 * of root is copied, once, for tests that become another user. Of such a copy, which is all jars, the classes that a
 * launch needs are archived too: these tests start hundreds of JVMs.
 */
final class ReachableClassPath {

    private static final List<String> NOT_OURS = List.of("junit", "assertj", "archunit", "awaitility", "test-classes");

    private ReachableClassPath() {}

    /** The words of {@code java(1)} with which each of these JVMs is started, and its archive was made. */
    private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m");

    private static final class Copy {
        private static final Path PLACE = place();
        private static final String PATH = copy();
        private static final boolean IS_ARCHIVED = archive();
    }

    /** For {@code java(1)}: its options, and the class path. */
    static List<String> options() {
        List<String> words = new ArrayList<>(OPTIONS);
        words.add("-Xshare:auto");
        if (BuiltDist.othersReachTemporaryFiles() && isRoot()) {
            if (Copy.IS_ARCHIVED) {
                words.add("-XX:SharedArchiveFile=" + archiveFile());
            }
            words.addAll(List.of("-cp", Copy.PATH));
        } else {
            words.addAll(List.of("-cp", entries().collect(joining(":"))));
        }
        return words;
    }

    private static Path archiveFile() {
        return Copy.PLACE.resolve("launcher.jsa");
    }

    private static Path place() {
        try {
            Path place = Files.createTempDirectory("classpath");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(place)));
            return place;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plays a launch, as the scripts of the distribution do; without an archive launches take longer, that is all. */
    private static boolean archive() {
        List<String> words = new ArrayList<>(List.of(BuiltDist.javaHome() + "/bin/java"));
        words.addAll(OPTIONS);
        words.addAll(List.of(
                "-XX:ArchiveClassesAtExit=" + archiveFile(),
                "-cp",
                Copy.PATH,
                "io.github.pekkosupervisor.runit.launcher.Main",
                "archive-launcher",
                Copy.PLACE.toString(),
                Copy.PLACE + "/archive-" + ProcessHandle.current().pid()));
        Estate.run(words.toArray(String[]::new));
        Estate.run("chmod", "-R", "a+rX", Copy.PLACE.toString());
        return Files.exists(archiveFile());
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
        StringBuilder path = new StringBuilder();
        int number = 0;
        for (String entry : (Iterable<String>) entries()::iterator) {
            number++;
            boolean isJar = !Files.isDirectory(Path.of(entry));
            String name = number + "-" + Path.of(entry).getFileName() + (isJar ? "" : ".jar");
            String copy = Copy.PLACE.resolve(name).toString();
            if (!isJar) {
                // as it is shipped, which is open from the beginning, wherever descriptors are scarce
                Estate.run(BuiltDist.javaHome() + "/bin/jar", "-cf", copy, "-C", entry, ".");
            } else {
                Estate.run("cp", entry, copy);
            }
            path.append(path.isEmpty() ? "" : ":").append(copy);
        }
        Estate.run("chmod", "-R", "a+rX", Copy.PLACE.toString());
        return path.toString();
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
