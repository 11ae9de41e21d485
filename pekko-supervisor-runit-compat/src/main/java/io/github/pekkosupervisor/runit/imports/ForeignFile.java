package io.github.pekkosupervisor.runit.imports;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file of another supervisor.
 *
 * @param name as it is called in what is told
 * @param directory where it is, from where its relative paths are
 * @param text what is in it
 */
public record ForeignFile(String name, Path directory, String text) {

    private static final int MOST_BYTES = 1 << 20;

    /**
     * Reads one.
     *
     * @throws ForeignFileException if that cannot be, in words
     */
    public static ForeignFile read(Path path) throws ForeignFileException {
        Path real = path.toAbsolutePath().normalize();
        Path above = real.getParent();
        return new ForeignFile(path.toString(), above == null ? real : above, content(path));
    }

    private static String content(Path path) throws ForeignFileException {
        if (Files.isDirectory(path)) {
            throw new ForeignFileException(path + ": it is a directory; name the file in it");
        }
        byte[] bytes;
        try (InputStream file = Files.newInputStream(path)) {
            bytes = file.readNBytes(MOST_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw new ForeignFileException(path + ": it cannot be read: there is no such file");
        } catch (AccessDeniedException e) {
            throw new ForeignFileException(path + ": it cannot be read: permission denied");
        } catch (IOException e) {
            throw new ForeignFileException(path + ": it cannot be read: " + e.getMessage());
        }
        if (bytes.length > MOST_BYTES) {
            throw new ForeignFileException(path + ": it has more than 1 MiB; is this the right file?");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ForeignFileException(path + ": it is not text in UTF-8; is this the right file?");
        }
    }

    /** Whether there is such a file beside it. */
    boolean hasBeside(String other) {
        return other.indexOf(0) < 0 && Files.isRegularFile(directory.resolve(other));
    }
}
