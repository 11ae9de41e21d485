package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.FatalException;
import java.util.Arrays;

/**
 * Standard output and standard error, unbuffered: each text is one write, so that lines of several processes do not
 * mix.
 */
final class Out {

    private Out() {}

    static void print(OsString text) {
        write(1, text);
    }

    /**
     * Prints what the program is there for. Who reads may have had enough of it.
     *
     * @throws FatalException if that cannot be
     */
    static void printAll(OsString text) throws FatalException {
        try {
            Descriptor.standard(1).write(text.bytes());
        } catch (PosixException e) {
            if (!e.is("EPIPE")) {
                throw new FatalException("unable to write to standard output: " + e.getMessage());
            }
        }
    }

    static void complain(OsString text) {
        write(2, text);
    }

    /** Any bytes, up to {@code length}. */
    static void complain(byte[] text, int length) {
        write(2, Arrays.copyOf(text, length));
    }

    private static void write(int stream, OsString text) {
        write(stream, text.bytes());
    }

    private static void write(int stream, byte[] text) {
        try {
            Descriptor.standard(stream).write(text);
        } catch (PosixException e) {
            // nobody reads what we say: there is no other place to say so
        }
    }
}
