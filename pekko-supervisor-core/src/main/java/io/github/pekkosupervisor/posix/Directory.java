package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: names are resolved from it as from a current directory, also after it was renamed or the link to
 * it was removed (the {@code *at} calls of POSIX).
 *
 * <p>Every method blocks for as long as the file system does, and throws a {@link PosixException} with the call that
 * was refused. Files are opened close-on-exec and non-blocking. Creation modes are reduced by the umask.
 */
public final class Directory implements AutoCloseable {

    private static final OsString HERE = OsString.of(".");
    private static final AwakeDirectories AWAKE = new AwakeDirectories();
    private static final AtomicIntegerFieldUpdater<Directory> USERS =
            AtomicIntegerFieldUpdater.newUpdater(Directory.class, "users");
    private static final int AT_REST = -1;
    private static final int COMES_TO_REST = -2;

    private final OsString path;
    private volatile Descriptor descriptor;

    /** How many are at a call with the descriptor now; less than none if there is none. */
    private volatile int users;

    private @Nullable Anchor anchor;
    private volatile boolean stays;
    private volatile boolean closed;

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

    /**
     * By what it is found again wherever it has been moved to, and known.
     *
     * @param below something that stays open in it
     * @param name where that is, from here, as long as nobody renames it
     * @param status of the directory itself
     */
    private record Anchor(Descriptor below, OsString name, FileStatus status) {
        boolean isOf(FileStatus found) {
            return status.id().equals(found.id()) && status.birth() == found.birth();
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
        int at = begin();
        try {
            return open(at, name, path.plus("/").plus(name), links);
        } finally {
            end();
        }
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
        lookInto(opened);
        return new Directory(opened, path);
    }

    /** O_PATH asks for no permission on the directory itself; looking up "." in it does. */
    private static FileStatus lookInto(Descriptor opened) throws PosixException {
        try {
            return FileCalls.stat(opened.number(), HERE, 0);
        } catch (PosixException e) {
            opened.close();
            throw e;
        }
    }

    // ---- the descriptor, which one that rests has not

    /**
     * From now on it has a descriptor only while it is used, or was one of the last to be, so that thousands may be
     * open at once. It is found again by its path, and, where that leads elsewhere by now, by what is open in it.
     *
     * @param below something in it that stays open as long as this does
     * @param name the name of that, from here
     */
    public void mayRest(Descriptor below, OsString name) {
        FileStatus status;
        try {
            // not that of its opening: in an overlay it may have become another one by the first file made in it
            status = status();
        } catch (PosixException e) {
            // it keeps its descriptor
            return;
        }
        synchronized (this) {
            if (closed || anchor != null) {
                return;
            }
            anchor = new Anchor(below, name, status);
        }
        AWAKE.add(this::rest);
    }

    /** The number of its descriptor, which stays open until {@link #end}. */
    int begin() throws PosixException {
        while (true) {
            int now = users;
            if (now == AT_REST) {
                wake();
            } else if (now == COMES_TO_REST) {
                // it is about to be closed, which takes no time
                Thread.onSpinWait();
            } else if (USERS.compareAndSet(this, now, now + 1)) {
                return descriptor.number();
            }
        }
    }

    /** It is not used any more by whoever has begun. */
    void end() {
        USERS.decrementAndGet(this);
    }

    /** False if somebody uses it now, so that it is to be asked again. */
    private boolean rest() {
        if (closed || stays) {
            return true;
        }
        if (!USERS.compareAndSet(this, 0, COMES_TO_REST)) {
            return users < 0;
        }
        descriptor.close();
        users = AT_REST;
        return true;
    }

