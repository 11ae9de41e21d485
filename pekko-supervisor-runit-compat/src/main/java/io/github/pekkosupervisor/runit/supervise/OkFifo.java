package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.KeptDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The FIFO {@code ok} of a supervise directory, by which clients see that somebody supervises: they can open it to
 * write.
 *
 * <p>Where nobody but the owner may use the directory it is a second name of {@code control}, which costs neither a
 * descriptor nor a file; nobody ever writes to {@code ok}. Where others are let in it is a FIFO of its own, since who
 * may look need not be one who may command. In either way runit's {@code runsv} finds it as it knows it.
 */
final class OkFifo implements AutoCloseable {

    private static final int PRIVATE_MODE = 0600;
    private static final int PERMISSIONS = 0777;
    private static final int OTHERS = 077;

    private final Directory home;
    private final String path;
    private final boolean isNew;
    private @Nullable Descriptor descriptor;
    private FileStatus.@Nullable Id controlId;
    private boolean isShared;
    private boolean isOpen;

    /**
     * @param path of the supervise directory, from {@code home}
     * @param isNew whether it has just been made, with nothing in it
     */
    OkFifo(Directory home, String path, boolean isNew) {
        this.home = home;
        this.path = path;
        this.isNew = isNew;
    }

    // made when they are needed: there are thousands of these, and they are opened once

    private OsString supervise() {
        return OsString.of(path + ".");
    }

    private OsString name() {
        return OsString.of(path + "ok");
    }

    private OsString control() {
        return OsString.of(path + "control");
    }

    private OsString next() {
        return OsString.of(path + "ok.new");
    }

    /**
     * Sees that it can be opened, and that it is not before it is; to be called before the FIFO for commands is opened.
     *
     * @param commands that FIFO
     * @param isForOthers whether others are to be let in
     */
    void prepare(FileStatus commands, boolean isForOthers, Reporter reporter) throws FatalException {
        controlId = commands.id();
        try {
            Optional<FileStatus> found = isNew ? Optional.empty() : home.linkStatusIfPresent(name());
            boolean wasShared = found.filter(this::isCommands).isPresent();
            isShared = !isForOthers
                    && isPrivate(commands)
                    && found.map(there -> there.isFifo() && isPrivate(there)).orElse(true)
                    && (isNew || isPrivate(home.status(supervise())));
            if (!isShared) {
                if (wasShared) {
                    separate(commands, isForOthers, reporter).close();
                }
                make();
                home.openRead(name(), Links.REFUSE).close();
            } else if (wasShared && !isKeptOpen(commands)) {
                // else clients would read a status that may be long out of date
                home.remove(name());
            }
        } catch (PosixException e) {
            throw new FatalException("unable to read " + name(), e);
        }
    }

    private boolean isCommands(FileStatus status) {
        return status.id().equals(controlId);
    }

    private static boolean isPrivate(FileStatus status) {
        return (status.mode() & OTHERS) == 0;
    }

    /** It has been open all the time, and what status says is of a moment ago: this process was another one then. */
    private static boolean isKeptOpen(FileStatus commands) {
        return KeptDescriptors.ofThisJvm().find(commands.id()).isPresent();
    }

    private void make() {
        try {
            home.makeFifo(name(), PRIVATE_MODE);
        } catch (PosixException e) {
            // the trouble shows again, in runsv's words, when it is opened
        }
    }

    /** From now on clients see that somebody supervises. */
    void open() throws PosixException {
        if (isOpen) {
            return;
        }
        if (!isShared || !link()) {
            isShared = false;
            descriptor = home.openRead(name(), Links.REFUSE);
            KeptDescriptors.ofThisJvm().isOpen(descriptor);
        }
        isOpen = true;
    }

    /** False where a FIFO cannot have a second name; then it is one of its own. */
    private boolean link() throws PosixException {
        try {
            if (home.makeHardLink(control(), name())
                    || home.linkStatusIfPresent(name()).filter(this::isCommands).isPresent()) {
                return true;
            }
            home.remove(name());
            return home.makeHardLink(control(), name());
        } catch (PosixException e) {
            home.makeFifo(name(), PRIVATE_MODE);
            return false;
        }
    }

    boolean isOpen() {
        return isOpen;
    }

    /** Its own descriptor; empty where it has none. */
    Optional<Descriptor> descriptor() {
        return Optional.ofNullable(descriptor);
    }

    /**
     * If somebody has changed the rights to it since it was opened, those to command have changed with them: what can
     * still be done is that it is not so a second time.
     */
    void lookAtRights(Reporter reporter) {
        if (!isShared || !isOpen) {
            return;
        }
        try {
            FileStatus commands = home.linkStatus(control());
            if (isCommands(commands) && !isPrivate(commands)) {
                descriptor = separate(commands, false, reporter);
                isShared = false;
            }
        } catch (PosixException e) {
            // it is looked at again with the next command
        }
    }

    /** It becomes a FIFO of its own, with the rights that it has. */
    private Descriptor separate(FileStatus commands, boolean isForOthers, Reporter reporter) throws PosixException {
        home.remove(next());
        home.makeFifo(next(), PRIVATE_MODE);
        if (!isForOthers && !isPrivate(commands)) {
            home.setGroup(next(), commands.group());
            home.setMode(next(), commands.mode() & PERMISSIONS);
        }
        Descriptor own = home.openRead(next(), Links.REFUSE);
        try {
            home.rename(next(), name());
        } catch (PosixException e) {
            own.close();
            throw e;
        }
        if (!isForOthers && !isPrivate(commands)) {
            reporter.warnOfOurs(
                    name() + " and " + control() + " were one FIFO, so whoever was let in by its mode, which is "
                            + Integer.toOctalString(commands.mode() & PERMISSIONS)
                            + " now, may command too; they are two from now on: change the mode of " + control()
                            + " if they are only to look");
        }
        return own;
    }

    @Override
    public void close() {
        if (descriptor != null) {
            descriptor.close();
        }
    }
}
