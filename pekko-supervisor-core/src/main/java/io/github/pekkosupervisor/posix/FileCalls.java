package io.github.pekkosupervisor.posix;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * System calls on files by their names, which are resolved from an open directory. Descriptors are plain numbers here.
 *
 * <p>As all our calls: {@code errno} is read right after the call, and {@code EINTR} is followed by another attempt.
 */
final class FileCalls {

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_EACCESS = 0x200;
    static final int AT_EMPTY_PATH = 0x1000;

    // of Linux, on all but the few processors that have numbers of their own
    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_TRUNC = 0x200;
    static final int O_APPEND = 0x400;
    static final int O_NONBLOCK = 0x800;
    static final int O_EXCL = 0x80;
    static final int O_DIRECTORY = isArmOrPower() ? 0x4000 : 0x10000;
    static final int O_NOFOLLOW = isArmOrPower() ? 0x8000 : 0x20000;
    static final int O_CLOEXEC = 0x80000;
    static final int O_PATH = 0x200000;

    static final int PATH_MAX = 4096;

    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BTIME = 0x800;
    private static final int STATX_SIZE = 256;
    private static final int DIRENTS_SIZE = 8192;
    /** In a directory of somebody for whom this JVM works, and whose doing is not to cost others their memory. */
    private static final int MOST_OF_ANOTHER = 100_000;

    private static final int DIRENT_LENGTH_OFFSET = 16;
    private static final int DIRENT_NAME_OFFSET = 19;

    private static final CFunction OPENAT = CFunction.of("openat");
    private static final CFunction MKDIRAT = CFunction.of("mkdirat");
    private static final CFunction MKFIFOAT = CFunction.of("mkfifoat");
    private static final CFunction SYMLINKAT = CFunction.of("symlinkat");
    private static final CFunction READLINKAT = CFunction.of("readlinkat");
    private static final CFunction RENAMEAT = CFunction.of("renameat");
    private static final CFunction RENAMEAT2 = CFunction.of("renameat2");
    private static final CFunction UNLINKAT = CFunction.of("unlinkat");
    private static final CFunction FCHMODAT = CFunction.of("fchmodat");
    /** For an owner or a group that stays. */
    private static final int SAME = -1;

    private static final CFunction FCHOWNAT = CFunction.of("fchownat");
    private static final CFunction FACCESSAT = CFunction.of("faccessat");
    private static final CFunction LINKAT = CFunction.of("linkat");
    private static final CFunction STATX = CFunction.of("statx");
    private static final CFunction GETDENTS64 = CFunction.of("getdents64");

    private static final OsString DOT = OsString.of(".");
    private static final OsString DOT_DOT = OsString.of("..");

    private static final CFunction CLOSE = CFunction.of("close");

    private static final CFunction SYSCALL = CFunction.of("syscall");

    /** The same on every processor. */
    private static final int SYS_OPENAT2 = 437;

    private static final int OPEN_HOW = 3 * Long.BYTES;
    private static final int RESOLVE_NO_MAGICLINKS = 2;

    private FileCalls() {}

    private static boolean isArmOrPower() {
        String processor = System.getProperty("os.arch", "");
        return processor.startsWith("aarch64") || processor.startsWith("arm") || processor.startsWith("ppc");
    }

    /**
     * The number of the new descriptor, which is closed on exec. Where a user's rights are borrowed no link of
     * {@code /proc} is followed that stands for something open ({@code RESOLVE_NO_MAGICLINKS}): the kernel shows those
     * of this JVM to each of its threads, and by them one would come past directories that the user may not enter.
     */
    static int open(int directory, OsString path, int flags, int mode) throws PosixException {
        return BorrowedRights.ofThread() != null
                ? opened(path, scratch -> withoutMagicLinks(scratch, directory, path, flags, mode))
                : openAt(directory, path, flags, mode);
    }

    private static IntSupplier withoutMagicLinks(Scratch scratch, int directory, OsString path, int flags, int mode)
            throws PosixException {
        long name = path("openat", scratch, path);
        long how = scratch.allocate(OPEN_HOW);
        scratch.putLong(how, flags | O_CLOEXEC);
        scratch.putLong(how + Long.BYTES, (flags & O_CREAT) == 0 ? 0 : mode);
        scratch.putLong(how + 2 * Long.BYTES, RESOLVE_NO_MAGICLINKS);
        return () -> SYSCALL.call(SYS_OPENAT2, directory, name, how, OPEN_HOW);
    }

