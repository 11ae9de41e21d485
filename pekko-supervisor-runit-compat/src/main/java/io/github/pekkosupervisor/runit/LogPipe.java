package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FifoUse;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OtherProcess;
import io.github.pekkosupervisor.posix.Pipe;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pipe from a service to its logger: a FIFO, hidden in {@code supervise/}, by which a successor comes to the same
 * pipe when this JVM has died.
 *
 * <p>The service gets it opened both ways: it is a reader too, so it does not die of a broken pipe while nobody else
 * reads, but waits when the pipe is full. The logger gets it to read only, and sees the end of its input when the
 * service and we have let go.
 */
final class LogPipe implements AutoCloseable {

    private static final OsString NAME = OsString.of("supervise/.log");
    private static final OsString NEXT = OsString.of("supervise/.log.new");
    private static final int MODE = 0600;
    private static final int NOT_OWNER = 0077;

    private final Reporter reporter;
    private @Nullable Pipe pipe;
    private FileStatus.@Nullable Id id;

    LogPipe(Reporter reporter) {
        this.reporter = reporter;
    }

    /** Where the service writes; empty when it is closed. */
    Optional<Descriptor> writeEnd() {
        return Optional.ofNullable(pipe).map(Pipe::writeEnd);
    }

    /** Where the logger reads; empty when it is closed. */
    Optional<Descriptor> readEnd() {
        return Optional.ofNullable(pipe).map(Pipe::readEnd);
    }

    /** Which it is; empty when it is closed. */
    Optional<FileStatus.Id> id() {
        return Optional.ofNullable(id);
    }

    /** The FIFO that is there, of a supervisor before this one; empty if there is none. */
    static Optional<FileStatus.Id> left(Directory home) throws PosixException {
        return home.linkStatusIfPresent(NAME).filter(FileStatus::isFifo).map(FileStatus::id);
    }

    /** Whether somebody has that open to read, as the service has too. */
    static boolean isRead(Directory home) throws PosixException {
        try {
            home.openWrite(NAME).close();
            return true;
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return !e.is("ENXIO");
        }
    }

    /**
     * Who else has that open; nobody if there is none, or if we may not open it. To be asked before we do.
     *
     * @throws PosixException if that cannot be told now
     */
    static FifoUse use(Directory home) throws PosixException {
        if (left(home).isEmpty()) {
            return FifoUse.NOBODY;
        }
        try {
            return home.useOfFifo(NAME);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return FifoUse.NOBODY;
        }
    }

    boolean isOpen() {
        return pipe != null;
    }

    /**
     * Opens the FIFO that is there, or makes it.
     *
     * @throws PosixException if no descriptor can be had now
     */
    void open(Directory home, Posix posix) throws PosixException {
        try {
            if (left(home).isEmpty()) {
                home.remove(NAME);
                home.makeFifo(NAME, MODE);
            }
            take(open(home, NAME));
        } catch (PosixException e) {
            openWithoutName(posix, e);
        }
    }

    /**
     * Whether it is such a FIFO as this one, and has lost its name: one that a process has made for itself others may
     * read, as a rule, and has its name.
     */
    boolean isLikeThis(FileStatus other) {
        return id != null
                && other.isFifo()
                && other.links() == 0
                && other.id().device() == id.device()
                && (other.mode() & NOT_OWNER) == 0;
    }

    /**
     * Opens one of which nobody else has an end; a logger that reads from the one before sees the end of its input
     * there.
     *
     * @throws PosixException if no descriptor can be had now
     */
    void renew(Directory home, Posix posix) throws PosixException {
        try {
            home.remove(NEXT);
            home.makeFifo(NEXT, MODE);
            Pipe made = open(home, NEXT);
            try {
                home.rename(NEXT, NAME);
            } catch (PosixException e) {
                made.close();
                throw e;
            }
            take(made);
        } catch (PosixException e) {
            openWithoutName(posix, e);
        }
    }

    /**
     * Opens the one that a process has which a supervisor has left, where it is not the FIFO: by {@code /proc}.
     *
     * @param number its descriptor of it
     * @return whether that was possible
     */
    boolean takeOver(ProcessIdentity holder, int number, FileStatus.Id wanted) {
        OtherProcess process = new OtherProcess(holder);
        try {
            Descriptor write = process.reopenBothWays(number);
            try {
                if (!write.status().id().equals(wanted)) {
                    write.close();
                    return false;
                }
                take(new Pipe(process.reopenToRead(number), write));
                return true;
            } catch (PosixException e) {
                write.close();
                return false;
            }
        } catch (PosixException e) {
            // it has closed that, or we may not look: there may be another that has it
            return false;
        }
    }

    /** The same of one that this process has kept open since it was another program. */
    boolean takeOverKept(FileStatus.Id wanted) {
        Optional<Descriptor> kept = KeptDescriptors.ofThisJvm().find(wanted);
        if (kept.isEmpty()) {
            return false;
        }
        try {
            Descriptor write = kept.get().reopenBothWays();
            try {
                take(new Pipe(kept.get().reopenToRead(), write));
                return true;
            } catch (PosixException e) {
                write.close();
                return false;
            }
        } catch (PosixException e) {
            // as above
            return false;
        }
    }

    private static Pipe open(Directory home, OsString name) throws PosixException {
        Descriptor write = home.openFifoBothWays(name);
        try {
            return new Pipe(home.openFifoToRead(name), write);
        } catch (PosixException e) {
            write.close();
            throw e;
        }
    }

    /** Its service runs as well, only a successor would not find it. */
    private void openWithoutName(Posix posix, PosixException cause) throws PosixException {
        switch (cause.errno()) {
            case "EAGAIN", "EMFILE", "ENFILE", "ENOMEM" -> throw cause;
            default -> {
                // whatever is wrong with the directory
            }
        }
        Pipe made = posix.pipe();
        try (Descriptor replaced = made.writeEnd()) {
            take(new Pipe(made.readEnd(), replaced.reopenBothWays()));
        } catch (PosixException e) {
            made.readEnd().close();
            throw e;
        }
        reporter.warnOfOurs("unable to make " + NAME + ": " + ErrorText.of(cause)
                + "; the log goes through a pipe without a name, which a next launcher may not be able to adopt");
    }

    /** Both ends are ours from now on, or closed. */
    private void take(Pipe opened) throws PosixException {
        FileStatus.Id its;
        try {
            its = opened.writeEnd().status().id();
        } catch (PosixException e) {
            opened.close();
            throw e;
        }
        close();
        pipe = opened;
        id = its;
        KeptDescriptors.ofThisJvm().isOpen(opened.writeEnd());
    }

    @Override
    public void close() {
        if (pipe != null) {
            pipe.close();
            pipe = null;
            id = null;
        }
    }
}
