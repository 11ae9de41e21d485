package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;

/**
 * A kind of child that has service directories below it, which are shown by links. Of each it tells a
 * {@link ServiceEntry}, whose path is that of the child and the name of the entry.
 */
public interface ServicesHolder {

    /** Where their entries are; from the root of all files. */
    OsString servicesDirectory();
}