    /** Whether the kernel, and whatever filters its calls, lets such links be refused. */
    static boolean canRefuseMagicLinks() throws PosixException {
        int opened =
                withoutMagicLinks(Scratch.begin(), AT_FDCWD, DOT, O_PATH, 0).getAsInt();
        if (opened < 0) {
            return !Errno.ENOSYS.isLast() && !Errno.EPERM.isLast();
        }
        CLOSE.call(opened);
        return true;
    }

    /**
     * Opens once more what this JVM has open, or what a process has that it looks at.
     *
     * @param path its link in {@code /proc}, made of numbers alone
     */
    static int openAgain(OsString path, int flags) throws PosixException {
        return openAt(AT_FDCWD, path, flags, 0);
    }

    private static int openAt(int directory, OsString path, int flags, int mode) throws PosixException {
        return opened(path, scratch -> {
            long name = path("openat", scratch, path);
            return () -> OPENAT.call(directory, name, flags | O_CLOEXEC, mode);
        });
    }

    /** A call that is made ready anew for each attempt. */
    private interface Opening {
        IntSupplier begin(Scratch scratch) throws PosixException;
    }

    private static int opened(OsString path, Opening opening) throws PosixException {
        if (OpenFilesGate.isShareUsedUp()) {
            OpenFilesGate.refused();
            throw PosixException.ofLastCall("openat", path.toString());
        }
        while (true) {
            IntSupplier call = opening.begin(Scratch.begin());
            int result = call.getAsInt();
            if (result < 0 && Errno.EMFILE.isLast()) {
                result = OpenFilesGate.THIS_JVM.retry(call::getAsInt);
            }
            if (result >= 0) {
                return result;
            }
            PosixException.throwUnlessInterrupted("openat", path.toString());
        }
    }

    /** The address of a path; one that the kernel would refuse for its length is refused before it needs memory. */
    static long path(String call, Scratch scratch, OsString path) throws PosixException {
        if (path.length() >= PATH_MAX) {
            throw PosixException.of(call, path.toString(), Errno.ENAMETOOLONG);
        }
        return scratch.put(path);
    }

    /**
     * Where something is made, removed or changed: from an open directory, by a path. Where a user's rights are
     * borrowed what is above its last part is opened by itself, as by {@link #open}, so that no link leads it past a
     * directory that the user may not enter.
     *
     * @param isOpened whether the directory is to be closed
     */
    private record Place(int directory, OsString name, boolean isOpened) implements AutoCloseable {

        static Place of(String call, int directory, OsString path) throws PosixException {
            int last = BorrowedRights.ofThread() == null ? 0 : lastSlash(path);
            if (last <= 0) {
                return new Place(directory, path, false);
            }
            try {
                int above = FileCalls.open(directory, path.slice(0, last), O_PATH | O_DIRECTORY, 0);
                return new Place(above, path.slice(last + 1, path.length()), true);
            } catch (PosixException e) {
                // of the same, by the name of what was asked for
                throw PosixException.ofLastCall(call, path.toString());
            }
        }

        private static int lastSlash(OsString path) {
            int at = path.length() - 1;
            while (at >= 0 && path.at(at) != '/') {
                at--;
            }
            return at;
        }

        @Override
        public void close() {
            if (isOpened) {
                CLOSE.call(directory);
            }
        }
    }

    /** False if there is something of this name. */
    static boolean makeDirectory(int directory, OsString name, int mode) throws PosixException {
        try (Place at = Place.of("mkdirat", directory, name)) {
            while (MKDIRAT.call(at.directory(), path("mkdirat", Scratch.begin(), at.name()), mode) != 0) {
                if (Errno.EEXIST.isLast()) {
                    return false;
                }
                PosixException.throwUnlessInterrupted("mkdirat", name.toString());
            }
            return true;
        }
    }

    /** False if there is something of this name. */
    static boolean makeFifo(int directory, OsString name, int mode) throws PosixException {
        try (Place at = Place.of("mkfifoat", directory, name)) {
            while (MKFIFOAT.call(at.directory(), path("mkfifoat", Scratch.begin(), at.name()), mode) != 0) {
                if (Errno.EEXIST.isLast()) {
                    return false;
                }
                PosixException.throwUnlessInterrupted("mkfifoat", name.toString());
            }
            return true;
        }
    }

