package io.github.pekkosupervisor.posix;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.MemoryIO;
import com.kenai.jffi.Type;
import java.nio.ByteBuffer;

/**
 * The functions of the C library that we call, bound through jffi, on which jnr stands.
 *
 * <p>Every argument and result travels as a machine word: in the calling conventions of 64-bit Linux a callee looks at
 * as much of a word as its type has. So the number of arguments is all that a call needs to tell, no class is generated
 * for it, and a start costs 20 milliseconds less than with jnr's own interfaces. Negative results are errors;
 * {@link #errno} has the number.
 *
 * <p>Addresses are plain {@code long}s; {@link Scratch} provides the memory.
 */
final class CFunctions {

    private static final Function OPENAT = new Function("openat");
    private static final Function CLOSE = new Function("close");
    private static final Function READ = new Function("read");
    private static final Function WRITE = new Function("write");
    private static final Function FLOCK = new Function("flock");
    private static final Function LSEEK = new Function("lseek");
    private static final Function FTRUNCATE = new Function("ftruncate");
    private static final Function FSYNC = new Function("fsync");
    private static final Function FCHMOD = new Function("fchmod");
    private static final Function FCHMODAT = new Function("fchmodat");
    private static final Function MKDIRAT = new Function("mkdirat");
    private static final Function MKFIFOAT = new Function("mkfifoat");
    private static final Function SYMLINKAT = new Function("symlinkat");
    private static final Function UNLINKAT = new Function("unlinkat");
    private static final Function RENAMEAT = new Function("renameat");
    private static final Function READLINKAT = new Function("readlinkat");
    private static final Function STATX = new Function("statx");
    private static final Function DUP2 = new Function("dup2");
    private static final Function FCNTL = new Function("fcntl");
    private static final Function GETDENTS64 = new Function("getdents64");
    private static final Function PIPE2 = new Function("pipe2");
    private static final Function TEE = new Function("tee");
    private static final Function KILL = new Function("kill");
    private static final Function WAITPID = new Function("waitpid");
    private static final Function WAITID = new Function("waitid");
    private static final Function SYSCALL = new Function("syscall");
    private static final Function SIGNAL = new Function("signal");
    private static final Function SIGACTION = new Function("sigaction");
    private static final Function MMAP = new Function("mmap");
    private static final Function MPROTECT = new Function("mprotect");
    private static final Function GETRLIMIT = new Function("getrlimit");
    private static final Function SETRLIMIT = new Function("setrlimit");
    private static final Function EPOLL_CREATE1 = new Function("epoll_create1");
    private static final Function EPOLL_CTL = new Function("epoll_ctl");
    private static final Function EPOLL_WAIT = new Function("epoll_wait");
    private static final Function EVENTFD = new Function("eventfd");
    private static final Function INOTIFY_INIT1 = new Function("inotify_init1");
    private static final Function INOTIFY_ADD_WATCH = new Function("inotify_add_watch");
    private static final Function INOTIFY_RM_WATCH = new Function("inotify_rm_watch");
    private static final Function POSIX_SPAWNP = new Function("posix_spawnp");
    private static final Function POSIX_SPAWN_FILE_ACTIONS_INIT = new Function("posix_spawn_file_actions_init");
    private static final Function POSIX_SPAWN_FILE_ACTIONS_DESTROY = new Function("posix_spawn_file_actions_destroy");
    private static final Function POSIX_SPAWN_FILE_ACTIONS_ADDDUP2 = new Function("posix_spawn_file_actions_adddup2");
    private static final Function POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR_NP =
            new Function("posix_spawn_file_actions_addfchdir_np");
    private static final Function POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP =
            new Function("posix_spawn_file_actions_addclosefrom_np");
    private static final Function POSIX_SPAWNATTR_INIT = new Function("posix_spawnattr_init");
    private static final Function POSIX_SPAWNATTR_DESTROY = new Function("posix_spawnattr_destroy");
    private static final Function POSIX_SPAWNATTR_SETFLAGS = new Function("posix_spawnattr_setflags");
    private static final Function POSIX_SPAWNATTR_SETSIGMASK = new Function("posix_spawnattr_setsigmask");
    private static final Function POSIX_SPAWNATTR_SETSIGDEFAULT = new Function("posix_spawnattr_setsigdefault");
    private static final Function CHDIR = new Function("chdir");
    private static final Function CHROOT = new Function("chroot");
    private static final Function SBRK = new Function("sbrk");
    private static final Function PRCTL = new Function("prctl");
    private static final Function SETSID = new Function("setsid");
    private static final Function NICE = new Function("nice");
    private static final Function SETGROUPS = new Function("setgroups");
    private static final Function SETGID = new Function("setgid");
    private static final Function GETEUID = new Function("geteuid");
    private static final Function SETUID = new Function("setuid");
    private static final Function GETPWNAM = new Function("getpwnam");
    private static final Function GETGRNAM = new Function("getgrnam");
    private static final Function PTHREAD_SIGMASK = new Function("pthread_sigmask");
    private static final Function EXECVE = new Function("execve");
    private static final Function POSIX_SPAWN = new Function("posix_spawn");
    private static final Function POSIX_SPAWN_FILE_ACTIONS_ADDCLOSE = new Function("posix_spawn_file_actions_addclose");
    private static final Function STRLEN = new Function("strlen");
    private static final Function ISATTY = new Function("isatty");
    private static final Function POLL = new Function("poll");
    private static final Function MEMCPY = new Function("memcpy");

