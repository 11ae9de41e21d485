package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;

/** What one run of {@code sv} says and counts. Complaints go to standard output, where sv has them. */
final class SvOutcome {

    private static final int MOST = 99;

    private OsString line = OsString.of("");
    private int failures;

    /** Appends to the line that goes out, in one write, with its end. */
    void print(OsString text) {
        line = line.plus(text);
        if (text.length() > 0 && text.at(text.length() - 1) == '\n') {
            Out.print(line);
            line = OsString.of("");
        }
    }

    /** Says what has failed or is not as it should be, and counts it. */
    void complain(String kind, OsString service, String what) {
        print(OsString.of(kind + ": ").plus(service).plus(": " + what + "\n"));
        count();
    }

    /** Says on standard error what does not count. */
    static void warn(OsString what, String error) {
        Out.complain(OsString.of("warning: ").plus(what).plus(": " + error + "\n"));
    }

    void count() {
        failures++;
    }

    int exitCode() {
        return Math.min(failures, MOST);
    }
}
