package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import java.nio.file.Path;

/** What one of the three standard streams of a process is connected to. */
public sealed interface Stdio {

    /** The stream of the JVM itself. */
    static Stdio inherited() {
        return new Inherited();
    }

    /** {@code /dev/null}. */
    static Stdio discard() {
        return new File(Path.of("/dev/null"), true);
    }

    /** A file: read from its beginning, or written from its end. */
    static Stdio file(Path path) {
        return new File(path, true);
    }

    /** A pipe whose other end comes with {@link ProcessActor.Started}. */
    static Stdio pipe() {
        return new Pipe();
    }

    /** A descriptor that is open already and stays the caller's, who closes it. */
    static Stdio given(Descriptor descriptor) {
        return new Given(descriptor);
    }

    /** The stream of the JVM itself. */
    record Inherited() implements Stdio {}

    /**
     * A file.
     *
     * @param path where it is; created when written to, with mode 0666 less the umask
     * @param append when written to: keep what is there
     */
    record File(Path path, boolean append) implements Stdio {}

    /** A new pipe; the other end belongs to the process's owner. */
    record Pipe() implements Stdio {}

    /**
     * An open descriptor.
     *
     * @param descriptor open when the process starts; not closed by it
     */
    record Given(Descriptor descriptor) implements Stdio {}
}
