package io.github.pekkosupervisor.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;

/**
 * A service as its supervise directory shows it.
 *
 * @param directory the service directory
 */
public record SupervisedService(Path directory) {

    /** The content of supervise/pid; empty while there is no process, or no supervisor yet. */
    OptionalLong pid() {
        String text = read("pid").strip();
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    }

    boolean running() {
        return pid().isPresent() && read("stat").startsWith("run");
    }

    boolean down() {
        return read("stat").startsWith("down") && pid().isEmpty();
    }

    /** A reader and writer at once, because opening a FIFO for writing alone would block without a supervisor. */
    public FileChannel openControl() throws IOException {
        return FileChannel.open(supervise("control"), StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    public static void write(FileChannel control, char command) throws IOException {
        control.write(ByteBuffer.wrap(new byte[] {(byte) command}));
    }

    private String read(String name) {
        try {
            return new String(Files.readAllBytes(supervise(name)), US_ASCII);
        } catch (NoSuchFileException notYet) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path supervise(String name) {
        return directory.resolve("supervise").resolve(name);
    }
}
