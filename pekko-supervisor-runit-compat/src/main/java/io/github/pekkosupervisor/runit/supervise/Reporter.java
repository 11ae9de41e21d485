package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.function.Consumer;

/** Says in runit's form what one runsv or runsvdir has to say: {@code runsv web: warning: …}. */
public final class Reporter {

    private final OsString prefix;
    private final OsString shownPrefix;
    private final Consumer<OsString> sink;

    /**
     * @param program {@code runsv} or {@code runsvdir}
     * @param directory its directory, as it was given
     * @param sink gets each message as one line, with its newline; may be called from any thread
     */
    public Reporter(String program, OsString directory, Consumer<OsString> sink) {
        this.prefix = OsString.of(program + " ").plus(directory).plus(": ");
        this.shownPrefix = OsString.of(program + " " + Printable.onTerminal(directory) + ": ");
        this.sink = sink;
    }

    public void warn(String what) {
        sink.accept(prefix.plus("warning: " + what + "\n"));
    }

    public void warn(String what, PosixException cause) {
        warn(what + ": " + ErrorText.of(cause));
    }

    /** About an entry of the directory. */
    public void warn(String what, OsString name, PosixException cause) {
        sink.accept(prefix.plus("warning: " + what + " ").plus(name).plus(": " + ErrorText.of(cause) + "\n"));
    }

    /** In words of our own, which runit does not have: one line whatever names are in it. */
    public void warnOfOurs(String what) {
        sink.accept(shownPrefix.plus("warning: " + Printable.oneLine(what) + "\n"));
    }

    /** The same, because of a refused call. */
    public void warnOfOurs(String what, PosixException cause) {
        warnOfOurs(what + ": " + ErrorText.of(cause));
    }

    /** Lines of the service that its log wants told. */
    public void sayAsIs(OsString lines) {
        sink.accept(lines);
    }

    public void fatal(OsString what) {
        sink.accept(prefix.plus("fatal: ").plus(what).plus("\n"));
    }

    public void fatal(String what, PosixException cause) {
        fatal(OsString.of(what + ": " + ErrorText.of(cause)));
    }
}
