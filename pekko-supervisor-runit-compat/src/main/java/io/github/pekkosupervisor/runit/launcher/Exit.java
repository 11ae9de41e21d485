package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Optional;

/** The last words of a program, and its end. */
final class Exit {

    private Exit() {}

    /** Ends the JVM at once; processes that it started go on. */
    static void now(int code) {
        System.out.flush();
        Runtime.getRuntime().halt(code);
    }

    /** Says how the program is called, and ends. */
    static void usage(String text, int code) {
        say(OsString.of(text));
        now(code);
    }

    /** Who asks for that is told how a program is called. */
    static void help(String text) {
        print(OsString.of(text));
        now(0);
    }

    /** Writes to standard output what the program is there for: if that cannot be, it has failed and ends. */
    static void print(OsString text) {
        tryPrint(text).ifPresent(why -> {
            say(OsString.of("pekko-supervisor: fatal: " + why + "\n"));
            now(RunEnd.COULD_NOT_BEGIN);
        });
    }

    /** Writes to standard output; returns why that could not be, in words. Who reads may have had enough of it. */
    static Optional<String> tryPrint(OsString text) {
        try {
            Descriptor.standard(1).write(text.bytes());
            return Optional.empty();
        } catch (PosixException e) {
            return e.is("EPIPE")
                    ? Optional.empty()
                    : Optional.of("unable to write to standard output: " + e.getMessage());
        }
    }

    /** Writes to standard error in one piece, so that lines of several processes do not mix. */
    static void say(OsString message) {
        try {
            Descriptor.standard(2).write(message.bytes());
        } catch (PosixException e) {
            // nobody reads what we say, or not fast enough: there is no other place to say so
        }
    }
}
