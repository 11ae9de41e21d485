package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each trouble of an export once, however often it is tried again. */
final class ExportComplaints {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private final Set<String> told = new HashSet<>();

    /** Tells it, unless it has been told since all was well. */
    void tell(String what, IOException cause) {
        String errno = cause instanceof PosixException posix ? posix.errno() : cause.getMessage();
        if (told.add(what + ": " + errno)) {
            LOG.error("{}: {}", what, cause.getMessage());
        }
    }

    /** All is well again: what happens from now on is new. */
    void clear() {
        told.clear();
    }
}
