package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.Optional;

/**
 * An open directory: names are resolved from it as from a current directory, also after it was renamed or the link to
 * it was removed (the {@code *at} calls of POSIX).
 *
 * <p>Every method blocks for as long as the file system does, and throws a {@link PosixException} with the call that
 * was refused. Files are opened close-on-exec and non-blocking. Creation modes are reduced by the umask.
 */
public final class Directory implements AutoCloseable {

    private final Descriptor descriptor;
    private final OsString path;

    /** What becomes of a name that is a symbolic link; links on the way to it are always followed. */
    public enum Links {
        /** What it leads to is meant. */
        FOLLOW(0),
        /** It is refused, with {@code ELOOP}: whoever may make a link need not be allowed to use what it leads to. */
        REFUSE(FileCalls.O_NOFOLLOW);

        private final int flag;

        Links(int flag) {
            this.flag = flag;
        }
    }

    private Directory(Descriptor descriptor, OsString path) {
        this.descriptor = descriptor;
        this.path = path;
    }

    /** Opens a directory by its path, relative to the current directory of the JVM. */
    public static Directory open(OsString path) throws PosixException {
        return open(FileCalls.AT_FDCWD, path, path, Links.FOLLOW);
    }

    /** Opens a directory below this one, following links; as {@code chdir(2)}, it needs the right to search it. */
    public Directory directory(OsString name) throws PosixException {
        return directory(name, Links.FOLLOW);
    }

    /**
     * The same, where a name that is a link may not be followed.
     *
     * @throws PosixException {@code ENOTDIR} if it is a link that is refused
     */
    public Directory directory(OsString name, Links links) throws PosixException {
        return open(descriptor.number(), name, path.plus("/").plus(name), links);
    }

    /**
     * What a path stands for, relative to the current directory of the JVM and following links; empty if there is
     * nothing.
     */
    public static Optional<FileStatus> statusOf(OsString path) throws PosixException {
        return Optional.ofNullable(FileCalls.statIfPresent(FileCalls.AT_FDCWD, path, 0));
    }

    /** Whether a path leads to something; what cannot be seen is not there. */
    public static boolean exists(OsString path) {
        try {
            return FileCalls.statIfPresent(FileCalls.AT_FDCWD, path, 0) != null;
        } catch (PosixException e) {
            return false;
        }
    }

    private static Directory open(int from, OsString name, OsString path, Links links) throws PosixException {
        Descriptor opened = Descriptor.open(from, name, FileCalls.O_PATH | FileCalls.O_DIRECTORY | links.flag, 0);
        try {
            // O_PATH asks for no permission on the directory itself; looking up "." in it does
            FileCalls.stat(opened.number(), OsString.of("."), 0);
        } catch (PosixException e) {
            opened.close();
            throw e;
        }
        return new Directory(opened, path);
    }

    /** The path that this was opened with; another file may be there now. */
    public OsString path() {
        return path;
    }

    /** A path that leads here from within this process as long as this is open, wherever it has been moved to. */
    public OsString lastingPath() {
        return OsString.of("/proc/self/fd/" + descriptor.number());
    }

    /**
     * The path, without links, under which this is to be found now.
     *
     * @throws PosixException as readlink(2), for instance without {@code /proc}
     */
    public OsString realPath() throws PosixException {
        return FileCalls.readLink(FileCalls.AT_FDCWD, lastingPath());
    }

    /** Whether it has been removed: what is in it now is nothing, and nobody else can come to be in it. */
    public boolean isRemoved() throws PosixException {
        String path = realPath().toString();
        // a directory may have such a name too
        return path.endsWith(" (deleted)") && FileCalls.statIfPresent(FileCalls.AT_FDCWD, realPath(), 0) == null;
    }

    /** The open descriptor (of kind {@code O_PATH}), for a spawn. */
    Descriptor descriptor() {
        return descriptor;
    }

    /**
     * Whether descriptors were plentiful when this was opened: the kernel gives the lowest number that is free, and
     * this one is in the lower half of the limit.
     */
    public boolean isFarFromOpenFilesLimit() throws PosixException {
        return descriptor.number() < OpenFilesLimit.current().soft() / 2;
    }

