package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a logger says of its log, in svlogd's words; where that goes is up to who writes the log. */
public final class SvlogdReports implements LogReports {

    private final boolean verbose;
    private final Function<? super PosixException, String> inWords;
    private final Consumer<OsString> words;
    private final Copies copies;

    /** Gets lines as they are. */
    public interface Copies {
        /** May hold any bytes; only those up to {@code length} count. */
        void write(byte[] lines, int length);
    }

    /**
     * @param verbose whether it is told by {@code -v} to say more
     * @param inWords why a call has been refused, as runit's programs say it
     * @param words gets what it says, each a line with its newline
     * @param copies gets the lines that the configuration wants on standard error
     */
    public SvlogdReports(
            boolean verbose,
            Function<? super PosixException, String> inWords,
            Consumer<OsString> words,
            Copies copies) {
        this.verbose = verbose;
        this.inWords = inWords;
        this.words = words;
        this.copies = copies;
    }

    @Override
    public void info(OsString what) {
        if (verbose) {
            say("info: ", what, "");
        }
    }

    @Override
    public void warning(OsString what) {
        say("warning: ", what, "");
    }

    @Override
    public void warning(OsString what, PosixException cause) {
        say("warning: ", what, ": " + inWords.apply(cause));
    }

    @Override
    public void refused(OsString directory, String why) {
        throw new IllegalStateException("svlogd is given its directories and refuses none");
    }

    @Override
    public void pausing(OsString what, PosixException cause) {
        say("pausing: ", what, ": " + inWords.apply(cause));
    }

    private void say(String kind, OsString what, String cause) {
        words.accept(OsString.of("svlogd: " + kind).plus(what).plus(cause + "\n"));
    }

    @Override
    public void copies(byte[] lines, int length) {
        copies.write(lines, length);
    }
}
