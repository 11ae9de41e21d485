package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;

/** Gets what a log has to say, in parts, since the program and the launcher say it in different frames. */
public interface LogReports {

    /** What svlogd says with -v only. */
    void info(OsString what);

    /** Something is not as it should be, and the log goes on. */
    void warning(OsString what);

    /** The same, because of a refused call. */
    void warning(OsString what, PosixException cause);

    /**
     * A directory is not used because of whom else it is open to.
     *
     * @param directory its name
     * @param why one sentence
     */
    void refused(OsString directory, String why);

    /** Something could not be done and is tried again later. */
    void pausing(OsString what, PosixException cause);

    /** Lines that the configuration wants on standard error, each with its newline; may hold any bytes. */
    void copies(byte[] lines, int length);
}