    /** Identity and modification time of the directory itself. */
    public FileStatus status() throws PosixException {
        return descriptor.status();
    }

    /** What a name stands for, following links. */
    public FileStatus status(OsString name) throws PosixException {
        return FileCalls.stat(descriptor.number(), name, 0);
    }

    /** What a name stands for, following links; empty if there is nothing of this name, or its link leads nowhere. */
    public Optional<FileStatus> statusIfPresent(OsString name) throws PosixException {
        return Optional.ofNullable(FileCalls.statIfPresent(descriptor.number(), name, 0));
    }

    /** What a name stands for, a link being a link. */
    public FileStatus linkStatus(OsString name) throws PosixException {
        return FileCalls.stat(descriptor.number(), name, FileCalls.AT_SYMLINK_NOFOLLOW);
    }

    /** What a name stands for, a link being a link; empty if there is nothing of this name. */
    public Optional<FileStatus> linkStatusIfPresent(OsString name) throws PosixException {
        return Optional.ofNullable(FileCalls.statIfPresent(descriptor.number(), name, FileCalls.AT_SYMLINK_NOFOLLOW));
    }

    /** All names in kernel order, without {@code .} and {@code ..}; needs the right to read the directory. */
    public List<OsString> list() throws PosixException {
        try (Descriptor readable =
                Descriptor.open(descriptor.number(), OsString.of("."), FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0)) {
            return FileCalls.list(readable.number(), path.toString());
        }
    }

    /**
     * Creates a directory.
     *
     * @return false if there is something of this name already
     */
    public boolean makeDirectory(OsString name, int mode) throws PosixException {
        return FileCalls.makeDirectory(descriptor.number(), name, mode);
    }

    /**
     * Creates a FIFO.
     *
     * @return false if there is something of this name already
     */
    public boolean makeFifo(OsString name, int mode) throws PosixException {
        return FileCalls.makeFifo(descriptor.number(), name, mode);
    }

    /** The text of a symbolic link. */
    public OsString readLink(OsString name) throws PosixException {
        return FileCalls.readLink(descriptor.number(), name);
    }

    /** Creates a symbolic link with this text. */
    public void makeLink(OsString name, OsString target) throws PosixException {
        FileCalls.makeLink(target, descriptor.number(), name);
    }

    /**
     * Removes a file or link; not a directory.
     *
     * @return false if there is nothing of this name
     */
    public boolean remove(OsString name) throws PosixException {
        return FileCalls.remove(descriptor.number(), name);
    }

    /**
     * Removes an empty directory.
     *
     * @return false if there is nothing of this name
     * @throws PosixException {@code ENOTEMPTY} if there is something in it
     */
    public boolean removeDirectory(OsString name) throws PosixException {
        return FileCalls.removeDirectory(descriptor.number(), name);
    }

    /**
     * Gives a file one name more; a link is not followed.
     *
     * @return false if there is something of the second name already
     * @throws PosixException as linkat(2): {@code EPERM} or {@code EOPNOTSUPP} where a file system has no such links,
     *     {@code EMLINK} if the file has as many as it may have
     */
    public boolean makeHardLink(OsString from, OsString to) throws PosixException {
        return FileCalls.makeHardLink(descriptor.number(), from, to);
    }

    /** Opens for reading. */
    public Descriptor openRead(OsString name) throws PosixException {
        return Descriptor.open(descriptor.number(), name, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK, 0);
    }

    /** Opens for reading. */
    public Descriptor openRead(OsString name, Links links) throws PosixException {
        return Descriptor.open(descriptor.number(), name, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK | links.flag, 0);
    }

    /** Opens for writing what is there; a FIFO that nobody reads is refused with {@code ENXIO}. */
    public Descriptor openWrite(OsString name) throws PosixException {
        return Descriptor.open(descriptor.number(), name, FileCalls.O_WRONLY | FileCalls.O_NONBLOCK, 0);
    }

    /** Opens for reading and writing, which on a FIFO keeps either end from ever seeing the other one go. */
    public Descriptor openReadWrite(OsString name) throws PosixException {
        return Descriptor.open(descriptor.number(), name, FileCalls.O_RDWR | FileCalls.O_NONBLOCK, 0);
    }

