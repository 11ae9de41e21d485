package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.StateFile.Absent;
import io.github.pekkosupervisor.runit.supervise.StateFile.Elsewhere;
import io.github.pekkosupervisor.runit.supervise.StateFile.Garbage;
import io.github.pekkosupervisor.runit.supervise.StateFile.Read;
import io.github.pekkosupervisor.runit.supervise.StateFile.Valid;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code .state} of a supervise directory: read once, and then written, a slot at a time.
 *
 * <p>Nothing of it is brought to the disk at once: it is for who comes after a process that was killed, and not after
 * another boot.
 */
final class StateStore {

    private static final int MODE = 0644;

    private final Directory home;
    private final String path;
    private final Complaints complaints = new Complaints();
    private @Nullable Read found;
    private long sequence;
    /** The digest of the record that was written last, if one was. */
    private long written;

    private boolean isWritten;
    private boolean isDue;
    private @Nullable UnitRecord unwritten;
    private @Nullable PosixException refusal;

    StateStore(Directory home, String path) {
        this.home = home;
        this.path = path;
    }

    static OsString name(String path) {
        return OsString.of(path + ".state");
    }

    /** As it is now, until it is written. */
    Read read() throws PosixException {
        if (found == null || !isWritten) {
            found = read(home, name(path));
            sequence = sequence(found);
        }
        return found;
    }

    private static long sequence(Read found) {
        if (found instanceof Elsewhere elsewhere) {
            return elsewhere.sequence();
        }
        return found instanceof Valid valid ? valid.sequence() : 0;
    }

    static Read read(Directory home, OsString name) throws PosixException {
        if (home.linkStatusIfPresent(name).isEmpty()) {
            // at a first start there is none, and an exception costs more
            return new Absent();
        }
        try {
            Read read = StateFile.parse(home.readFile(name, StateFile.LONGEST, Directory.Links.REFUSE));
            return read instanceof Valid valid && isOfAnother(home, valid) ? new Elsewhere(valid.sequence()) : read;
        } catch (PosixException e) {
            return switch (e.errno()) {
                case "ENOENT" -> new Absent();
                case "EFBIG" -> new Garbage("it has more than " + StateFile.LONGEST + " bytes");
                case "ELOOP", "EISDIR", "EINVAL" -> new Garbage(StateFile.NOT_REGULAR);
                default -> throw e;
            };
        }
    }

    private static boolean isOfAnother(Directory home, Valid valid) throws PosixException {
        Optional<FileStatus.Id> its = valid.state().supervisor().home();
        return its.isPresent() && !its.get().equals(home.status().id()) && isOfNow(valid.state());
    }

    /**
     * Since the machine was started, or the container. What is older tells of nobody who runs, and the numbers of
     * devices may have changed since: then a directory only looks like another one.
     */
    private static boolean isOfNow(UnitRecord record) {
        return ProcessIdentity.maySameBoot(
                        record.supervisor().identity().bootId(),
                        Ourselves.identity().bootId())
                && !record.isFromBefore(ProcessIdentity.firstTick());
    }

    boolean write(UnitRecord record, Reporter reporter) {
        unwritten = record;
        try {
            if (found == null) {
                // the next number follows from what is there
                read();
            }
            long next = sequence + 1;
            byte[] slot = StateFile.slot(record, next);
            long digest = StateFile.digest(slot);
            if (isDue || !isWritten || digest != written) {
                put(slot, StateFile.offset(next));
                sequence = next;
                isWritten = true;
                written = digest;
                isDue = false;
            }
            unwritten = null;
            refusal = null;
            complaints.clear();
            return true;
        } catch (PosixException e) {
            refusal = e;
            complaints.tell("unable to write " + name(path) + " for a successor", e, reporter);
            return false;
        }
    }

    /** The next record is written even if it says the same, so that it is seen whether it can be. */
    void mustBeWritten() {
        isDue = true;
    }

    private void put(byte[] slot, long offset) throws PosixException {
        if (isWritten && putAgain(slot, offset)) {
            return;
        }
        try (Descriptor file = home.openOwn(name(path), MODE)) {
            file.writeAt(slot, offset);
        }
    }

    /** False if it could not be done so simply; then it is done as the first time, and what is wrong is told. */
    private boolean putAgain(byte[] slot, long offset) {
        try (Descriptor file = home.openOwnAgain(name(path))) {
            file.writeAt(slot, offset);
            return true;
        } catch (PosixException e) {
            return false;
        }
    }

    /** Why the last record could not be written; empty if it could. */
    Optional<PosixException> refusal() {
        return Optional.ofNullable(refusal);
    }

    void catchUp(Reporter reporter) {
        if (unwritten != null) {
            write(unwritten, reporter);
        }
    }
}
