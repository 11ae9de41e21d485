package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells each trouble of an export once, however often it is tried again. Where the system is short of something that is
 * one trouble for all children; others are each child's own.
 */
final class ExportComplaints {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private final Set<String> told = new HashSet<>();

    /** Tells it, unless it has been told since all was well. */
    void tell(String what, IOException cause) {
        if (isNew(what, cause)) {
            LOG.error("{}: {}", what, cause.getMessage());
        }
    }

    /** Whether it is to be told of a child. */
    boolean isNew(ShownPlace place, IOException cause) {
        boolean isForAll = cause instanceof PosixException posix && (posix.mayPass() || posix.is("EROFS"));
        return isNew(isForAll ? "" : place.name.toString(), cause);
    }

    private boolean isNew(String what, IOException cause) {
        String errno = cause instanceof PosixException posix ? posix.errno() : cause.getMessage();
        return told.add(what + ": " + errno);
    }

    /** Whether a failure that is nobody's place is to be told. */
    boolean isNew(Throwable failure) {
        return told.add(failure.toString());
    }

    /** All is well again: what happens from now on is new. */
    void clear() {
        told.clear();
    }
}