    /** Opens for reading and writing. */
    public Descriptor openReadWrite(OsString name, Links links) throws PosixException {
        return Descriptor.open(descriptor.number(), name, FileCalls.O_RDWR | FileCalls.O_NONBLOCK | links.flag, 0);
    }

    /**
     * Opens a FIFO for both directions, for a process that waits when it reads or writes: while this is open neither
     * end ever finds the other one gone. No link is followed.
     *
     * @throws PosixException {@code EINVAL} if it is no FIFO
     */
    public Descriptor openFifoBothWays(OsString name) throws PosixException {
        return Descriptor.openFifo(descriptor.number(), name, FileCalls.O_RDWR | FileCalls.O_NOFOLLOW);
    }

    /**
     * Opens a FIFO for a process that waits when it reads from it; does not wait for a writer. Where there is none, a
     * read finds the end of the stream. No link is followed.
     *
     * @throws PosixException {@code EINVAL} if it is no FIFO
     */
    public Descriptor openFifoToRead(OsString name) throws PosixException {
        return Descriptor.openFifo(descriptor.number(), name, FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW);
    }

    /**
     * Who else has a FIFO open, which this process does not have open itself. No link is followed.
     *
     * @throws PosixException {@code EINVAL} if it is no FIFO
     */
    public FifoUse useOfFifo(OsString name) throws PosixException {
        return FifoUse.of(descriptor.number(), name);
    }

    /** Opens for appending; creates the file if it is not there. */
    public Descriptor openAppend(OsString name, int mode) throws PosixException {
        return Descriptor.open(
                descriptor.number(),
                name,
                FileCalls.O_WRONLY | FileCalls.O_APPEND | FileCalls.O_CREAT | FileCalls.O_NONBLOCK,
                mode);
    }

    /** Opens for appending; creates the file if it is not there. */
    public Descriptor openAppend(OsString name, int mode, Links links) throws PosixException {
        return Descriptor.open(
                descriptor.number(),
                name,
                FileCalls.O_WRONLY | FileCalls.O_APPEND | FileCalls.O_CREAT | FileCalls.O_NONBLOCK | links.flag,
                mode);
    }

    /** Opens for writing, empty; creates the file if it is not there. */
    public Descriptor openTruncated(OsString name, int mode) throws PosixException {
        return Descriptor.open(
                descriptor.number(),
                name,
                FileCalls.O_WRONLY | FileCalls.O_TRUNC | FileCalls.O_CREAT | FileCalls.O_NONBLOCK,
                mode);
    }

    /** Opens for writing, empty; creates the file if it is not there. */
    public Descriptor openTruncated(OsString name, int mode, Links links) throws PosixException {
        return Descriptor.open(
                descriptor.number(),
                name,
                FileCalls.O_WRONLY | FileCalls.O_TRUNC | FileCalls.O_CREAT | FileCalls.O_NONBLOCK | links.flag,
                mode);
    }

    /** Opens for writing over what is there; creates the file if it is not there. */
    public Descriptor openOverwrite(OsString name, int mode) throws PosixException {
        return Descriptor.open(
                descriptor.number(), name, FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_NONBLOCK, mode);
    }

    /**
     * Makes a file and opens it for writing. What has the name, be it a link, is removed first and not touched.
     *
     * @throws PosixException {@code EISDIR} for a directory
     */
    public Descriptor openNew(OsString name, int mode) throws PosixException {
        int flags = FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_NONBLOCK;
        try {
            return Descriptor.open(descriptor.number(), name, flags, mode);
        } catch (PosixException e) {
            if (!e.is("EEXIST")) {
                throw e;
            }
        }
        remove(name);
        return Descriptor.open(descriptor.number(), name, flags, mode);
    }

    /**
     * Opens a regular file for writing over what is in it; makes it where it is not there. What else has the name, be
     * it a link or a FIFO, is removed first and not touched.
     *
     * @throws PosixException {@code EISDIR} for a directory
     */
    public Descriptor openOwn(OsString name, int mode) throws PosixException {
        if (linkStatusIfPresent(name).filter(FileStatus::isRegularFile).isEmpty()) {
            return openNew(name, mode);
        }
        return openOwnAgain(name);
    }

