package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import io.github.pekkosupervisor.runit.svlogd.LogReports;

/** What a logger process would say itself, if it wrote its log: in svlogd's words, on the same standard error. */
final class LoggerReports implements LogReports {

    private final Reporter reporter;
    private final boolean verbose;

    LoggerReports(Reporter reporter, boolean verbose) {
        this.reporter = reporter;
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

    private void say(String kind, OsString what, String cause) {
        reporter.sayAsIs(OsString.of("svlogd: " + kind).plus(what).plus(cause + "\n"));
    }

    @Override
    public void copies(byte[] lines, int length) {
        reporter.sayAsIs(lines, length);
    }
}