    private void wake() throws PosixException {
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("directory " + path + " is already closed");
            }
            if (users != AT_REST) {
                return;
            }
            descriptor = found();
            users = 0;
        }
        AWAKE.add(this::rest);
    }

    private Descriptor found() throws PosixException {
        Anchor known = anchor;
        if (known == null) {
            throw new IllegalStateException("directory " + path + " rests and may not");
        }
        try {
            return verified(path, known);
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return verified(above(known, e), known);
        }
    }

    /** The directory of what is open in it, by where that is now. */
    private static OsString above(Anchor known, PosixException lost) throws PosixException {
        OsString below = FileCalls.readLink(
                FileCalls.AT_FDCWD, OsString.of("/proc/self/fd/" + known.below().number()));
        OsString end = OsString.of("/").plus(known.name());
        int length = below.length() - end.length();
        if (length <= 0 || !below.slice(length, below.length()).equals(end)) {
            throw lost;
        }
        return below.slice(0, length);
    }

    /** What is there, if it is this one. */
    private static Descriptor verified(OsString place, Anchor known) throws PosixException {
        Descriptor opened = openAgain(place);
        if (!known.isOf(lookInto(opened))) {
            opened.close();
            throw PosixException.of("openat", place.toString(), Errno.ENOENT);
        }
        return opened;
    }

    private static Descriptor openAgain(OsString place) throws PosixException {
        final int flags = FileCalls.O_PATH | FileCalls.O_DIRECTORY;
        try {
            return Descriptor.open(FileCalls.AT_FDCWD, place, flags, 0);
        } catch (PosixException e) {
            if (!e.is("EMFILE") || !AWAKE.letOneRest()) {
                throw e;
            }
            return Descriptor.open(FileCalls.AT_FDCWD, place, flags, 0);
        }
    }

    /** The path that this was opened with; another file may be there now. */
    public OsString path() {
        return path;
    }

    /**
     * A path that leads here from within this process as long as this is open, wherever it has been moved to; it does
     * not rest any more.
     *
     * @throws PosixException if it rests and is not found
     */
    public OsString lastingPath() throws PosixException {
        return OsString.of("/proc/self/fd/" + lastingNumber());
    }

    /** The number of its descriptor, of kind {@code O_PATH}; it does not rest any more. */
    int lastingNumber() throws PosixException {
        stays = true;
        // whoever has asked uses it from now on
        return begin();
    }

    /**
     * The path, without links, under which this is to be found now.
     *
     * @throws PosixException as readlink(2), for instance without {@code /proc}
     */
    public OsString realPath() throws PosixException {
        int at = begin();
        try {
            return FileCalls.readLink(FileCalls.AT_FDCWD, OsString.of("/proc/self/fd/" + at));
        } finally {
            end();
        }
    }

    /** Whether it has been removed: what is in it now is nothing, and nobody else can come to be in it. */
    public boolean isRemoved() throws PosixException {
        String real = realPath().toString();
        // a directory may have such a name too
        return real.endsWith(" (deleted)") && FileCalls.statIfPresent(FileCalls.AT_FDCWD, realPath(), 0) == null;
    }

    /** Closes the descriptors of all that may rest and are not used now. */
    public static void letAllRest() {
        AWAKE.letAllRest();
    }

    /** Identity and modification time of the directory itself. */
    public FileStatus status() throws PosixException {
        int at = begin();
        try {
            return FileCalls.stat(at, OsString.of(""), FileCalls.AT_EMPTY_PATH);
        } finally {
            end();
        }
    }

    /** What a name stands for, following links. */
    public FileStatus status(OsString name) throws PosixException {
        int at = begin();
        try {
            return FileCalls.stat(at, name, 0);
        } finally {
            end();
        }
    }

    /** What a name stands for, following links; empty if there is nothing of this name, or its link leads nowhere. */
    public Optional<FileStatus> statusIfPresent(OsString name) throws PosixException {
        int at = begin();
        try {
            return Optional.ofNullable(FileCalls.statIfPresent(at, name, 0));
        } finally {
            end();
        }
    }

    /** What a name stands for, a link being a link. */
    public FileStatus linkStatus(OsString name) throws PosixException {
        int at = begin();
        try {
            return FileCalls.stat(at, name, FileCalls.AT_SYMLINK_NOFOLLOW);
        } finally {
            end();
        }
    }

    /** What a name stands for, a link being a link; empty if there is nothing of this name. */
    public Optional<FileStatus> linkStatusIfPresent(OsString name) throws PosixException {
        int at = begin();
        try {
            return Optional.ofNullable(FileCalls.statIfPresent(at, name, FileCalls.AT_SYMLINK_NOFOLLOW));
        } finally {
            end();
        }
    }

    /** All names in kernel order, without {@code .} and {@code ..}; needs the right to read the directory. */
    public List<OsString> list() throws PosixException {
        try (Descriptor readable = openFile(HERE, FileCalls.O_RDONLY | FileCalls.O_DIRECTORY, 0)) {
            return FileCalls.list(readable.number(), path.toString());
        }
    }

    /**
     * Creates a directory.
     *
     * @return false if there is something of this name already
     */
    public boolean makeDirectory(OsString name, int mode) throws PosixException {
        int at = begin();
        try {
            return FileCalls.makeDirectory(at, name, mode);
        } finally {
            end();
        }
    }

    /**
     * Creates a FIFO.
     *
     * @return false if there is something of this name already
     */
    public boolean makeFifo(OsString name, int mode) throws PosixException {
        int at = begin();
        try {
            return FileCalls.makeFifo(at, name, mode);
        } finally {
            end();
        }
    }

    /** The text of a symbolic link. */
    public OsString readLink(OsString name) throws PosixException {
        int at = begin();
        try {
            return FileCalls.readLink(at, name);
        } finally {
            end();
        }
    }

    /** Creates a symbolic link with this text. */
    public void makeLink(OsString name, OsString target) throws PosixException {
        int at = begin();
        try {
            FileCalls.makeLink(target, at, name);
        } finally {
            end();
        }
    }

    /**
     * Removes a file or link; not a directory.
     *
     * @return false if there is nothing of this name
     */
    public boolean remove(OsString name) throws PosixException {
        int at = begin();
        try {
            return FileCalls.remove(at, name);
        } finally {
            end();
        }
    }

    /**
     * Removes an empty directory.
     *
     * @return false if there is nothing of this name
     * @throws PosixException {@code ENOTEMPTY} if there is something in it
     */
    public boolean removeDirectory(OsString name) throws PosixException {
        int at = begin();
        try {
            return FileCalls.removeDirectory(at, name);
        } finally {
            end();
        }
    }

    /**
     * Gives a file one name more; a link is not followed.
     *
     * @return false if there is something of the second name already
     * @throws PosixException as linkat(2): {@code EPERM} or {@code EOPNOTSUPP} where a file system has no such links,
     *     {@code EMLINK} if the file has as many as it may have
     */
    public boolean makeHardLink(OsString from, OsString to) throws PosixException {
        int at = begin();
        try {
            return FileCalls.makeHardLink(at, from, to);
        } finally {
            end();
        }
    }

    private Descriptor openFile(OsString name, int flags, int mode) throws PosixException {
        int at = begin();
        try {
            return Descriptor.open(at, name, flags, mode);
        } finally {
            end();
        }
    }

    /** Opens for reading. */
    public Descriptor openRead(OsString name) throws PosixException {
        return openFile(name, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK, 0);
    }

    /** Opens for reading. */
    public Descriptor openRead(OsString name, Links links) throws PosixException {
        return openFile(name, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK | links.flag, 0);
    }

    /** Opens for writing what is there; a FIFO that nobody reads is refused with {@code ENXIO}. */
    public Descriptor openWrite(OsString name) throws PosixException {
        return openFile(name, FileCalls.O_WRONLY | FileCalls.O_NONBLOCK, 0);
    }

    /** Opens for reading and writing, which on a FIFO keeps either end from ever seeing the other one go. */
    public Descriptor openReadWrite(OsString name) throws PosixException {
        return openFile(name, FileCalls.O_RDWR | FileCalls.O_NONBLOCK, 0);
    }

    /** Opens for reading and writing. */
    public Descriptor openReadWrite(OsString name, Links links) throws PosixException {
        return openFile(name, FileCalls.O_RDWR | FileCalls.O_NONBLOCK | links.flag, 0);
    }

    /** Opens for reading and writing; creates the file if it is not there. */
    public Descriptor openReadWrite(OsString name, int mode, Links links) throws PosixException {
        return openFile(name, FileCalls.O_RDWR | FileCalls.O_CREAT | FileCalls.O_NONBLOCK | links.flag, mode);
    }

    /**
     * Opens a FIFO for both directions, for a process that waits when it reads or writes: while this is open neither
     * end ever finds the other one gone. No link is followed.
     *
     * @throws PosixException {@code EINVAL} if it is no FIFO
     */
    public Descriptor openFifoBothWays(OsString name) throws PosixException {
        int at = begin();
        try {
            return Descriptor.openFifo(at, name, FileCalls.O_RDWR | FileCalls.O_NOFOLLOW);
        } finally {
            end();
        }
    }

    /**
     * Opens a FIFO for a process that waits when it reads from it; does not wait for a writer. Where there is none, a
     * read finds the end of the stream. No link is followed.
     *
     * @throws PosixException {@code EINVAL} if it is no FIFO
     */
    public Descriptor openFifoToRead(OsString name) throws PosixException {
        int at = begin();
        try {
            return Descriptor.openFifo(at, name, FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW);
        } finally {
            end();
        }
    }

    /**
     * Who else has a FIFO open, which this process does not have open itself. No link is followed.
     *
     * @throws PosixException {@code EINVAL} if it is no FIFO
     */
    public FifoUse useOfFifo(OsString name) throws PosixException {
        int at = begin();
        try {
            return FifoUse.of(at, name);
        } finally {
            end();
        }
    }

    /** Opens for appending; creates the file if it is not there. */
    public Descriptor openAppend(OsString name, int mode) throws PosixException {
        return openFile(name, FileCalls.O_WRONLY | FileCalls.O_APPEND | FileCalls.O_CREAT | FileCalls.O_NONBLOCK, mode);
    }

    /** Opens for appending; creates the file if it is not there. */
    public Descriptor openAppend(OsString name, int mode, Links links) throws PosixException {
        return openFile(
                name,
                FileCalls.O_WRONLY | FileCalls.O_APPEND | FileCalls.O_CREAT | FileCalls.O_NONBLOCK | links.flag,
                mode);
    }

    /** Opens for writing, empty; creates the file if it is not there. */
    public Descriptor openTruncated(OsString name, int mode) throws PosixException {
        return openFile(name, FileCalls.O_WRONLY | FileCalls.O_TRUNC | FileCalls.O_CREAT | FileCalls.O_NONBLOCK, mode);
    }

    /** Opens for writing, empty; creates the file if it is not there. */
    public Descriptor openTruncated(OsString name, int mode, Links links) throws PosixException {
        return openFile(
                name,
                FileCalls.O_WRONLY | FileCalls.O_TRUNC | FileCalls.O_CREAT | FileCalls.O_NONBLOCK | links.flag,
                mode);
    }

    /** Opens for writing over what is there; creates the file if it is not there. */
    public Descriptor openOverwrite(OsString name, int mode) throws PosixException {
        return openFile(name, FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_NONBLOCK, mode);
    }

    /**
     * Makes a file and opens it for writing. What has the name, be it a link, is removed first and not touched.
     *
     * @throws PosixException {@code EISDIR} for a directory
     */
    public Descriptor openNew(OsString name, int mode) throws PosixException {
        int flags = FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_NONBLOCK;
        try {
            return openFile(name, flags, mode);
        } catch (PosixException e) {
            if (!e.is("EEXIST")) {
                throw e;
            }
        }
        remove(name);
        return openFile(name, flags, mode);
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
        return openFile(name, FileCalls.O_WRONLY | FileCalls.O_NONBLOCK | FileCalls.O_NOFOLLOW, 0);
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
        int at = begin();
        try {
            FileCalls.rename(at, from, to);
        } finally {
            end();
        }
    }

    /**
     * Gives two files each other's names, at once: whoever opens one of them finds it, and finds it whole.
     *
     * @return false if one of them is not there, or where the system cannot do it; nothing has been done then
     */
    public boolean exchange(OsString one, OsString other) throws PosixException {
        int at = begin();
        try {
            return FileCalls.exchange(at, one, other);
        } finally {
            end();
        }
    }

    /** Gives a file exactly this mode, whatever the umask. */
    public void setMode(OsString name, int mode) throws PosixException {
        int at = begin();
        try {
            FileCalls.setMode(at, name, mode);
        } finally {
            end();
        }
    }

    /**
     * Gives a file to a user; a link is not followed.
     *
     * @throws PosixException {@code EPERM} if this process is not root's
     */
    public void setOwner(OsString name, int user) throws PosixException {
        int at = begin();
        try {
            FileCalls.setOwner(at, name, user);
        } finally {
            end();
        }
    }

    /**
     * Gives a file to a group; a link is not followed.
     *
     * @throws PosixException {@code EPERM} if this process is not in that group, and not root
     */
    public void setGroup(OsString name, int group) throws PosixException {
        int at = begin();
        try {
            FileCalls.setGroup(at, name, group);
        } finally {
            end();
        }
    }

    /**
     * Whether this process could execute a file: root cannot either where the file system is mounted {@code noexec}.
     */
    public boolean mayExecute(OsString name) throws PosixException {
        int at = begin();
        try {
            return FileCalls.mayExecute(at, name);
        } finally {
            end();
        }
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
        try (Descriptor found = openFile(name, FileCalls.O_PATH | links.flag, 0)) {
            FileStatus status = found.status();
            if (!status.isRegularFile()) {
                throw notRegular(name, status);
            }
            OsString again = OsString.of("/proc/self/fd/" + found.number());
            try (Descriptor file =
                    new Descriptor(FileCalls.openAgain(again, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK))) {
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
    public synchronized void close() {
        closed = true;
        descriptor.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
