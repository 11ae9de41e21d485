package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.event.Level;

/** What one of the three standard streams of a process is connected to. */
public sealed interface Stdio {

    /** The stream of the JVM itself. */
    static Stdio inherited() {
        return Inherited.INSTANCE;
    }

    /** {@code /dev/null}. */
    static Stdio discard() {
        return new File(Path.of("/dev/null"), true);
    }

    /** A file: read from its beginning, or written from its end. */
    static Stdio file(Path path) {
        return new File(path, true);
    }

    /**
     * A pipe whose other end comes with {@link ProcessEvent.Started}. Not for a child of a tree, where nobody is told
     * that: see {@link ProcessSpec#withConnection}.
     */
    static Stdio pipe() {
        return Pipe.INSTANCE;
    }

    /** A descriptor that is open already and stays the caller's, who closes it. */
    static Stdio given(Descriptor descriptor) {
        return new Given(descriptor);
    }

    /** Output only: each line becomes a message of level INFO of the logger {@code process.NAME}. */
    static Stdio logged() {
        return new Logged(Optional.empty(), Level.INFO);
    }

    /** Output only: each line becomes a message of a logger. */
    static Stdio logged(String logger, Level level) {
        return new Logged(Optional.of(logger), level);
    }

    /** Output only: the stream of the JVM itself, each line behind {@code [NAME]}. */
    static Stdio prefixed() {
        return new Copied(true);
    }

    /** The stream of the JVM itself. */
    enum Inherited implements Stdio {
        /** The only one. */
        INSTANCE
    }

    /**
     * A file.
     *
     * @param path where it is; created when written to, with mode 0666 less the umask
     * @param append when written to: keep what is there
     */
    record File(Path path, boolean append) implements Stdio {}

    /** A new pipe; the other end belongs to the process's owner. */
    enum Pipe implements Stdio {
        /** The only one. */
        INSTANCE
    }

    /**
     * An open descriptor.
     *
     * @param descriptor open when the process starts; not closed by it
     */
    record Given(Descriptor descriptor) implements Stdio {}

    /**
     * A logger, line by line, read as UTF-8, with the MDC keys {@code process}, {@code pid} and {@code stream}. A line
     * of more than 64 KiB comes in pieces, cut between characters.
     *
     * @param logger its name; {@code process.NAME} with the name of the process if empty
     * @param level of the messages
     */
    record Logged(Optional<String> logger, Level level) implements Stdio {}

    /**
     * {@link System#out} or {@link System#err}, bytes unchanged, only whole lines, so that those of several processes
     * do not mix. A line of more than 64 KiB is broken, between characters, and one without an end gets one.
     *
     * @param prefixed whether each line is put behind {@code [NAME]} with the name of the process
     */
    record Copied(boolean prefixed) implements Stdio {}

    /**
     * The application itself.
     *
     * @param connection its end; the same one for standard input and standard output
     */
    record Connected(ProcessConnection connection) implements Stdio {}
}