    private static final Jffi JFFI = load();

    private CFunctions() {}

    /** One of the library, looked up when it is first called. */
    private static final class Function {
        private final String name;
        private volatile long address;

        Function(String name) {
            this.name = name;
        }

        long address() {
            long known = address;
            if (known == 0) {
                known = JFFI.library.getSymbolAddress(name);
                if (known == 0) {
                    throw new UnsatisfiedLinkError("the C library has no function " + name);
                }
                address = known;
            }
            return known;
        }
    }

    /** What jffi needs for a call: a description for each number of arguments. */
    private static final class Jffi {
        private static final int MOST_ARGUMENTS = 6;

        final Library library = Library.getDefault();
        final Invoker invoker = Invoker.getInstance();
        final LastError lastError = LastError.getInstance();
        final MemoryIO memory = MemoryIO.getInstance();
        private final CallContext[] contexts = new CallContext[MOST_ARGUMENTS + 1];

        Jffi() {
            for (int count = 0; count <= MOST_ARGUMENTS; count++) {
                Type[] words = new Type[count];
                java.util.Arrays.fill(words, Type.SLONG);
                contexts[count] = new CallContext(Type.SLONG, words, CallingConvention.DEFAULT, true);
            }
        }

        CallContext of(int arguments) {
            return contexts[arguments];
        }
    }

    /** Loading, with a word about what to do when it does not work. */
    private static Jffi load() {
        try {
            return new Jffi();
        } catch (RuntimeException | LinkageError e) {
            throw new NativeLibraryException(e);
        }
    }

    /** Where a direct buffer lies; asked here, so that whatever is used first tells why there is no native library. */
    static long addressOf(ByteBuffer direct) {
        return JFFI.memory.getDirectBufferAddress(direct);
    }

    /** From now on, until a call fails, there is no error number. */
    static void clearErrno() {
        JFFI.lastError.set(0);
    }

    /** The error number that this thread's last call left. */
    static int errno() {
        return JFFI.lastError.get();
    }

    private static long call(Function function) {
        return JFFI.invoker.invokeN0(JFFI.of(0), function.address());
    }

    private static long call(Function function, long a) {
        return JFFI.invoker.invokeN1(JFFI.of(1), function.address(), a);
    }

    private static long call(Function function, long a, long b) {
        return JFFI.invoker.invokeN2(JFFI.of(2), function.address(), a, b);
    }

    private static long call(Function function, long a, long b, long c) {
        return JFFI.invoker.invokeN3(JFFI.of(3), function.address(), a, b, c);
    }

    private static long call(Function function, long a, long b, long c, long d) {
        return JFFI.invoker.invokeN4(JFFI.of(4), function.address(), a, b, c, d);
    }

    private static long call(Function function, long a, long b, long c, long d, long e) {
        return JFFI.invoker.invokeN5(JFFI.of(5), function.address(), a, b, c, d, e);
    }

    private static long call(Function function, long a, long b, long c, long d, long e, long f) {
        return JFFI.invoker.invokeN6(JFFI.of(6), function.address(), a, b, c, d, e, f);
    }

    static int openat(int directory, long path, int flags, int mode) {
        return (int) call(OPENAT, directory, path, flags, mode);
    }

