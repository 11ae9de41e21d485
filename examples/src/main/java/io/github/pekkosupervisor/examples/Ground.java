package io.github.pekkosupervisor.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a benchmark's services lie. On a disk the file system's own work for each new file is measured too, and on a
 * busy one hides everything else; on tmpfs it is the contenders alone.
 *
 * @param directory empty for the directory for temporary files
 */
public record Ground(Optional<Path> directory) {

    /** The directory for temporary files. */
    public static final Ground TEMPORARY = new Ground(Optional.empty());

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String TMPFS = "tmpfs";

    /** The value of {@code --on}. */
    public static Ground of(String word) throws UsageException {
        if (word.equals(TMPFS)) {
            return new Ground(Optional.of(memory()));
        }
        Path directory = Path.of(word).toAbsolutePath();
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new UsageException("--on takes tmpfs or a directory that can be written to, was \"" + word + "\"");
        }
        return new Ground(Optional.of(directory));
    }

    private static Path memory() throws UsageException {
        try {
            if (Files.isWritable(SHARED_MEMORY) && fileSystem(SHARED_MEMORY).equals(TMPFS)) {
                return SHARED_MEMORY;
            }
        } catch (IOException e) {
            // as if there were none
        }
        throw new UsageException(
                "--on tmpfs needs a tmpfs at " + SHARED_MEMORY + "; mount one elsewhere and name it: --on DIR");
    }

    /** A new directory on it. */
    public Path makeDirectory(String prefix) throws IOException {
        return directory.isPresent()
                ? Files.createTempDirectory(directory.get(), prefix)
                : Files.createTempDirectory(prefix);
    }

    /** The type of the file system that a file is on. */
    public static String fileSystem(Path file) throws IOException {
        return Files.getFileStore(file).type();
    }
}