    /**
     * Opens for writing what {@link #openOwn} has opened before, without a look at what it is: a link is refused, and
     * where a FIFO has come into its place, {@link Descriptor#writeAt} refuses to write to that.
     *
     * @throws PosixException {@code ENOENT}, {@code ELOOP}, {@code ENXIO} or {@code EISDIR} if it is not the same any
     *     more; {@link #openOwn} puts that right
     */
    public Descriptor openOwnAgain(OsString name) throws PosixException {
        return Descriptor.open(
                descriptor.number(), name, FileCalls.O_WRONLY | FileCalls.O_NONBLOCK | FileCalls.O_NOFOLLOW, 0);
    }

    /** As {@link #openOwn}, for reading and writing. */
    public Descriptor openOwnBothWays(OsString name, int mode) throws PosixException {
        if (linkStatusIfPresent(name).filter(FileStatus::isRegularFile).isEmpty()) {
            openNew(name, mode).close();
        }
        return openReadWrite(name, Links.REFUSE);
    }

    /** Gives a file another name, replacing what had it. */
    public void rename(OsString from, OsString to) throws PosixException {
        FileCalls.rename(descriptor.number(), from, to);
    }

    /**
     * Gives two files each other's names, at once: whoever opens one of them finds it, and finds it whole.
     *
     * @return false if one of them is not there, or where the system cannot do it; nothing has been done then
     */
    public boolean exchange(OsString one, OsString other) throws PosixException {
        return FileCalls.exchange(descriptor.number(), one, other);
    }

    /** Gives a file exactly this mode, whatever the umask. */
    public void setMode(OsString name, int mode) throws PosixException {
        FileCalls.setMode(descriptor.number(), name, mode);
    }

    /**
     * Gives a file to a user; a link is not followed.
     *
     * @throws PosixException {@code EPERM} if this process is not root's
     */
    public void setOwner(OsString name, int user) throws PosixException {
        FileCalls.setOwner(descriptor.number(), name, user);
    }

    /**
     * Gives a file to a group; a link is not followed.
     *
     * @throws PosixException {@code EPERM} if this process is not in that group, and not root
     */
    public void setGroup(OsString name, int group) throws PosixException {
        FileCalls.setGroup(descriptor.number(), name, group);
    }

    /**
     * Whether this process could execute a file: root cannot either where the file system is mounted {@code noexec}.
     */
    public boolean mayExecute(OsString name) throws PosixException {
        return FileCalls.mayExecute(descriptor.number(), name);
    }

    /**
     * The content of a regular file that somebody else may have made: neither a FIFO nor a device is so much as opened,
     * and no more is read than it may hold, so this waits for nothing but a disk.
     *
     * @param limit the most bytes it may have
     * @throws PosixException {@code EFBIG} if it is longer; {@code EISDIR}, {@code ELOOP} or else {@code EINVAL} if it
     *     is a directory, a link that is not to be followed, or another kind of file
     */
    public byte[] readFile(OsString name, int limit, Links links) throws PosixException {
        try (Descriptor found = Descriptor.open(descriptor.number(), name, FileCalls.O_PATH | links.flag, 0)) {
            FileStatus status = found.status();
            if (!status.isRegularFile()) {
                throw notRegular(name, status);
            }
            OsString again = OsString.of("/proc/self/fd/" + found.number());
            try (Descriptor file =
                    Descriptor.open(FileCalls.AT_FDCWD, again, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK, 0)) {
                return DescriptorCalls.readUpTo(file.number(), limit, name.toString());
            }
        }
    }

    private static PosixException notRegular(OsString name, FileStatus status) {
        if (status.isDirectory()) {
            return PosixException.of("openat", name.toString(), Errno.EISDIR);
        }
        return status.isLink()
                ? PosixException.of("openat", name.toString(), Errno.ELOOP)
                : new PosixException("openat", name.toString(), Errno.EINVAL.name(), "is not a regular file");
    }

    @Override
    public void close() {
        descriptor.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