    static int close(int descriptor) {
        return (int) call(CLOSE, descriptor);
    }

    static long read(int descriptor, long buffer, long count) {
        return call(READ, descriptor, buffer, count);
    }

    static long write(int descriptor, long buffer, long count) {
        return call(WRITE, descriptor, buffer, count);
    }

    static int flock(int descriptor, int operation) {
        return (int) call(FLOCK, descriptor, operation);
    }

    static long lseek(int descriptor, long offset, int from) {
        return call(LSEEK, descriptor, offset, from);
    }

    static int ftruncate(int descriptor, long size) {
        return (int) call(FTRUNCATE, descriptor, size);
    }

    static int fsync(int descriptor) {
        return (int) call(FSYNC, descriptor);
    }

    static int fchmod(int descriptor, int mode) {
        return (int) call(FCHMOD, descriptor, mode);
    }

    static int fchmodat(int directory, long path, int mode, int flags) {
        return (int) call(FCHMODAT, directory, path, mode, flags);
    }

    static int mkdirat(int directory, long path, int mode) {
        return (int) call(MKDIRAT, directory, path, mode);
    }

    static int mkfifoat(int directory, long path, int mode) {
        return (int) call(MKFIFOAT, directory, path, mode);
    }

    static int symlinkat(long target, int directory, long path) {
        return (int) call(SYMLINKAT, target, directory, path);
    }

    static int unlinkat(int directory, long path, int flags) {
        return (int) call(UNLINKAT, directory, path, flags);
    }

    static int renameat(int fromDirectory, long from, int toDirectory, long to) {
        return (int) call(RENAMEAT, fromDirectory, from, toDirectory, to);
    }

    static long readlinkat(int directory, long path, long buffer, long size) {
        return call(READLINKAT, directory, path, buffer, size);
    }

    static int statx(int directory, long path, int flags, int mask, long buffer) {
        return (int) call(STATX, directory, path, flags, mask, buffer);
    }

    static int dup2(int from, int to) {
        return (int) call(DUP2, from, to);
    }

    static int fcntl(int descriptor, int command, long argument) {
        return (int) call(FCNTL, descriptor, command, argument);
    }

    static long getdents64(int directory, long buffer, long size) {
        return call(GETDENTS64, directory, buffer, size);
    }

    static int pipe2(long descriptors, int flags) {
        return (int) call(PIPE2, descriptors, flags);
    }

    static long tee(int from, int to, long count, int flags) {
        return call(TEE, from, to, count, flags);
    }

    static int kill(int pid, int signal) {
        return (int) call(KILL, pid, signal);
    }

    static int waitpid(int pid, long status, int options) {
        return (int) call(WAITPID, pid, status, options);
    }

    static int waitid(int kind, int id, long info, int options) {
        return (int) call(WAITID, kind, id, info, options);
    }

    static long syscall(long number, long first, long second, long third, long fourth) {
        return call(SYSCALL, number, first, second, third, fourth);
    }

    static long signal(int signal, long handler) {
        return call(SIGNAL, signal, handler);
    }

    static int sigaction(int signal, long action, long old) {
        return (int) call(SIGACTION, signal, action, old);
    }

    /** Memory that belongs to no file, wherever there is room; -1 if there is none. */
    static long mapAnonymous(long size, int protection) {
        final int privateAnonymous = 0x02 | 0x20;
        return call(MMAP, 0, size, protection, privateAnonymous, -1, 0);
    }

    static int mprotect(long address, long size, int protection) {
        return (int) call(MPROTECT, address, size, protection);
    }

    static int getrlimit(int resource, long limit) {
        return (int) call(GETRLIMIT, resource, limit);
    }

    static int setrlimit(int resource, long limit) {
        return (int) call(SETRLIMIT, resource, limit);
    }

    static int epoll_create1(int flags) {
        return (int) call(EPOLL_CREATE1, flags);
    }

    static int epoll_ctl(int epoll, int operation, int descriptor, long event) {
        return (int) call(EPOLL_CTL, epoll, operation, descriptor, event);
    }

    static int epoll_wait(int epoll, long events, int count, int timeoutMillis) {
        return (int) call(EPOLL_WAIT, epoll, events, count, timeoutMillis);
    }

    static int eventfd(int initial, int flags) {
        return (int) call(EVENTFD, initial, flags);
    }

