package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.OsString;
import java.util.Optional;

/** The distribution that this launcher has come from. */
final class OwnDist {

    private OwnDist() {}

    /** Its directory; empty if no script of a distribution has started it. */
    static Optional<OsString> directory() {
        String path = System.getProperty("java.class.path", "");
        String jar = "/lib/pekko-supervisor.jar";
        return path.endsWith(jar) && path.indexOf(':') < 0
                ? Optional.of(OsString.of(path.substring(0, path.length() - jar.length())))
                : Optional.empty();
    }
}
