package io.github.pekkosupervisor.posix;

import java.io.ByteArrayOutputStream;
import java.lang.ref.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The C library: system calls in our types. {@code errno} is read here, right after the call, and {@code EINTR} is
 * retried here and nowhere else.
 *
 * <p>Addresses are plain {@code long}s, which jnr passes without conversion; {@link Scratch} provides the memory.
 */
final class LibC {

    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
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

    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_SIZE = 256;
    private static final int PATH_MAX = 4096;
    private static final int RLIMIT_NOFILE = 7;
    private static final int MOST_AT_ONCE = 64 * 1024;
    private static final int WNOHANG = 1;
    private static final int DIRENTS_SIZE = 8192;
    private static final int DIRENT_LENGTH_OFFSET = 16;
    private static final int DIRENT_NAME_OFFSET = 19;
    private static final long SYS_RT_SIGACTION =
            System.getProperty("os.arch", "").equals("amd64") ? 13 : 134;
    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final long SYS_CLOSE_RANGE = 436;
    private static final long SYS_PIDFD_GETFD = 438;
    private static final int STANDARD_STREAMS = 3;
    private static final int FILE_ACTIONS_SIZE = 256;
    private static final int SPAWN_ATTRIBUTES_SIZE = 512;
    private static final int SIGSET_SIZE = 128;

    static final int SPAWN_SETPGROUP = 0x02;
    static final int SPAWN_SETSIGDEF = 0x04;
    static final int SPAWN_SETSIGMASK = 0x08;
    static final int SPAWN_SETSID = 0x80;

    static final long SIG_IGN = 1;

    private LibC() {}

    private static boolean isArmOrPower() {
        String processor = System.getProperty("os.arch", "");
        return processor.startsWith("aarch64") || processor.startsWith("arm") || processor.startsWith("ppc");
    }

    // ---- files

    static Descriptor open(int directory, OsString path, int flags, int mode) throws PosixException {
        while (true) {
            long name = path("openat", Scratch.begin(), path);
            int result = CFunctions.openat(directory, name, flags | O_CLOEXEC, mode);
            if (result < 0 && errnoIs(Errno.EMFILE)) {
                result =
                        OpenFilesGate.THIS_JVM.retry(() -> CFunctions.openat(directory, name, flags | O_CLOEXEC, mode));
            }
            if (result >= 0) {
                return new Descriptor(result);
            }
            retryOrThrow("openat", path.toString());
        }
    }

    /** The address of a path; one that the kernel would refuse for its length is refused before it needs memory. */
    static long path(String call, Scratch scratch, OsString path) throws PosixException {
        if (path.length() >= PATH_MAX) {
            throw failure(call, path.toString(), Errno.ENAMETOOLONG.number());
        }
        return scratch.put(path);
    }

    static void close(int descriptor) {
        // on Linux the descriptor is gone whatever close says, EINTR included
        CFunctions.close(descriptor);
    }

    static byte[] read(int descriptor, int limit, String what) throws PosixException {
        Scratch scratch = Scratch.begin(limit);
        long buffer = scratch.allocate(limit);
        while (true) {
            long count = CFunctions.read(descriptor, buffer, limit);
            if (count >= 0) {
                return scratch.bytes(buffer, (int) count);
            }
            retryOrThrow("read", what);
        }
    }

    /** As {@link #read}, but null where it would have to wait: an exception for that would cost more than the read. */
    static byte @Nullable [] readIfReady(int descriptor, int limit, String what) throws PosixException {
        Scratch scratch = Scratch.begin(limit);
        long buffer = scratch.allocate(limit);
        while (true) {
            long count = CFunctions.read(descriptor, buffer, limit);
            if (count >= 0) {
                return scratch.bytes(buffer, (int) count);
            }
            if (errnoIs(Errno.EAGAIN)) {
                return null;
            }
            retryOrThrow("read", what);
        }
    }

    static byte[] readAll(int descriptor, String what) throws PosixException {
        byte[] all = read(descriptor, PATH_MAX, what);
        while (true) {
            byte[] more = read(descriptor, PATH_MAX, what);
            if (more.length == 0) {
                return all;
            }
            byte[] joined = Arrays.copyOf(all, all.length + more.length);
            System.arraycopy(more, 0, joined, all.length, more.length);
            all = joined;
        }
    }

