package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;

/**
 * A log directory.
 *
 * @param name how it shows in reports
 * @param path where it is, from the working directory; looked up each time that it is opened
 * @param guarded whether it is refused where somebody else than root and our own user could change it, and no link in
 *     it is followed; svlogd itself takes what it is given
 */
public record LogPlace(OsString name, OsString path, boolean guarded) {

    /** One that shows by its path. */
    public static LogPlace at(OsString path) {
        return new LogPlace(path, path, false);
    }
}
