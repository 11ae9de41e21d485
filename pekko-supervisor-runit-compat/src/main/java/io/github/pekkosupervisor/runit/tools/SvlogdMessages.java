package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.svlogd.LogReports;
import java.util.Arrays;

/** What svlogd says, on standard error. */
final class SvlogdMessages implements LogReports {

    private final boolean verbose;

    SvlogdMessages(boolean verbose) {
        this.verbose = verbose;
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
        say("warning: ", what, ": " + ErrorText.of(cause));
    }

    @Override
    public void refused(OsString directory, String why) {
        throw new IllegalStateException("svlogd is given its directories and refuses none");
    }

    @Override
    public void pausing(OsString what, PosixException cause) {
        say("pausing: ", what, ": " + ErrorText.of(cause));
    }

    private static void say(String kind, OsString what, String cause) {
        Out.complain(OsString.of("svlogd: " + kind).plus(what).plus(cause + "\n"));
    }

    @Override
    public void copies(byte[] lines, int length) {
        try {
            Descriptor.standard(2).write(Arrays.copyOf(lines, length));
        } catch (PosixException e) {
            // nobody reads it
        }
    }
}
