package io.github.pekkosupervisor.posix;

import java.lang.ref.Reference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jnr.constants.platform.Errno;
import jnr.constants.platform.OpenFlags;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Out;
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

    static final int O_RDONLY = OpenFlags.O_RDONLY.intValue();
    static final int O_WRONLY = OpenFlags.O_WRONLY.intValue();
    static final int O_RDWR = OpenFlags.O_RDWR.intValue();
    static final int O_CREAT = OpenFlags.O_CREAT.intValue();
    static final int O_TRUNC = OpenFlags.O_TRUNC.intValue();
    static final int O_APPEND = OpenFlags.O_APPEND.intValue();
    static final int O_NONBLOCK = OpenFlags.O_NONBLOCK.intValue();
    static final int O_DIRECTORY = OpenFlags.O_DIRECTORY.intValue();
    static final int O_CLOEXEC = OpenFlags.O_CLOEXEC.intValue();
    static final int O_PATH = 0x200000;

    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_SIZE = 256;
    private static final int PATH_MAX = 4096;
    private static final int RLIMIT_NOFILE = 7;
    private static final int MOST_AT_ONCE = 64 * 1024;
    private static final int WNOHANG = 1;
    private static final int DIRENT_NAME_OFFSET = 19;
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

    private static final Functions C = NativeLibrary.load(Functions.class);
    private static final Runtime RUNTIME = Runtime.getRuntime(C);
    private static final Map<String, Integer> SIGNAL_NUMBERS = new ConcurrentHashMap<>();

    private LibC() {}

    /** What we bind of the C library; public because jnr implements it in a class of its own. */
    public interface Functions {
        int openat(int directory, long path, int flags, int mode);

        int close(int descriptor);

        long read(int descriptor, long buffer, long count);

        long write(int descriptor, long buffer, long count);

        int flock(int descriptor, int operation);

        int mkdirat(int directory, long path, int mode);

        int mkfifoat(int directory, long path, int mode);

        int renameat(int fromDirectory, long from, int toDirectory, long to);

        long readlinkat(int directory, long path, long buffer, long size);

        int statx(int directory, long path, int flags, int mask, long buffer);

        int dup2(int from, int to);

        int fcntl(int descriptor, int command, long argument);

        long fdopendir(int descriptor);

        long readdir(long directory);

        int closedir(long directory);

        int pipe2(long descriptors, int flags);

        int kill(int pid, int signal);

        int waitpid(int pid, long status, int options);

        int waitid(int kind, int id, long info, int options);

        long syscall(long number, long first, long second, long third, long fourth);

        long signal(int signal, long handler);

        int getrlimit(int resource, long limit);

        int setrlimit(int resource, long limit);

        int epoll_create1(int flags);

        int epoll_ctl(int epoll, int operation, int descriptor, long event);

        int epoll_wait(int epoll, long events, int count, int timeoutMillis);

        int eventfd(int initial, int flags);

        int inotify_init1(int flags);

        int inotify_add_watch(int inotify, long path, int mask);

        int inotify_rm_watch(int inotify, int watch);

        // the array is deliberate: jnr's x86 stub for six plain numbers passes the sixth wrongly (jnr-ffi 2.3.4)
        int posix_spawnp(@Out int[] pid, long file, long actions, long attributes, long argv, long envp);

        int posix_spawn_file_actions_init(long actions);

        int posix_spawn_file_actions_destroy(long actions);

        int posix_spawn_file_actions_adddup2(long actions, int from, int to);

        int posix_spawn_file_actions_addfchdir_np(long actions, int directory);

        int posix_spawn_file_actions_addclosefrom_np(long actions, int from);

        int posix_spawn_file_actions_addclose(long actions, int descriptor);

        int posix_spawnattr_init(long attributes);

        int posix_spawnattr_destroy(long attributes);

        int posix_spawnattr_setflags(long attributes, short flags);

        int posix_spawnattr_setsigmask(long attributes, long set);

        int posix_spawnattr_setsigdefault(long attributes, long set);
    }

    // ---- files

    static Descriptor open(int directory, OsString path, int flags, int mode) throws PosixException {
        while (true) {
            long name = path("openat", Scratch.begin(), path);
            int result = descriptor(() -> C.openat(directory, name, flags | O_CLOEXEC, mode));
            if (result >= 0) {
                return new Descriptor(result);
            }
            retryOrThrow("openat", path.toString());
        }
    }

    /** The address of a path; one that the kernel would refuse for its length is refused before it needs memory. */
    private static long path(String call, Scratch scratch, OsString path) throws PosixException {
        if (path.length() >= PATH_MAX) {
            throw failure(call, path.toString(), Errno.ENAMETOOLONG.intValue());
        }
        return scratch.put(path);
    }

    static void close(int descriptor) {
        // on Linux the descriptor is gone whatever close says, EINTR included
        C.close(descriptor);
    }

    static byte[] read(int descriptor, int limit, String what) throws PosixException {
        Scratch scratch = Scratch.begin(limit);
        long buffer = scratch.allocate(limit);
        while (true) {
            long count = C.read(descriptor, buffer, limit);
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
            long count = C.read(descriptor, buffer, limit);
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

    static void writeAll(int descriptor, byte[] bytes, String what) throws PosixException {
        Scratch scratch = Scratch.begin(bytes.length);
        long buffer = scratch.put(bytes);
        int done = 0;
        try {
            while (done < bytes.length) {
                long count = C.write(descriptor, buffer + done, bytes.length - done);
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
                long count = C.write(descriptor, buffer, length);
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
        while (C.flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
            retryOrThrow("flock", what);
        }
    }

    /** False if there is something of this name. */
    static boolean makeDirectory(int directory, OsString name, int mode) throws PosixException {
        while (C.mkdirat(directory, path("mkdirat", Scratch.begin(), name), mode) != 0) {
            if (errnoIs(Errno.EEXIST)) {
                return false;
            }
            retryOrThrow("mkdirat", name.toString());
        }
        return true;
    }

    /** False if there is something of this name. */
    static boolean makeFifo(int directory, OsString name, int mode) throws PosixException {
        while (C.mkfifoat(directory, path("mkfifoat", Scratch.begin(), name), mode) != 0) {
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
            if (C.renameat(directory, path("renameat", scratch, from), directory, path("renameat", scratch, to)) == 0) {
                return;
            }
            retryOrThrow("renameat", from + " to " + to);
        }
    }

    static OsString readLink(int directory, OsString name) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(PATH_MAX);
            long length = C.readlinkat(directory, path("readlinkat", scratch, name), buffer, PATH_MAX);
            if (length >= 0) {
                return OsString.of(scratch.bytes(buffer, (int) length));
            }
            retryOrThrow("readlinkat", name.toString());
        }
    }

    static FileStatus stat(int directory, OsString name, int flags) throws PosixException {
        FileStatus status = statIfPresent(directory, name, flags);
        if (status == null) {
            throw failure("statx", name.toString(), Errno.ENOENT.intValue());
        }
        return status;
    }

    /** Null if there is nothing of this name; most of what is asked for is not there, and an exception costs more. */
    static @Nullable FileStatus statIfPresent(int directory, OsString name, int flags) throws PosixException {
        while (true) {
            Scratch scratch = Scratch.begin();
            long buffer = scratch.allocate(STATX_SIZE);
            if (C.statx(directory, path("statx", scratch, name), flags, STATX_BASIC_STATS, buffer) == 0) {
                return new FileStatus(
                        new FileStatus.Id(
                                ((long) scratch.getInt(buffer + 136) << 32) | scratch.getInt(buffer + 140),
                                scratch.getLong(buffer + 32)),
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

    static List<OsString> list(int directory, String what) throws PosixException {
        Descriptor copy = copy(directory);
        long stream = C.fdopendir(copy.number());
        if (stream == 0) {
            PosixException failure = failure("fdopendir", what);
            copy.close();
            throw failure;
        }
        try {
            List<OsString> names = new ArrayList<>();
            while (true) {
                LastError.setLastError(RUNTIME, 0);
                long entry = C.readdir(stream);
                if (entry == 0) {
                    if (LastError.getLastError(RUNTIME) != 0) {
                        throw failure("readdir", what);
                    }
                    return names;
                }
                OsString name = OsString.of(cString(entry + DIRENT_NAME_OFFSET));
                if (!name.equals(DOT) && !name.equals(DOT_DOT)) {
                    names.add(name);
                }
            }
        } finally {
            C.closedir(stream);
        }
    }

    private static final OsString DOT = OsString.of(".");
    private static final OsString DOT_DOT = OsString.of("..");

    private static byte[] cString(long address) {
        Pointer memory = Pointer.wrap(RUNTIME, address);
        byte[] bytes = new byte[memory.indexOf(0, (byte) 0)];
        memory.get(0, bytes, 0, bytes.length);
        return bytes;
    }

    static Posix.Pipe pipe() throws PosixException {
        Scratch scratch = Scratch.begin();
        long ends = scratch.allocate(8);
        if (descriptor(() -> C.pipe2(ends, O_CLOEXEC)) != 0) {
            throw failure("pipe2", "");
        }
        return new Posix.Pipe(new Descriptor(scratch.getInt(ends)), new Descriptor(scratch.getInt(ends + 4)));
    }

    static void setBlocking(int descriptor, boolean blocking) throws PosixException {
        final int getFlags = 3;
        final int setFlags = 4;
        int flags = C.fcntl(descriptor, getFlags, 0);
        int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
        if (flags < 0 || C.fcntl(descriptor, setFlags, wanted) != 0) {
            throw failure("fcntl", "descriptor " + descriptor);
        }
    }

    /** Another descriptor, not one of the standard three, of the same open file. */
    static Descriptor copy(int descriptor) throws PosixException {
        final int duplicateCloseOnExec = 1030;
        return opened("fcntl", () -> C.fcntl(descriptor, duplicateCloseOnExec, 3));
    }

    static void duplicate(int from, int to) throws PosixException {
        while (C.dup2(from, to) < 0) {
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
            C.posix_spawn_file_actions_init(actions);
            C.posix_spawn_file_actions_addclosefrom_np(actions, 3);
            C.posix_spawn_file_actions_addfchdir_np(actions, 0);
            return true;
        } catch (UnsatisfiedLinkError e) {
            // another C library than glibc 2.34 or later: that is the answer
            return false;
        } finally {
            C.posix_spawn_file_actions_destroy(actions);
        }
    }

    /**
     * Calls {@code posix_spawnp}. Descriptor n becomes {@code stdio[n]}, or is closed where that is negative, and so
     * are all others; {@code mask} and {@code defaults} are signal sets with signal n in bit n-1.
     */
    static int spawn(
            List<OsString> command,
            List<byte[]> environment,
            int[] stdio,
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
        int[] pid = new int[1];
        long actions = scratch.zeroed(FILE_ACTIONS_SIZE);
        long attributes = scratch.zeroed(SPAWN_ATTRIBUTES_SIZE);
        long argv = pointers(scratch, command.stream().map(OsString::cString).toList());
        long envp = pointers(scratch, environment);
        long maskSet = signalSet(scratch, mask);
        long defaultSet = signalSet(scratch, defaults);
        String program = command.get(0).toString();
        C.posix_spawn_file_actions_init(actions);
        C.posix_spawnattr_init(attributes);
        try {
            for (int target = 0; target < STANDARD_STREAMS; target++) {
                if (stdio[target] != target) {
                    check(C.posix_spawn_file_actions_adddup2(actions, stdio[target], target), program);
                }
            }
            if (directory >= 0) {
                check(C.posix_spawn_file_actions_addfchdir_np(actions, directory), program);
            }
            for (int target = STANDARD_STREAMS; target < stdio.length; target++) {
                if (stdio[target] >= 0) {
                    // even onto itself: a copy stays open on exec
                    check(C.posix_spawn_file_actions_adddup2(actions, stdio[target], target), program);
                }
            }
            for (int target = STANDARD_STREAMS; target < stdio.length; target++) {
                if (stdio[target] < 0) {
                    check(C.posix_spawn_file_actions_addclose(actions, target), program);
                }
            }
            check(C.posix_spawn_file_actions_addclosefrom_np(actions, stdio.length), program);
            C.posix_spawnattr_setflags(attributes, (short) (flags | SPAWN_SETSIGMASK | SPAWN_SETSIGDEF));
            C.posix_spawnattr_setsigmask(attributes, maskSet);
            C.posix_spawnattr_setsigdefault(attributes, defaultSet);
            long file = scratch.getLong(argv);
            check(C.posix_spawnp(pid, file, actions, attributes, argv, envp), program);
            return pid[0];
        } finally {
            C.posix_spawnattr_destroy(attributes);
            C.posix_spawn_file_actions_destroy(actions);
            Reference.reachabilityFence(scratch);
        }
    }

    private static long pointers(Scratch scratch, List<byte[]> strings) {
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
            int result = C.waitpid(pid, status, WNOHANG);
            if (result >= 0) {
                return result == pid ? scratch.getInt(status) & 0xffff : -1;
            }
            retryOrThrow("waitpid", "process " + pid);
        }
    }

    static Descriptor openPidfd(int pid) throws PosixException {
        return opened("pidfd_open", () -> (int) C.syscall(SYS_PIDFD_OPEN, pid, 0, 0, 0));
    }

    /**
     * Another descriptor, in the calling thread's table, of what a number stands for in the table of a process.
     *
     * @param process a pidfd
     */
    static int fetchDescriptor(Descriptor process, int number) throws PosixException {
        int fetched = descriptor(() -> (int) C.syscall(SYS_PIDFD_GETFD, process.number(), number, 0, 0));
        if (fetched < 0) {
            throw failure("pidfd_getfd", "descriptor " + number);
        }
        return fetched;
    }

    /** Gives the calling thread a table of its own, with a copy of the descriptors below {@code first} only. */
    static void unshareDescriptorsFrom(int first) throws PosixException {
        final long closeRangeUnshare = 2;
        final long all = 0xffffffffL;
        if (C.syscall(SYS_CLOSE_RANGE, first, all, closeRangeUnshare, 0) != 0) {
            throw failure("close_range", "from " + first);
        }
    }

    /** False if the process has ended. */
    static boolean sendSignal(Descriptor pidfd, Signal signal) throws PosixException {
        return C.syscall(SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal.number(), 0, 0) == 0
                || nobodyThere("pidfd_send_signal", signal + " " + pidfd);
    }

    /** As kill(2), a negative pid being a group; false if there is nobody. */
    static boolean kill(int pid, Signal signal) throws PosixException {
        return C.kill(pid, signal.number()) == 0 || nobodyThere("kill", signal + " process " + pid);
    }

    /** Whether a process group has members, be they zombies. */
    static boolean groupExists(int leader) {
        return C.kill(-leader, 0) == 0 || !errnoIs(Errno.ESRCH);
    }

    /** False after ESRCH, which for a signal is an answer; anything else is a failure. */
    private static boolean nobodyThere(String call, String argument) throws PosixException {
        if (!errnoIs(Errno.ESRCH)) {
            throw failure(call, argument);
        }
        return false;
    }

    static void ignore(int signalNumber) {
        C.signal(signalNumber, SIG_IGN);
    }

    static void restoreDefault(int signalNumber) {
        C.signal(signalNumber, 0);
    }

    /** Restores the default if a signal is ignored; leaves a handler alone. */
    static void stopIgnoring(Signal signal) {
        boolean ignored = ProcFs.ownStatus("SigIgn")
                .map(hex -> Long.parseUnsignedLong(hex, 16))
                .filter(mask -> (mask >> (signal.number() - 1) & 1) != 0)
                .isPresent();
        if (ignored) {
            restoreDefault(signal.number());
        }
    }

    /** The process id of some child that has ended and has not been waited for, and stays so; 0 if there is none. */
    static int endedChild() {
        final int anyChild = 0;
        final int endedNoHangNoWait = 4 | 1 | 0x01000000;
        final int pidOffset = 16;
        Scratch scratch = Scratch.begin();
        long info = scratch.zeroed(128);
        return C.waitid(anyChild, 0, info, endedNoHangNoWait) == 0 ? scratch.getInt(info + pidOffset) : 0;
    }

    static int signalNumber(String name) {
        return SIGNAL_NUMBERS.computeIfAbsent(
                name, key -> jnr.constants.platform.Signal.valueOf("SIG" + key).intValue());
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
        if (C.getrlimit(RLIMIT_NOFILE, limit) != 0) {
            throw failure("getrlimit", "open files");
        }
        return new OpenFilesLimit(scratch.getLong(limit), scratch.getLong(limit + 8));
    }

    static void setOpenFilesLimit(OpenFilesLimit value) throws PosixException {
        Scratch scratch = Scratch.begin();
        long limit = scratch.allocate(16);
        scratch.putLong(limit, value.soft());
        scratch.putLong(limit + 8, value.hard());
        if (C.setrlimit(RLIMIT_NOFILE, limit) != 0) {
            throw failure("setrlimit", "open files " + value.soft());
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
        return opened("epoll_create1", () -> C.epoll_create1(O_CLOEXEC));
    }

    static Descriptor eventFd() throws PosixException {
        return opened("eventfd", () -> C.eventfd(0, O_CLOEXEC | O_NONBLOCK));
    }

    static Descriptor inotify() throws PosixException {
        return opened("inotify_init1", () -> C.inotify_init1(O_CLOEXEC | O_NONBLOCK));
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
        if (C.epoll_ctl(epoll.number(), operation, descriptor, event) != 0) {
            throw failure("epoll_ctl", "descriptor " + descriptor);
        }
    }

    /** Waits and returns the data of the descriptors that are ready; none after a timeout or a signal. */
    static long[] epollWait(int epoll, int most, int timeoutMillis) throws PosixException {
        Scratch scratch = Scratch.begin();
        long events = scratch.allocate(most * EPOLL_EVENT_SIZE);
        int count = C.epoll_wait(epoll, events, most, timeoutMillis);
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
        int watch = C.inotify_add_watch(inotify.number(), Scratch.begin().put(path), mask);
        if (watch < 0) {
            throw failure("inotify_add_watch", path.toString());
        }
        return watch;
    }

    static void removeInotifyWatch(Descriptor inotify, int watch) {
        // fails only if the directory, and with it the watch, is gone already
        C.inotify_rm_watch(inotify.number(), watch);
    }

    /** Makes a descriptor; refused one for want of them, it tries again with the limit as it should be. */
    private static int descriptor(OpenFilesGate.Opening opening) {
        int result = opening.open();
        return result < 0 && errnoIs(Errno.EMFILE) ? OpenFilesGate.THIS_JVM.retry(opening) : result;
    }

    // ---- errors

    private static void retryOrThrow(String call, String argument) throws PosixException {
        if (!errnoIs(Errno.EINTR)) {
            throw failure(call, argument);
        }
    }

    private static boolean errnoIs(Errno errno) {
        return LastError.getLastError(RUNTIME) == errno.intValue();
    }

    private static PosixException failure(String call, String argument) {
        return failure(call, argument, LastError.getLastError(RUNTIME));
    }

    static String errnoName(int number) {
        return Errno.valueOf(number).name();
    }

    private static PosixException failure(String call, String argument, int number) {
        Errno errno = Errno.valueOf(number);
        return new PosixException(call, argument, errno.name(), errno.description());
    }

    /** Loading, with a word about what to do when it does not work. */
    private static final class NativeLibrary {
        static <T> T load(Class<T> functions) {
            try {
                // otherwise jnr gives a stand-in that fails later, in its own words
                T library = LibraryLoader.create(functions).failImmediately().load("c");
                Runtime.getRuntime(library).addressSize();
                return library;
            } catch (RuntimeException | LinkageError e) {
                throw new NativeLibraryException(e);
            }
        }
    }
}