    static void makeLink(OsString target, int directory, OsString name) throws PosixException {
        try (Place at = Place.of("symlinkat", directory, name)) {
            while (true) {
                Scratch scratch = Scratch.begin();
                long text = path("symlinkat", scratch, target);
                if (SYMLINKAT.call(text, at.directory(), path("symlinkat", scratch, at.name())) == 0) {
                    return;
                }
                PosixException.throwUnlessInterrupted("symlinkat", name.toString());
            }
        }
    }

    static OsString readLink(int directory, OsString name) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(PATH_MAX);
            long length = READLINKAT.word(directory, path("readlinkat", scratch, name), buffer, PATH_MAX);
            if (length >= 0) {
                return OsString.of(scratch.bytes(buffer, (int) length));
            }
            PosixException.throwUnlessInterrupted("readlinkat", name.toString());
        }
    }

    static void rename(int directory, OsString from, OsString to) throws PosixException {
        try (Place old = Place.of("renameat", directory, from);
                Place at = Place.of("renameat", directory, to)) {
            while (true) {
                Scratch scratch = Scratch.begin();
                long oldName = path("renameat", scratch, old.name());
                long newName = path("renameat", scratch, at.name());
                if (RENAMEAT.call(old.directory(), oldName, at.directory(), newName) == 0) {
                    return;
                }
                PosixException.throwUnlessInterrupted("renameat", from + " to " + to);
            }
        }
    }

    /**
     * False if one of the two is not there, or where that cannot be done: by the file system, the kernel, the library.
     */
    static boolean exchange(int directory, OsString one, OsString other) throws PosixException {
        final int exchange = 2;
        try (Place first = Place.of("renameat2", directory, one);
                Place second = Place.of("renameat2", directory, other)) {
            while (true) {
                Scratch scratch = Scratch.begin();
                long name = path("renameat2", scratch, first.name());
                long others = path("renameat2", scratch, second.name());
                try {
                    if (RENAMEAT2.call(first.directory(), name, second.directory(), others, exchange) == 0) {
                        return true;
                    }
                } catch (UnsatisfiedLinkError e) {
                    return false;
                }
                if (Errno.ENOENT.isLast() || Errno.EINVAL.isLast() || Errno.ENOSYS.isLast()) {
                    return false;
                }
                PosixException.throwUnlessInterrupted("renameat2", one + " and " + other);
            }
        }
    }

    /** False if there is nothing of this name. */
    static boolean remove(int directory, OsString name) throws PosixException {
        return remove(directory, name, 0);
    }

    private static boolean remove(int directory, OsString name, int flags) throws PosixException {
        try (Place at = Place.of("unlinkat", directory, name)) {
            while (UNLINKAT.call(at.directory(), path("unlinkat", Scratch.begin(), at.name()), flags) != 0) {
                if (Errno.ENOENT.isLast()) {
                    return false;
                }
                PosixException.throwUnlessInterrupted("unlinkat", name.toString());
            }
            return true;
        } catch (PosixException e) {
            if (e.is("ENOENT")) {
                // nor is what it would be in
                return false;
            }
            throw e;
        }
    }

    /** False if there is nothing of this name. */
    static boolean removeDirectory(int directory, OsString name) throws PosixException {
        final int removeDirectory = 0x200;
        return remove(directory, name, removeDirectory);
    }

    /** False if there is something of the second name. */
    static boolean makeHardLink(int directory, OsString from, OsString to) throws PosixException {
        try (Place old = Place.of("linkat", directory, from);
                Place at = Place.of("linkat", directory, to)) {
            while (true) {
                Scratch scratch = Scratch.begin();
                long oldName = path("linkat", scratch, old.name());
                if (LINKAT.call(old.directory(), oldName, at.directory(), path("linkat", scratch, at.name()), 0) == 0) {
                    return true;
                }
                if (Errno.EEXIST.isLast()) {
                    return false;
                }
                PosixException.throwUnlessInterrupted("linkat", to.toString());
            }
        }
    }

    static void setGroup(int directory, OsString name, int group) throws PosixException {
        setOwners(directory, name, SAME, group);
    }

    static void setOwner(int directory, OsString name, int user) throws PosixException {
        setOwners(directory, name, user, SAME);
    }

    private static void setOwners(int directory, OsString name, int user, int group) throws PosixException {
        try (Place at = Place.of("fchownat", directory, name)) {
            while (FCHOWNAT.call(
                            at.directory(),
                            path("fchownat", Scratch.begin(), at.name()),
                            user,
                            group,
                            AT_SYMLINK_NOFOLLOW)
                    != 0) {
                PosixException.throwUnlessInterrupted("fchownat", name.toString());
            }
        }
    }

    /** Of what is open, be it only as a place. */
    static void setOwnersOf(int file, int user, int group) throws PosixException {
        OsString itself = OsString.of("");
        while (FCHOWNAT.call(file, path("fchownat", Scratch.begin(), itself), user, group, AT_EMPTY_PATH) != 0) {
            PosixException.throwUnlessInterrupted("fchownat", "descriptor " + file);
        }
    }

    /** False if that is refused, by its mode or by what its file system is mounted with. */
    static boolean mayExecute(int directory, OsString name) throws PosixException {
        final int execute = 1;
        // the real user of a thread with the rights of somebody else is us
        int flags = BorrowedRights.ofThread() != null ? AT_EACCESS : 0;
        while (FACCESSAT.call(directory, path("faccessat", Scratch.begin(), name), execute, flags) != 0) {
            if (Errno.EACCES.isLast()) {
                return false;
            }
            PosixException.throwUnlessInterrupted("faccessat", name.toString());
        }
        return true;
    }

    static void setMode(int directory, OsString name, int mode) throws PosixException {
        try (Place at = Place.of("fchmodat", directory, name)) {
            while (FCHMODAT.call(at.directory(), path("fchmodat", Scratch.begin(), at.name()), mode, 0) != 0) {
                PosixException.throwUnlessInterrupted("fchmodat", name.toString());
            }
        }
    }

    static FileStatus stat(int directory, OsString name, int flags) throws PosixException {
        FileStatus status = statIfPresent(directory, name, flags);
        if (status == null) {
            throw PosixException.of("statx", name.toString(), Errno.ENOENT);
        }
        return status;
    }

    /** Null if there is nothing of this name; most of what is asked for is not there, and an exception costs more. */
    static @Nullable FileStatus statIfPresent(int directory, OsString name, int flags) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(STATX_SIZE);
            if (STATX.call(directory, path("statx", scratch, name), flags, STATX_BASIC_STATS | STATX_BTIME, buffer)
                    == 0) {
                boolean saysBirth = (scratch.getInt(buffer) & STATX_BTIME) != 0;
                return new FileStatus(
                        new FileStatus.Id(
                                ((long) scratch.getInt(buffer + 136) << 32) | scratch.getInt(buffer + 140),
                                scratch.getLong(buffer + 32)),
                        scratch.getInt(buffer + 20),
                        scratch.getInt(buffer + 24),
                        Short.toUnsignedInt(scratch.getShort(buffer + 28)),
                        scratch.getInt(buffer + 16),
                        scratch.getLong(buffer + 40),
                        Instant.ofEpochSecond(scratch.getLong(buffer + 112), scratch.getInt(buffer + 120)),
                        saysBirth ? scratch.getLong(buffer + 80) * 1_000_000_000 + scratch.getInt(buffer + 88) : 0);
            }
            if (Errno.ENOENT.isLast()) {
                return null;
            }
            PosixException.throwUnlessInterrupted("statx", name.toString());
        }
    }

    /** All names, without {@code .} and {@code ..}; the descriptor's position is at the end afterwards. */
    static List<OsString> list(int directory, String what) throws PosixException {
        List<OsString> names = new ArrayList<>();
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(DIRENTS_SIZE);
            int length = GETDENTS64.call(directory, buffer, DIRENTS_SIZE);
            if (length == 0) {
                return names;
            }
            if (length > 0) {
                addNames(scratch.bytes(buffer, length), names);
                if (names.size() > MOST_OF_ANOTHER && BorrowedRights.ofThread() != null) {
                    throw new PosixException(
                            "getdents64",
                            what,
                            Errno.EFBIG.name(),
                            "has more than " + MOST_OF_ANOTHER
                                    + " entries, which for a tree of another user is too many");
                }
            } else {
                PosixException.throwUnlessInterrupted("getdents64", what);
            }
        }
    }

    /** Each entry: inode and offset of eight bytes, its own length in two, its type in one, its name and a NUL. */
    private static void addNames(byte[] entries, List<OsString> names) {
        int at = 0;
        while (at < entries.length) {
            int from = at + DIRENT_NAME_OFFSET;
            int end = from;
            while (entries[end] != 0) {
                end++;
            }
            OsString name = OsString.of(Arrays.copyOfRange(entries, from, end));
            if (!name.equals(DOT) && !name.equals(DOT_DOT)) {
                names.add(name);
            }
            at += Scratch.shortOf(entries, at + DIRENT_LENGTH_OFFSET);
        }
    }
}