    /** All there is to read, in time that grows with it; {@code EFBIG} as soon as it is more than the limit. */
    static byte[] readUpTo(int descriptor, int limit, String what) throws PosixException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            byte[] more = read(descriptor, Math.min(limit - all.size() + 1, MOST_AT_ONCE), what);
            if (more.length == 0) {
                return all.toByteArray();
            }
            if (all.size() + more.length > limit) {
                throw failure("read", what, Errno.EFBIG.number());
            }
            all.write(more, 0, more.length);
        }
    }

    static void writeAll(int descriptor, byte[] bytes, String what) throws PosixException {
        Scratch scratch = Scratch.begin(bytes.length);
        long buffer = scratch.put(bytes);
        int done = 0;
        try {
            while (done < bytes.length) {
                long count = CFunctions.write(descriptor, buffer + done, bytes.length - done);
                if (count >= 0) {
                    done += (int) count;
                } else {
                    retryOrThrow("write", what);
                }
            }
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    /** Writes once, from a place on; the number of bytes that were taken, 0 where it would have to wait. */
    static int writeIfReady(int descriptor, byte[] bytes, int from, String what) throws PosixException {
        int length = Math.min(bytes.length - from, MOST_AT_ONCE);
        Scratch scratch = Scratch.begin(length);
        long buffer = scratch.put(bytes, from, length);
        try {
            while (true) {
                long count = CFunctions.write(descriptor, buffer, length);
                if (count >= 0) {
                    return (int) count;
                }
                if (errnoIs(Errno.EAGAIN)) {
                    return 0;
                }
                retryOrThrow("write", what);
            }
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    static void lockExclusive(int descriptor, String what) throws PosixException {
        lock(descriptor, LOCK_EX | LOCK_NB, what);
    }

    static void awaitExclusiveLock(int descriptor, String what) throws PosixException {
        lock(descriptor, LOCK_EX, what);
    }

    private static void lock(int descriptor, int operation, String what) throws PosixException {
        while (CFunctions.flock(descriptor, operation) != 0) {
            retryOrThrow("flock", what);
        }
    }

    static void seek(int descriptor, long position, String what) throws PosixException {
        if (CFunctions.lseek(descriptor, position, 0) < 0) {
            throw failure("lseek", what);
        }
    }

    static void truncate(int descriptor, long size, String what) throws PosixException {
        while (CFunctions.ftruncate(descriptor, size) != 0) {
            retryOrThrow("ftruncate", what);
        }
    }

    /** Waits until what was written is on the disk. */
    static void sync(int descriptor, String what) throws PosixException {
        while (CFunctions.fsync(descriptor) != 0) {
            retryOrThrow("fsync", what);
        }
    }

    static void setMode(int descriptor, int mode, String what) throws PosixException {
        while (CFunctions.fchmod(descriptor, mode) != 0) {
            retryOrThrow("fchmod", what);
        }
    }

    static void setMode(int directory, OsString name, int mode) throws PosixException {
        while (CFunctions.fchmodat(directory, path("fchmodat", Scratch.begin(), name), mode, 0) != 0) {
            retryOrThrow("fchmodat", name.toString());
        }
    }

    /** One read into memory that is the caller's; 0 at the end of the stream. */
    static int read(int descriptor, long address, int limit, String what) throws PosixException {
        while (true) {
            long count = CFunctions.read(descriptor, address, limit);
            if (count >= 0) {
                return (int) count;
            }
            retryOrThrow("read", what);
        }
    }

    /** As {@link #read(int, long, int, String)}, but -1 where it would have to wait. */
    static int readIfReady(int descriptor, long address, int limit, String what) throws PosixException {
        while (true) {
            long count = CFunctions.read(descriptor, address, limit);
            if (count >= 0) {
                return (int) count;
            }
            if (errnoIs(Errno.EAGAIN)) {
                return -1;
            }
            retryOrThrow("read", what);
        }
    }

    /** One write from memory that is the caller's; how much the kernel took. */
    static int write(int descriptor, long address, int count, String what) throws PosixException {
        while (true) {
            long taken = CFunctions.write(descriptor, address, count);
            if (taken >= 0) {
                return (int) taken;
            }
            retryOrThrow("write", what);
        }
    }

    /**
     * Copies what is in a pipe to another one, without waiting and without taking it out; 0 at the end of the stream,
     * -1 if there is nothing now.
     */
    static int tee(int from, int to, int limit) throws PosixException {
        final int nonBlocking = 2;
        while (true) {
            long count = CFunctions.tee(from, to, limit, nonBlocking);
            if (count >= 0) {
                return (int) count;
            }
            if (errnoIs(Errno.EAGAIN)) {
                return -1;
            }
            retryOrThrow("tee", "descriptor " + from);
        }
    }

    /**
     * Waits until one of the descriptors can be read or has come to its end.
     *
     * @param timeoutMillis -1 for ever
     * @return for each whether it is so; all false after the timeout or a signal
     */
    static boolean[] poll(int[] descriptors, int timeoutMillis) throws PosixException {
        final int entrySize = 8;
        final int resultsOffset = 6;
        final int readable = 1;
        Scratch scratch = Scratch.begin();
        long entries = scratch.zeroed(Math.max(1, descriptors.length) * entrySize);
        for (int i = 0; i < descriptors.length; i++) {
            scratch.putInt(entries + (long) i * entrySize, descriptors[i]);
            scratch.putInt(entries + (long) i * entrySize + 4, readable);
        }
        boolean[] ready = new boolean[descriptors.length];
        if (CFunctions.poll(entries, descriptors.length, timeoutMillis) < 0) {
            if (errnoIs(Errno.EINTR)) {
                return ready;
            }
            throw failure("poll", "");
        }
        for (int i = 0; i < descriptors.length; i++) {
            ready[i] = scratch.getShort(entries + (long) i * entrySize + resultsOffset) != 0;
        }
        return ready;
    }

    /** False if there is something of this name. */
    static boolean makeDirectory(int directory, OsString name, int mode) throws PosixException {
        while (CFunctions.mkdirat(directory, path("mkdirat", Scratch.begin(), name), mode) != 0) {
            if (errnoIs(Errno.EEXIST)) {
                return false;
            }
            retryOrThrow("mkdirat", name.toString());
        }
        return true;
    }

    /** False if there is something of this name. */
    static boolean makeFifo(int directory, OsString name, int mode) throws PosixException {
        while (CFunctions.mkfifoat(directory, path("mkfifoat", Scratch.begin(), name), mode) != 0) {
            if (errnoIs(Errno.EEXIST)) {
                return false;
            }
            retryOrThrow("mkfifoat", name.toString());
        }
        return true;
    }

    static void rename(int directory, OsString from, OsString to) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            if (CFunctions.renameat(
                            directory, path("renameat", scratch, from), directory, path("renameat", scratch, to))
                    == 0) {
                return;
            }
            retryOrThrow("renameat", from + " to " + to);
        }
    }

    static void makeLink(OsString target, int directory, OsString name) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long text = path("symlinkat", scratch, target);
            if (CFunctions.symlinkat(text, directory, path("symlinkat", scratch, name)) == 0) {
                return;
            }
            retryOrThrow("symlinkat", name.toString());
        }
    }

    /** False if there is nothing of this name. */
    static boolean remove(int directory, OsString name) throws PosixException {
        while (CFunctions.unlinkat(directory, path("unlinkat", Scratch.begin(), name), 0) != 0) {
            if (errnoIs(Errno.ENOENT)) {
                return false;
            }
            retryOrThrow("unlinkat", name.toString());
        }
        return true;
    }

    static OsString readLink(int directory, OsString name) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(PATH_MAX);
            long length = CFunctions.readlinkat(directory, path("readlinkat", scratch, name), buffer, PATH_MAX);
            if (length >= 0) {
                return OsString.of(scratch.bytes(buffer, (int) length));
            }
            retryOrThrow("readlinkat", name.toString());
        }
    }

    static FileStatus stat(int directory, OsString name, int flags) throws PosixException {
        FileStatus status = statIfPresent(directory, name, flags);
        if (status == null) {
            throw failure("statx", name.toString(), Errno.ENOENT.number());
        }
        return status;
    }

    /** Null if there is nothing of this name; most of what is asked for is not there, and an exception costs more. */
    static @Nullable FileStatus statIfPresent(int directory, OsString name, int flags) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(STATX_SIZE);
            if (CFunctions.statx(directory, path("statx", scratch, name), flags, STATX_BASIC_STATS, buffer) == 0) {
                return new FileStatus(
                        new FileStatus.Id(
                                ((long) scratch.getInt(buffer + 136) << 32) | scratch.getInt(buffer + 140),
                                scratch.getLong(buffer + 32)),
                        scratch.getInt(buffer + 20),
                        Short.toUnsignedInt(scratch.getShort(buffer + 28)),
                        scratch.getLong(buffer + 40),
                        Instant.ofEpochSecond(scratch.getLong(buffer + 112), scratch.getInt(buffer + 120)));
            }
            if (errnoIs(Errno.ENOENT)) {
                return null;
            }
            retryOrThrow("statx", name.toString());
        }
    }

    /** All names, without {@code .} and {@code ..}; the descriptor's position is at the end afterwards. */
    static List<OsString> list(int directory, String what) throws PosixException {
        List<OsString> names = new ArrayList<>();
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(DIRENTS_SIZE);
            int length = (int) CFunctions.getdents64(directory, buffer, DIRENTS_SIZE);
            if (length == 0) {
                return names;
            }
            if (length > 0) {
                addNames(scratch.bytes(buffer, length), names);
            } else {
                retryOrThrow("getdents64", what);
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

    private static final OsString DOT = OsString.of(".");
    private static final OsString DOT_DOT = OsString.of("..");

    static Posix.Pipe pipe() throws PosixException {
        Scratch scratch = Scratch.begin();
        long ends = scratch.allocate(8);
        if (descriptor(() -> CFunctions.pipe2(ends, O_CLOEXEC)) != 0) {
            throw failure("pipe2", "");
        }
        return new Posix.Pipe(new Descriptor(scratch.getInt(ends)), new Descriptor(scratch.getInt(ends + 4)));
    }

    static void setBlocking(int descriptor, boolean blocking) throws PosixException {
        final int getFlags = 3;
        final int setFlags = 4;
        int flags = CFunctions.fcntl(descriptor, getFlags, 0);
        int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
        if (flags < 0 || CFunctions.fcntl(descriptor, setFlags, wanted) != 0) {
            throw failure("fcntl", "descriptor " + descriptor);
        }
    }

    /** Another descriptor, not one of the standard three, of the same open file. */
    static Descriptor copy(int descriptor) throws PosixException {
        final int duplicateCloseOnExec = 1030;
        return opened("fcntl", () -> CFunctions.fcntl(descriptor, duplicateCloseOnExec, 3));
    }

    static void duplicate(int from, int to) throws PosixException {
        while (CFunctions.dup2(from, to) < 0) {
            retryOrThrow("dup2", from + " to " + to);
        }
    }

    // ---- processes

    /** Whether the calls of the native backend exist here. */
    static boolean hasSpawn() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return false;
        }
        long actions = Scratch.begin().zeroed(FILE_ACTIONS_SIZE);
        try {
            CFunctions.posix_spawn_file_actions_init(actions);
            CFunctions.posix_spawn_file_actions_addclosefrom_np(actions, 3);
            CFunctions.posix_spawn_file_actions_addfchdir_np(actions, 0);
            return true;
        } catch (UnsatisfiedLinkError e) {
            // another C library than glibc 2.34 or later: that is the answer
            return false;
        } finally {
            CFunctions.posix_spawn_file_actions_destroy(actions);
        }
    }

    /**
     * Calls {@code posix_spawnp}. Descriptor n becomes {@code stdio[n]}; those in {@code passedOn}, in ascending order,
     * stay as they are; all others are closed. {@code mask} and {@code defaults} are signal sets with signal n in bit
     * n-1.
     */
    static int spawn(
            List<OsString> command,
            List<byte[]> environment,
            int[] stdio,
            int[] passedOn,
            int directory,
            int flags,
            long mask,
            long defaults)
            throws PosixException {
        int needed = FILE_ACTIONS_SIZE + SPAWN_ATTRIBUTES_SIZE + 2 * SIGSET_SIZE + 64;
        for (OsString argument : command) {
            needed += argument.length() + 24;
        }
        for (byte[] entry : environment) {
            needed += entry.length + 24;
        }
        Scratch scratch = Scratch.begin(needed);
        long pid = scratch.zeroed(8);
        long actions = scratch.zeroed(FILE_ACTIONS_SIZE);
        long attributes = scratch.zeroed(SPAWN_ATTRIBUTES_SIZE);
        long argv = pointers(scratch, command.stream().map(OsString::cString).toList());
        long envp = pointers(scratch, environment);
        long maskSet = signalSet(scratch, mask);
        long defaultSet = signalSet(scratch, defaults);
        String program = command.get(0).toString();
        CFunctions.posix_spawn_file_actions_init(actions);
        CFunctions.posix_spawnattr_init(attributes);
        try {
            for (int target = 0; target < STANDARD_STREAMS; target++) {
                if (stdio[target] != target) {
                    check(CFunctions.posix_spawn_file_actions_adddup2(actions, stdio[target], target), program);
                }
            }
            if (directory >= 0) {
                check(CFunctions.posix_spawn_file_actions_addfchdir_np(actions, directory), program);
            }
            for (int target = STANDARD_STREAMS; target < stdio.length; target++) {
                if (stdio[target] >= 0) {
                    // even onto itself: a copy stays open on exec
                    check(CFunctions.posix_spawn_file_actions_adddup2(actions, stdio[target], target), program);
                }
            }
            closeOthers(actions, stdio, passedOn, program);
            CFunctions.posix_spawnattr_setflags(attributes, (short) (flags | SPAWN_SETSIGMASK | SPAWN_SETSIGDEF));
            CFunctions.posix_spawnattr_setsigmask(attributes, maskSet);
            CFunctions.posix_spawnattr_setsigdefault(attributes, defaultSet);
            long file = scratch.getLong(argv);
            check(CFunctions.posix_spawnp(pid, file, actions, attributes, argv, envp), program);
            return scratch.getInt(pid);
        } finally {
            CFunctions.posix_spawnattr_destroy(attributes);
            CFunctions.posix_spawn_file_actions_destroy(actions);
            Reference.reachabilityFence(scratch);
        }
    }

    /** What is above the limit of open files cannot be named here; it closes by itself if it is ours. */
    private static void closeOthers(long actions, int[] stdio, int[] passedOn, String program) throws PosixException {
        int next = STANDARD_STREAMS;
        for (int index = 0; next < stdio.length || index < passedOn.length; next++) {
            boolean stays = index < passedOn.length && passedOn[index] == next;
            if (stays) {
                index++;
            }
            if (!stays && (next >= stdio.length || stdio[next] < 0)) {
                checkNamed(CFunctions.posix_spawn_file_actions_addclose(actions, next), program);
            }
        }
        checkNamed(CFunctions.posix_spawn_file_actions_addclosefrom_np(actions, next), program);
    }

    /**
     * Runs a program with the environment that we were started with, in a directory and without standard output, and
     * waits for its end.
     *
     * @param file the program, from that directory
     * @param argument0 its name for itself, the only argument
     */
    static int runWithoutOutput(int directory, OsString file, OsString argument0) throws PosixException {
        List<OsString> environment = Launch.ofThisJvm().environment();
        int needed = FILE_ACTIONS_SIZE + SPAWN_ATTRIBUTES_SIZE + SIGSET_SIZE + PATH_MAX;
        for (OsString entry : environment) {
            needed += entry.length() + 24;
        }
        // while it is ignored nobody can be waited for
        restoreDefault(Signal.CHLD.number());
        Scratch scratch = Scratch.begin(needed);
        long pid = scratch.zeroed(8);
        long actions = scratch.zeroed(FILE_ACTIONS_SIZE);
        long attributes = scratch.zeroed(SPAWN_ATTRIBUTES_SIZE);
        long noSignals = signalSet(scratch, 0);
        long argv = pointers(scratch, cStrings(List.of(argument0)));
        long envp = pointers(scratch, cStrings(environment));
        CFunctions.posix_spawn_file_actions_init(actions);
        CFunctions.posix_spawnattr_init(attributes);
        try {
            check(CFunctions.posix_spawn_file_actions_addfchdir_np(actions, directory), file.toString());
            check(CFunctions.posix_spawn_file_actions_addclose(actions, 1), file.toString());
            CFunctions.posix_spawnattr_setflags(attributes, (short) SPAWN_SETSIGMASK);
            CFunctions.posix_spawnattr_setsigmask(attributes, noSignals);
            check(CFunctions.posix_spawn(pid, scratch.put(file), actions, attributes, argv, envp), file.toString());
            return await(scratch.getInt(pid));
        } finally {
            CFunctions.posix_spawnattr_destroy(attributes);
            CFunctions.posix_spawn_file_actions_destroy(actions);
            Reference.reachabilityFence(scratch);
        }
    }

    private static List<byte[]> cStrings(List<OsString> strings) {
        List<byte[]> bytes = new ArrayList<>();
        for (OsString string : strings) {
            bytes.add(string.cString());
        }
        return bytes;
    }

    private static int await(int pid) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long status = scratch.zeroed(8);
            if (CFunctions.waitpid(pid, status, 0) == pid) {
                return scratch.getInt(status) & 0xffff;
            }
            retryOrThrow("waitpid", "process " + pid);
        }
    }

    static long pointers(Scratch scratch, List<byte[]> strings) {
        long array = scratch.allocate((strings.size() + 1) * 8);
        for (int i = 0; i < strings.size(); i++) {
            scratch.putLong(array + i * 8L, scratch.put(strings.get(i)));
        }
        scratch.putLong(array + strings.size() * 8L, 0);
        return array;
    }

    private static long signalSet(Scratch scratch, long signals) {
        long set = scratch.zeroed(SIGSET_SIZE);
        scratch.putLong(set, signals);
        return set;
    }

    private static void checkNamed(int errno, String program) throws PosixException {
        if (errno != Errno.EBADF.number()) {
            check(errno, program);
        }
    }

    private static void check(int errno, String program) throws PosixException {
        if (errno != 0) {
            throw failure("spawn", program, errno);
        }
    }

    /** The wait status of an ended child, -1 if it still runs; never any other child's. */
    static int waitStatus(int pid) throws PosixException {
        Scratch scratch = Scratch.begin();
        long status = scratch.zeroed(8);
        while (true) {
            int result = CFunctions.waitpid(pid, status, WNOHANG);
            if (result >= 0) {
                return result == pid ? scratch.getInt(status) & 0xffff : -1;
            }
            retryOrThrow("waitpid", "process " + pid);
        }
    }

    static Descriptor openPidfd(int pid) throws PosixException {
        return opened("pidfd_open", () -> (int) CFunctions.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0));
    }

    /**
     * Another descriptor, in the calling thread's table, of what a number stands for in the table of a process.
     *
     * @param process a pidfd
     */
    static int fetchDescriptor(Descriptor process, int number) throws PosixException {
        int fetched = descriptor(() -> (int) CFunctions.syscall(SYS_PIDFD_GETFD, process.number(), number, 0, 0));
        if (fetched < 0) {
            throw failure("pidfd_getfd", "descriptor " + number);
        }
        return fetched;
    }

    /** Gives the calling thread a table of its own, with a copy of the descriptors below {@code first} only. */
    static void unshareDescriptorsFrom(int first) throws PosixException {
        final long closeRangeUnshare = 2;
        final long all = 0xffffffffL;
        if (CFunctions.syscall(SYS_CLOSE_RANGE, first, all, closeRangeUnshare, 0) != 0) {
            throw failure("close_range", "from " + first);
        }
    }

    /** False if the process has ended. */
    static boolean sendSignal(Descriptor pidfd, Signal signal) throws PosixException {
        return CFunctions.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal.number(), 0, 0) == 0
                || nobodyThere("pidfd_send_signal", signal + " " + pidfd);
    }

    /** As kill(2), a negative pid being a group; false if there is nobody. */
    static boolean kill(int pid, Signal signal) throws PosixException {
        return CFunctions.kill(pid, signal.number()) == 0 || nobodyThere("kill", signal + " process " + pid);
    }

    /** Whether a process group has members, be they zombies. */
    static boolean groupExists(int leader) {
        return CFunctions.kill(-leader, 0) == 0 || !errnoIs(Errno.ESRCH);
    }

    /** False after ESRCH, which for a signal is an answer; anything else is a failure. */
    private static boolean nobodyThere(String call, String argument) throws PosixException {
        if (!errnoIs(Errno.ESRCH)) {
            throw failure(call, argument);
        }
        return false;
    }

    static void ignore(int signalNumber) {
        CFunctions.signal(signalNumber, SIG_IGN);
    }

    /**
     * The same by the system call, since the C library refuses to change the two that it has for itself.
     *
     * @param action address of {@link #SIGNAL_ACTION_SIZE} zeroed bytes, the first eight of which are {@link #SIG_IGN}
     */
    static void ignore(int signalNumber, long action) {
        CFunctions.syscall(SYS_RT_SIGACTION, signalNumber, action, 0, Long.BYTES);
    }

    /** Handler, flags, restorer and mask, as the kernel has them. */
    static final int SIGNAL_ACTION_SIZE = 4 * Long.BYTES;

    static void restoreDefault(int signalNumber) {
        CFunctions.signal(signalNumber, 0);
    }

    /** Restores the default if a signal is ignored; leaves a handler alone. */
    static void stopIgnoring(Signal signal) {
        if (isIgnored(signal)) {
            restoreDefault(signal.number());
        }
    }

    static boolean isIgnored(Signal signal) {
        String hex = ProcFs.ownStatus("SigIgn");
        return !hex.isEmpty() && (Long.parseUnsignedLong(hex, 16) >> (signal.number() - 1) & 1) != 0;
    }

    /** The process id of some child that has ended and has not been waited for, and stays so; 0 if there is none. */
    static int endedChild() {
        final int anyChild = 0;
        final int endedNoHangNoWait = 4 | 1 | 0x01000000;
        final int pidOffset = 16;
        Scratch scratch = Scratch.begin();
        long info = scratch.zeroed(128);
        return CFunctions.waitid(anyChild, 0, info, endedNoHangNoWait) == 0 ? scratch.getInt(info + pidOffset) : 0;
    }

    /**
     * The limits of open files.
     *
     * @param soft the one in force
     * @param hard how far the soft one may be raised
     */
    record OpenFilesLimit(long soft, long hard) {}

    static OpenFilesLimit openFilesLimit() throws PosixException {
        Scratch scratch = Scratch.begin();
        long limit = scratch.allocate(16);
        if (CFunctions.getrlimit(RLIMIT_NOFILE, limit) != 0) {
            throw failure("getrlimit", "open files");
        }
        return new OpenFilesLimit(scratch.getLong(limit), scratch.getLong(limit + 8));
    }

    static void setOpenFilesLimit(OpenFilesLimit value) throws PosixException {
        Scratch scratch = Scratch.begin();
        long limit = scratch.allocate(16);
        scratch.putLong(limit, value.soft());
        scratch.putLong(limit + 8, value.hard());
        if (CFunctions.setrlimit(RLIMIT_NOFILE, limit) != 0) {
            throw failure("setrlimit", "open files " + value.soft());
        }
    }

    /** Memory that is not ours, for instance what the C library returned. */
    static byte[] copyFrom(long address, int length) {
        Scratch scratch = Scratch.begin(length);
        long buffer = scratch.allocate(length);
        CFunctions.memcpy(buffer, address, length);
        return scratch.bytes(buffer, length);
    }

    /** Writes to memory that is not ours to allocate; the address must be right. */
    static void copyTo(long address, byte[] bytes) {
        Scratch scratch = Scratch.begin(bytes.length);
        try {
            CFunctions.memcpy(address, scratch.put(bytes), bytes.length);
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    // ---- the event loop's calls

    static final int EPOLLIN = 1;
    static final int EPOLLOUT = 4;
    static final int EPOLLONESHOT = 1 << 30;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;

    /** {@code struct epoll_event} is packed on x86-64 only. */
    static final int EPOLL_EVENT_SIZE = System.getProperty("os.arch", "").equals("amd64") ? 12 : 16;

    private static final int EPOLL_DATA_OFFSET = EPOLL_EVENT_SIZE - 8;

    static Descriptor epoll() throws PosixException {
        return opened("epoll_create1", () -> CFunctions.epoll_create1(O_CLOEXEC));
    }

    static Descriptor eventFd() throws PosixException {
        return opened("eventfd", () -> CFunctions.eventfd(0, O_CLOEXEC | O_NONBLOCK));
    }

    static Descriptor inotify() throws PosixException {
        return opened("inotify_init1", () -> CFunctions.inotify_init1(O_CLOEXEC | O_NONBLOCK));
    }

    private static Descriptor opened(String call, OpenFilesGate.Opening opening) throws PosixException {
        int result = descriptor(opening);
        if (result < 0) {
            throw failure(call, "");
        }
        return new Descriptor(result);
    }

    static void epollControl(Descriptor epoll, int operation, int descriptor, int events, long data)
            throws PosixException {
        Scratch scratch = Scratch.begin();
        long event = scratch.zeroed(16);
        scratch.putInt(event, events);
        scratch.putLong(event + EPOLL_DATA_OFFSET, data);
        if (CFunctions.epoll_ctl(epoll.number(), operation, descriptor, event) != 0) {
            throw failure("epoll_ctl", "descriptor " + descriptor);
        }
    }

    /** Waits and returns the data of the descriptors that are ready; none after a timeout or a signal. */
    static long[] epollWait(int epoll, int most, int timeoutMillis) throws PosixException {
        Scratch scratch = Scratch.begin();
        long events = scratch.allocate(most * EPOLL_EVENT_SIZE);
        int count = CFunctions.epoll_wait(epoll, events, most, timeoutMillis);
        if (count < 0) {
            if (errnoIs(Errno.EINTR)) {
                return new long[0];
            }
            throw failure("epoll_wait", "");
        }
        long[] ready = new long[count];
        for (int i = 0; i < count; i++) {
            ready[i] = scratch.getLong(events + (long) i * EPOLL_EVENT_SIZE + EPOLL_DATA_OFFSET);
        }
        return ready;
    }

    static int addInotifyWatch(Descriptor inotify, OsString path, int mask) throws PosixException {
        int watch =
                CFunctions.inotify_add_watch(inotify.number(), Scratch.begin().put(path), mask);
        if (watch < 0) {
            throw failure("inotify_add_watch", path.toString());
        }
        return watch;
    }

    static void removeInotifyWatch(Descriptor inotify, int watch) {
        // fails only if the directory, and with it the watch, is gone already
        CFunctions.inotify_rm_watch(inotify.number(), watch);
    }

    /** Makes a descriptor; refused one for want of them, it tries again with the limit as it should be. */
    private static int descriptor(OpenFilesGate.Opening opening) {
        int result = opening.open();
        return result < 0 && errnoIs(Errno.EMFILE) ? OpenFilesGate.THIS_JVM.retry(opening) : result;
    }

    // ---- errors

    static void retryOrThrow(String call, String argument) throws PosixException {
        if (!errnoIs(Errno.EINTR)) {
            throw failure(call, argument);
        }
    }

    static boolean errnoIs(Errno errno) {
        return CFunctions.errno() == errno.number();
    }

    static PosixException failure(String call, String argument) {
        return failure(call, argument, CFunctions.errno());
    }

    static PosixException failure(String call, String argument, int number) {
        return new PosixException(call, argument, Errno.name(number), Errno.description(number));
    }
}
