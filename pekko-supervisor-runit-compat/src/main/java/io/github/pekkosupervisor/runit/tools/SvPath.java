package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Where a service is.
 *
 * @param services the services directory that the name is resolved in; null for the working directory
 * @param name as given
 */
record SvPath(@Nullable OsString services, OsString name) {

    /** For the first step: a name with a slash at its end, too, is one in the working directory. */
    static SvPath first(OsString services, OsString name) {
        boolean plain = name.length() > 0 && name.at(name.length() - 1) != '/' && isPlain(name);
        return new SvPath(plain ? services : null, name);
    }

    /** For every later step, where the original has forgotten about the slash. */
    static SvPath later(OsString services, OsString name) {
        return new SvPath(isPlain(name) ? services : null, name);
    }

    private static boolean isPlain(OsString name) {
        return !name.startsWith("/") && !name.startsWith(".");
    }

    Directory open() throws PosixException {
        if (services == null) {
            return Directory.open(name);
        }
        try (Directory parent = Directory.open(services)) {
            return parent.directory(name);
        }
    }

    /** The directory with the status file, as a path. */
    OsString supervise() {
        OsString path = services == null ? name : services.plus("/").plus(name);
        return path.plus("/supervise");
    }
}
