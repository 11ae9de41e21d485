package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;

/**
 * A log directory.
 *
 * @param name how it shows in reports
 * @param path where it is, from the working directory; looked up each time that it is opened
 */
public record LogPlace(OsString name, OsString path) {

    /** One that shows by its path. */
    public static LogPlace at(OsString path) {
        return new LogPlace(path, path);
    }
}
