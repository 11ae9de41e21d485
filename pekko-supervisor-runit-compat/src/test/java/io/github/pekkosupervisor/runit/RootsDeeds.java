package io.github.pekkosupervisor.runit;

import static io.github.pekkosupervisor.runit.Tree.patiently;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Watches what root does for a tree of somebody else: a directory that only root may enter, a process of root's that
 * nobody but root may signal, all that is below the tree, and the threads of this JVM.
 */
final class RootsDeeds implements AutoCloseable {

    private static final String TOKEN = "only-root-may-read-this";

    private static final String VICTIM = "$| = 1; for my $s (qw(HUP INT QUIT USR1 USR2 ALRM TERM CONT)) {"
            + " $SIG{$s} = sub { print \"$s\\n\" } } print \"ready\\n\"; sleep 1 while 1";

    private final Path tree;
    private final int user;
    private final Path secrets;
    private final Path heard;
    private final Process victim;
    private final Map<String, String> before;

    /**
     * Sets all that up.
     *
     * @param place for what is root's
     * @param tree whatever is in it is to be the user's
     */
    RootsDeeds(Path place, Path tree, int user) throws IOException {
        this.tree = tree;
        this.user = user;
        this.secrets = Files.createDirectories(place.resolve("secrets"));
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(secret(), TOKEN + "\n");
        Scripts.write(secrets.resolve("run"), "#!/bin/sh\necho " + TOKEN + " >" + secrets + "/ran\n");
        Files.setPosixFilePermissions(secrets.resolve("run"), PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(secrets.resolve("supervise"));
        this.heard = place.resolve("heard");
        this.victim = new ProcessBuilder("setsid", "perl", "-e", VICTIM)
                .redirectOutput(heard.toFile())
                .start();
        patiently().until(() -> Files.readString(heard).startsWith("ready\n"));
        this.before = secretFiles();
    }

    /** The directory that only root may enter. */
    Path secrets() {
        return secrets;
    }

    /** A file in it. */
    Path secret() {
        return secrets.resolve("file");
    }

    /** The process that only root may signal. */
    ProcessIdentity victim() {
        return ProcessIdentity.ofRunning(Math.toIntExact(victim.pid())).orElseThrow();
    }

    private Map<String, String> secretFiles() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(secrets)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                files.put(
                        file.toString(),
                        Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) + " of "
                                + Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS) + ", inode "
                                + Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS) + ", changed "
                                + Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS));
            }
        }
        return files;
    }

    /**
     * What root has done that the user could not have done himself; empty if nothing.
     *
     * @param messages what the launcher has said
     */
    List<String> violations(List<String> messages) throws IOException {
        List<String> found = new ArrayList<>();
        Map<String, String> now = secretFiles();
        if (!now.equals(before)) {
            found.add("what only root may reach was " + before + " and is " + now);
        }
        String signals = Files.readString(heard);
        if (!signals.equals("ready\n") || !victim.isAlive() || isStopped()) {
            found.add("a process of root has been signalled: " + signals);
        }
        messages.stream()
                .filter(message -> message.contains(TOKEN))
                .forEach(message -> found.add("a secret has been said: " + message));
        found.addAll(filesOfOthers());
        found.addAll(threadsOfOthers());
        return found;
    }

    private boolean isStopped() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + victim.pid() + "/stat"));
        return stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
    }

    private List<String> filesOfOthers() throws IOException {
        List<String> found = new ArrayList<>();
        Files.walkFileTree(tree, Set.<FileVisitOption>of(), 10, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                return visitFile(directory, attributes);
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                try {
                    look(file, attributes);
                } catch (java.nio.file.NoSuchFileException e) {
                    // it has just gone
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE;
            }

            private void look(Path file, BasicFileAttributes attributes) throws IOException {
                Object owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
                if (!Integer.valueOf(user).equals(owner)) {
                    found.add(file + " belongs to user " + owner);
                }
                boolean isSmall = attributes.isRegularFile() && attributes.size() < 100_000;
                if (isSmall
                        && Files.readString(file, StandardCharsets.ISO_8859_1).contains(TOKEN)) {
                    found.add(file + " has what only root may read");
                }
            }
        });
        return found;
    }

    /** Between two system calls no thread has the rights of somebody else; within one it may. */
    private static List<String> threadsOfOthers() {
        List<String> found = new ArrayList<>();
        patiently().untilAsserted(() -> {
            found.clear();
            try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
                for (Path thread : (Iterable<Path>) threads::iterator) {
                    usersOf(thread)
                            .filter(users -> !users.equals("Uid:\t0\t0\t0\t0"))
                            .forEach(users -> found.add("thread " + thread.getFileName() + " has " + users));
                }
            }
            org.assertj.core.api.Assertions.assertThat(found).isEmpty();
        });
        return found;
    }

    private static Stream<String> usersOf(Path thread) {
        try {
            return Files.readAllLines(thread.resolve("status")).stream().filter(line -> line.startsWith("Uid:"));
        } catch (IOException e) {
            // it has ended
            return Stream.of();
        }
    }

    /** Gives all below a directory, links themselves included, to the user. */
    static void give(Path directory, int user) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) all::iterator) {
                Files.setAttribute(file, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(file, "unix:gid", user, LinkOption.NOFOLLOW_LINKS);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        victim.destroyForcibly();
        try {
            boolean over = victim.waitFor(Tree.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assert over;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
