package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;

/**
 * A kind of child that is a service directory, supervised where it is: the child is shown by a link to that, so that
 * there is one FIFO. What that says of it, and what a letter does there, is its own matter, a file {@code down} too.
 */
public interface LinkedService {

    /** Where it is; from the root of all files. */
    OsString serviceDirectory();
}