    static int inotify_init1(int flags) {
        return (int) call(INOTIFY_INIT1, flags);
    }

    static int inotify_add_watch(int inotify, long path, int mask) {
        return (int) call(INOTIFY_ADD_WATCH, inotify, path, mask);
    }

    static int inotify_rm_watch(int inotify, int watch) {
        return (int) call(INOTIFY_RM_WATCH, inotify, watch);
    }

    static int posix_spawnp(long pid, long file, long actions, long attributes, long argv, long envp) {
        return (int) call(POSIX_SPAWNP, pid, file, actions, attributes, argv, envp);
    }

    static int posix_spawn_file_actions_init(long actions) {
        return (int) call(POSIX_SPAWN_FILE_ACTIONS_INIT, actions);
    }

    static int posix_spawn_file_actions_destroy(long actions) {
        return (int) call(POSIX_SPAWN_FILE_ACTIONS_DESTROY, actions);
    }

    static int posix_spawn_file_actions_adddup2(long actions, int from, int to) {
        return (int) call(POSIX_SPAWN_FILE_ACTIONS_ADDDUP2, actions, from, to);
    }

    static int posix_spawn_file_actions_addfchdir_np(long actions, int directory) {
        return (int) call(POSIX_SPAWN_FILE_ACTIONS_ADDFCHDIR_NP, actions, directory);
    }

    static int posix_spawn_file_actions_addclosefrom_np(long actions, int from) {
        return (int) call(POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP, actions, from);
    }

    static int posix_spawnattr_init(long attributes) {
        return (int) call(POSIX_SPAWNATTR_INIT, attributes);
    }

    static int posix_spawnattr_destroy(long attributes) {
        return (int) call(POSIX_SPAWNATTR_DESTROY, attributes);
    }

    static int posix_spawnattr_setflags(long attributes, short flags) {
        return (int) call(POSIX_SPAWNATTR_SETFLAGS, attributes, flags);
    }

    static int posix_spawnattr_setsigmask(long attributes, long set) {
        return (int) call(POSIX_SPAWNATTR_SETSIGMASK, attributes, set);
    }

    static int posix_spawnattr_setsigdefault(long attributes, long set) {
        return (int) call(POSIX_SPAWNATTR_SETSIGDEFAULT, attributes, set);
    }

    static int chdir(long path) {
        return (int) call(CHDIR, path);
    }

    static int chroot(long path) {
        return (int) call(CHROOT, path);
    }

    static int prctl(int option, long first, long second, long third) {
        return (int) call(PRCTL, option, first, second, third, 0);
    }

    static long sbrk(long increment) {
        return call(SBRK, increment);
    }

    static int setsid() {
        return (int) call(SETSID);
    }

    static int nice(int increment) {
        return (int) call(NICE, increment);
    }

    static int setgroups(long count, long groups) {
        return (int) call(SETGROUPS, count, groups);
    }

    static int setgid(int group) {
        return (int) call(SETGID, group);
    }

    static int geteuid() {
        return (int) call(GETEUID);
    }

    static int setuid(int user) {
        return (int) call(SETUID, user);
    }

    static long getpwnam(long name) {
        return call(GETPWNAM, name);
    }

    static long getgrnam(long name) {
        return call(GETGRNAM, name);
    }

    static int pthread_sigmask(int how, long set, long old) {
        return (int) call(PTHREAD_SIGMASK, how, set, old);
    }

    static int execve(long file, long argv, long envp) {
        return (int) call(EXECVE, file, argv, envp);
    }

    static int posix_spawn(long pid, long file, long actions, long attributes, long argv, long envp) {
        return (int) call(POSIX_SPAWN, pid, file, actions, attributes, argv, envp);
    }

    static int posix_spawn_file_actions_addclose(long actions, int descriptor) {
        return (int) call(POSIX_SPAWN_FILE_ACTIONS_ADDCLOSE, actions, descriptor);
    }

    static int poll(long descriptors, long count, int timeoutMillis) {
        return (int) call(POLL, descriptors, count, timeoutMillis);
    }

    static long strlen(long text) {
        return call(STRLEN, text);
    }

    static int isatty(int descriptor) {
        return (int) call(ISATTY, descriptor);
    }

    static long memcpy(long target, long source, long size) {
        return call(MEMCPY, target, source, size);
    }
}
