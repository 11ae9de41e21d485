package io.github.pekkosupervisor.examples.soak;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A tmpfs of a few megabytes, which can be filled and made read-only. */
final class SmallDisk {

    private static final String SIZE = "4m";
    private static final int CHUNK = 4096;

    private final Path directory;
    private boolean isMounted;

    SmallDisk(Path directory) {
        this.directory = directory;
    }

    /** Mounts it, if that is possible. */
    void mount() throws IOException {
        Files.createDirectories(directory);
        isMounted = Commands.succeeds(
                "mount", "-t", "tmpfs", "-o", "size=" + SIZE + ",mode=755", "tmpfs", directory.toString());
    }

    boolean isMounted() {
        return isMounted;
    }

    /** The place of a supervise directory on it. */
    Path place(String name) {
        return directory.resolve(name);
    }

    private Path filling() {
        return directory.resolve("filling");
    }

    void fill() throws IOException {
        try (FileChannel channel = FileChannel.open(filling(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.wrap("x".repeat(CHUNK).getBytes(US_ASCII));
            while (channel.write(chunk) >= 0) {
                chunk.clear();
            }
        } catch (IOException full) {
            // as it is to be
        }
    }

    void empty() throws IOException {
        Files.deleteIfExists(filling());
    }

    /** Whether it could be: not while a file on it is open for writing. */
    boolean becomesReadOnly() throws IOException {
        return Commands.succeeds("mount", "-o", "remount,ro", directory.toString());
    }

    void becomeWritable() throws IOException {
        Commands.succeeds("mount", "-o", "remount,rw", directory.toString());
    }

    void unmount() throws IOException {
        if (isMounted) {
            isMounted = false;
            Commands.succeeds("umount", "-l", directory.toString());
        }
    }
}
