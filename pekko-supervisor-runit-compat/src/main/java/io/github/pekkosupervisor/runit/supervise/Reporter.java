package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Arrays;
import java.util.function.Consumer;

/** Puts into runit's form what one runsv or runsvdir has to say: {@code runsv web: warning: …}. */
public final class Reporter {

    private final OsString prefix;
    private final OsString shownPrefix;
    private final Sink sink;

    /** Gets each message; may be called from any thread. */
    public interface Sink {
        /**
         * A message.
         *
         * @param fatal whether it begins with {@code fatal: }, and not with {@code warning: }
         * @param text what comes after that, printable and on one line
         * @param line all of it as it is said on standard error, with its newline
         */
        void say(boolean fatal, String text, OsString line);

        /** Lines of the service itself, as they are: no message, and there may be many. */
        void copy(OsString lines);

        /** That takes nothing but lines. */
        static Sink of(Consumer<OsString> lines) {
            return new Sink() {
                @Override
                public void say(boolean fatal, String text, OsString line) {
                    lines.accept(line);
                }

                @Override
                public void copy(OsString copied) {
                    lines.accept(copied);
                }
            };
        }
    }

    /**
     * @param program {@code runsv} or {@code runsvdir}
     * @param directory its directory, as it was given
     */
    public Reporter(String program, OsString directory, Sink sink) {
        this.prefix = OsString.of(program + " ").plus(directory).plus(": ");
        OsString shown = OsString.of(program + " " + Printable.onTerminal(directory) + ": ");
        this.shownPrefix = shown.equals(prefix) ? prefix : shown;
        this.sink = sink;
    }

    /** The same for those who want nothing but lines. */
    public Reporter(String program, OsString directory, Consumer<OsString> lines) {
        this(program, directory, Sink.of(lines));
    }

    public void warn(String what) {
        say(false, prefix, OsString.of(what));
    }

    public void warn(String what, PosixException cause) {
        warn(what + ": " + ErrorText.of(cause));
    }

    /** About an entry of the directory. */
    public void warn(String what, OsString name, PosixException cause) {
        say(false, prefix, OsString.of(what + " ").plus(name).plus(": " + ErrorText.of(cause)));
    }

    /** In words of our own, which runit does not have: one line whatever names are in it. */
    public void warnOfOurs(String what) {
        say(false, shownPrefix, OsString.of(Printable.oneLine(what)));
    }

    /** The same, because of a refused call. */
    public void warnOfOurs(String what, PosixException cause) {
        warnOfOurs(what + ": " + ErrorText.of(cause));
    }

    /** Lines of a logger. */
    public void sayAsIs(OsString lines) {
        sink.copy(lines);
    }

    /** Lines of the service that its log wants told; with a question mark for each NUL, which has no place there. */
    public void sayAsIs(byte[] lines, int length) {
        byte[] text = Arrays.copyOf(lines, length);
        for (int i = 0; i < length; i++) {
            text[i] = text[i] == 0 ? (byte) '?' : text[i];
        }
        sayAsIs(OsString.of(text));
    }

    public void fatal(OsString what) {
        say(true, prefix, what);
    }

    public void fatal(String what, PosixException cause) {
        fatal(OsString.of(what + ": " + ErrorText.of(cause)));
    }

    private void say(boolean fatal, OsString before, OsString what) {
        OsString line = before.plus(fatal ? "fatal: " : "warning: ").plus(what).plus("\n");
        sink.say(fatal, Printable.oneLine(what.toString()), line);
    }
}
