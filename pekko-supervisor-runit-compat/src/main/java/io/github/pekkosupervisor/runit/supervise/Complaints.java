package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.PosixException;
import java.util.HashSet;
import java.util.Set;

/** Tells each trouble once, however often it is tried again: a full disk must not fill up with complaints about it. */
final class Complaints {

    private final Set<String> told = new HashSet<>();

    void tell(String what, PosixException cause, Reporter reporter) {
        if (told.add(what + ": " + cause.errno())) {
            reporter.warn(what, cause);
        }
    }

    /** All is well again: what happens from now on is new. */
    void clear() {
        told.clear();
    }
}
