package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.PosixException;
import java.util.HashSet;
import java.util.Set;

/** Tells each trouble once, however often it is tried again: a full disk must not fill up with complaints about it. */
final class Complaints {

    /** There are thousands of these, and hardly ever is there anything to tell. */
    private Set<String> told = Set.of();

    void tell(String what, PosixException cause, Reporter reporter) {
        String line = what + ": " + cause.errno();
        if (!told.contains(line)) {
            told = new HashSet<>(told);
            told.add(line);
            reporter.warn(what, cause);
        }
    }

    /** All is well again: what happens from now on is new. */
    void clear() {
        told = Set.of();
    }
}
