package io.github.pekkosupervisor.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where the servers of one JVM have their directories. A JVM that was killed leaves its own behind, and the next
 * removes it: a lock that ends with the JVM tells whose is nobody's.
 */
final class TestDirectory implements AutoCloseable {

    private static final String NAME = "pekko-supervisor-junit-";
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel lock;
    private final AtomicInteger servers = new AtomicInteger();

    private TestDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static TestDirectory make() {
        try {
            Path in = Path.of(System.getProperty("java.io.tmpdir"));
            sweep(in);
            Path path = Files.createTempDirectory(in, own());
            Path made = path.resolve(LOCK + ".new");
            FileChannel lock = FileChannel.open(made, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            FileLock held = lock.lock();
            assert held.isValid() : "nobody else knows of it";
            // who sweeps sees it only when it is held
            Files.move(made, path.resolve(LOCK));
            // a server that is not this user has to get to its own
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx--x--x"));
            return new TestDirectory(path, lock);
        } catch (IOException e) {
            throw new UncheckedIOException("there is no place for the directories of servers: " + e.getMessage(), e);
        }
    }

    /** A new one. */
    ServerPlace place(String id) {
        String name = servers.incrementAndGet() + "-" + id.replaceAll("[^A-Za-z0-9_.-]", "_");
        try {
            return new ServerPlace(
                    Files.createDirectory(path.resolve(name)), Files.createFile(path.resolve(name + ".output")));
        } catch (IOException e) {
            throw new UncheckedIOException("there is no directory for " + id + ": " + e.getMessage(), e);
        }
    }

    /** A name in it that nobody else has. */
    Path resolve(String name) {
        return path.resolve(name);
    }

    @Override
    public void close() {
        try (lock) {
            remove(path, null);
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be removed: " + e.getMessage(), e);
        }
    }

    /**
     * How names of this JVM's begin: by its number and when it began, since in containers each JVM may have the same
     * number. A look at a lock of its own would take that away.
     */
    private static String own() {
        ProcessHandle self = ProcessHandle.current();
        long began = self.info().startInstant().orElse(Instant.EPOCH).toEpochMilli();
        return NAME + self.pid() + "-" + began + "-";
    }

    /** Removes what JVMs that are gone have left. */
    static void sweep(Path in) throws IOException {
        String own = own();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(in, NAME + "*")) {
            for (Path one : all) {
                if (!one.getFileName().toString().startsWith(own) && Files.isWritable(one)) {
                    sweepOne(one);
                }
            }
        }
    }

    private static void sweepOne(Path one) throws IOException {
        // one without is being made, or removed
        if (!Files.isRegularFile(one.resolve(LOCK))) {
            return;
        }
        try (FileChannel channel = FileChannel.open(one.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            if (held != null) {
                remove(one, LOCK);
                Files.deleteIfExists(one.resolve(LOCK));
                Files.deleteIfExists(one);
            }
        } catch (OverlappingFileLockException | FileSystemException e) {
            // it lives in this JVM, or somebody else removes it, or we may not
            return;
        }
    }

    private static void remove(Path top, @Nullable String but) throws IOException {
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (but == null || !file.equals(top.resolve(but))) {
                    Files.deleteIfExists(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (but == null || !directory.equals(top)) {
                    Files.deleteIfExists(directory);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
