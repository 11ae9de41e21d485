package io.github.pekkosupervisor.runit.realinput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The service directories in the unpacked packages, by name: every directory with a file {@code run}, wherever the
 * package keeps it, except those of loggers.
 */
final class DebianServiceDirectories {

    private static final Path SHIPPED_TARGETS = Path.of("/run/runit/supervise");

    /** What a supervise link of the package finds where it points to. */
    enum LinkTarget {
        PRESENT,
        ABSENT,
        PARENT_ABSENT
    }

    private final SortedMap<String, Path> byName = new TreeMap<>();

    private DebianServiceDirectories() {}

    static DebianServiceDirectories find(Path trees) throws IOException {
        DebianServiceDirectories found = new DebianServiceDirectories();
        try (Stream<Path> files = Files.walk(trees)) {
            files.filter(file -> file.endsWith("run") && Files.isRegularFile(file))
                    .map(run -> run.resolveSibling(""))
                    .filter(directory -> !directory.endsWith("log"))
                    .forEach(directory ->
                            found.byName.putIfAbsent(directory.getFileName().toString(), directory));
        }
        return found;
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }

    boolean hasLogger(String name) {
        return Files.isDirectory(shipped(name).resolve("log"));
    }

    /** Where the supervise links of the copies in this sandbox point to. */
    static Path superviseTargets(Sandbox sandbox) {
        return sandbox.root().resolve(SHIPPED_TARGETS.getRoot().relativize(SHIPPED_TARGETS));
    }

    /** Copies a directory as it is, but for its supervise links into {@code /run}, which then lead into the sandbox. */
    void copy(String name, LinkTarget linkTarget, Sandbox sandbox) throws IOException {
        Path source = shipped(name);
        List<Path> entries;
        try (Stream<Path> walk = Files.walk(source)) {
            entries = walk.toList();
        }
        for (Path entry : entries) {
            copyEntry(
                    entry,
                    sandbox.service(name).resolve(source.relativize(entry).toString()),
                    linkTarget,
                    sandbox);
        }
    }

    /**
     * Copies a directory that is to be loaded but not run: with {@code down}, and, in case {@code down} should not be
     * honoured, without a single file that can be executed.
     */
    void copyAsDown(String name, LinkTarget linkTarget, Sandbox sandbox) throws IOException {
        copy(name, linkTarget, sandbox);
        Path copy = sandbox.service(name);
        List<Path> files;
        try (Stream<Path> walk = Files.walk(copy)) {
            files = walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
        for (Path file : files) {
            Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(file));
            permissions.removeAll(EnumSet.of(
                    PosixFilePermission.OWNER_EXECUTE,
                    PosixFilePermission.GROUP_EXECUTE,
                    PosixFilePermission.OTHERS_EXECUTE));
            Files.setPosixFilePermissions(file, permissions);
        }
        Files.createFile(copy.resolve("down"));
        if (hasLogger(name)) {
            Files.createFile(copy.resolve("log/down"));
        }
    }

    private Path shipped(String name) {
        return Optional.ofNullable(byName.get(name))
                .orElseThrow(() -> new AssertionError("no package has a service directory " + name + "; see .ci/run"));
    }

    private static void copyEntry(Path from, Path to, LinkTarget linkTarget, Sandbox sandbox) throws IOException {
        if (!Files.isSymbolicLink(from) || !Files.readSymbolicLink(from).startsWith(SHIPPED_TARGETS)) {
            Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return;
        }
        Path targets = superviseTargets(sandbox);
        Path target = targets.resolve(SHIPPED_TARGETS.relativize(Files.readSymbolicLink(from)));
        switch (linkTarget) {
            case PRESENT -> Files.createDirectories(target);
            case ABSENT -> Files.createDirectories(targets);
            case PARENT_ABSENT -> {}
        }
        Files.createSymbolicLink(to, target);
    }
}
