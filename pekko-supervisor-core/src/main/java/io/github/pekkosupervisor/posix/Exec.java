package io.github.pekkosupervisor.posix;

import java.lang.ref.Reference;
import java.util.List;

/**
 * What a process changes of itself before it becomes another program by {@code execve(2)}, and the becoming.
 *
 * <p>All of it is for programs whose only purpose this is; it changes the whole process, and its changes last.
 * Credentials are changed in every thread of the JVM, as the C library's functions do.
 */
public final class Exec {

    private static final int SETMASK = 2;
    private static final int SIGNAL_SET_BYTES = 128;

    private static final CFunction SETSID = CFunction.of("setsid");
    private static final CFunction CHDIR = CFunction.of("chdir");
    private static final CFunction CHROOT = CFunction.of("chroot");
    private static final CFunction NICE = CFunction.of("nice");
    private static final CFunction SETGROUPS = CFunction.of("setgroups");
    private static final CFunction SETGID = CFunction.of("setgid");
    private static final CFunction SETUID = CFunction.of("setuid");
    private static final CFunction PTHREAD_SIGMASK = CFunction.of("pthread_sigmask");
    private static final CFunction GETRLIMIT = CFunction.of("getrlimit");
    private static final CFunction SETRLIMIT = CFunction.of("setrlimit");
    private static final CFunction EXECVE = CFunction.of("execve");

    private Exec() {}

    /** Makes this process leader of a session of its own; it may be one already, which is no failure. */
    public static void leadSession() {
        SETSID.call();
    }

    /**
     * Loads what the methods here may need, above all for a refusal; to be called before {@link #changeRoot}, after
     * which neither our classes nor the JDK's can be found any more.
     */
    public static void prepareForAnotherRoot() {
        try {
            Directory.open(OsString.of("/dev/null")).close();
        } catch (PosixException e) {
            // this was the purpose
        }
        // none of these is one
        DescriptorCalls.keepOnExec(-1);
        SignalCalls.ignore(0);
        Limit.values();
    }

    /**
     * Makes a directory the root of all paths, and the working directory.
     *
     * @throws PosixException with call {@code chdir} or {@code chroot}
     */
    public static void changeRoot(OsString root) throws PosixException {
        if (CHDIR.call(FileCalls.path("chdir", Scratch.begin(), root)) != 0) {
            throw PosixException.ofLastCall("chdir", root.toString());
        }
        if (CHROOT.call(Scratch.begin().put(OsString.of("."))) != 0) {
            throw PosixException.ofLastCall("chroot", root.toString());
        }
    }

    /** Adds to the nice level of the calling thread, and so of the program that it becomes. */
    public static void addNice(int increment) throws PosixException {
        CFunction.clearErrno();
        // -1 is a nice level too
        if (NICE.call(increment) == -1 && CFunction.errno() != 0) {
            throw PosixException.ofLastCall("nice", Integer.toString(increment));
        }
    }

    /** Replaces the supplementary groups. */
    public static void setGroups(List<Integer> groups) throws PosixException {
        Scratch scratch = Scratch.begin();
        long list = scratch.allocate(groups.size() * 4);
        for (int i = 0; i < groups.size(); i++) {
            scratch.putInt(list + i * 4L, groups.get(i));
        }
        if (SETGROUPS.call(groups.size(), list) != 0) {
            throw PosixException.ofLastCall("setgroups", "");
        }
    }

    /** Sets the group, all of real, effective and saved if privileged. */
    public static void setGroup(int group) throws PosixException {
        if (SETGID.call(group) != 0) {
            throw PosixException.ofLastCall("setgid", Integer.toUnsignedString(group));
        }
    }

    /** Sets the user, all of real, effective and saved if privileged. */
    public static void setUser(int user) throws PosixException {
        if (SETUID.call(user) != 0) {
            throw PosixException.ofLastCall("setuid", Integer.toUnsignedString(user));
        }
    }

    /** Something that the kernel keeps a limit of; see {@code setrlimit(2)}. */
    public enum Limit {
        /** CPU seconds. */
        CPU(0),
        /** Bytes of a file that is written. */
        FILE_SIZE(1),
        /** Bytes of data segment. */
        DATA(2),
        /** Bytes of stack. */
        STACK(3),
        /** Bytes of a core file. */
        CORE(4),
        /** Bytes of resident memory; Linux ignores it. */
        RESIDENT(5),
        /** Processes of the user. */
        PROCESSES(6),
        /** Open files. */
        OPEN_FILES(7),
        /** Bytes of locked memory. */
        LOCKED_MEMORY(8),
        /** Bytes of address space. */
        ADDRESS_SPACE(9);

        private final int resource;

        Limit(int resource) {
            this.resource = resource;
        }
    }

    /**
     * Sets soft limits and becomes the program at once: the JVM may be unable to do anything else with them.
     *
     * @param limits what to set; a value above the hard limit, unsigned, means the hard limit
     * @param files the program files to try; the next one only if there is none or it may not be run
     * @param arguments the program's name for itself and its arguments
     * @param environment entries {@code NAME=value}
     * @return why it could not become the program, of call {@code execve}; the limits have been changed all the same
     * @throws PosixException with call {@code getrlimit} or {@code setrlimit} if a limit was refused
     */
    public static PosixException become(
            List<LimitValue> limits,
            List<OsString> files,
            List<OsString> arguments,
            List<OsString> environment,
            Signals signals)
            throws PosixException {
        int needed =
                SIGNAL_SET_BYTES + SignalCalls.ACTION_SIZE + 64 + size(files) + size(arguments) + size(environment);
        Scratch scratch = Scratch.begin(needed);
        try {
            long argv = scratch.pointers(OsString.cStrings(arguments));
            long envp = scratch.pointers(OsString.cStrings(environment));
            long[] paths = new long[files.size()];
            for (int i = 0; i < paths.length; i++) {
                paths[i] = scratch.put(files.get(i));
            }
            long mask = scratch.zeroed(SIGNAL_SET_BYTES);
            scratch.putLong(mask, signals.blocked());
            long limit = scratch.allocate(16);
            long action = scratch.zeroed(SignalCalls.ACTION_SIZE);
            scratch.putLong(action, SignalCalls.SIG_IGN);
            ignore(signals.ignored() & ~OwnProcess.NEEDED, action);
            PTHREAD_SIGMASK.call(SETMASK, mask, 0);
            rehearse(limits, scratch, limit, argv, envp);
            for (LimitValue value : limits) {
                apply(value, scratch, limit);
            }
            // the JVM does not live long without these
            ignore(signals.ignored() & OwnProcess.NEEDED, action);
            return PosixException.of("execve", arguments.get(0).toString(), execute(paths, argv, envp));
        } finally {
            Reference.reachabilityFence(scratch);
        }
    }

    /**
     * What the program is to find of signals; signal n in bit n-1.
     *
     * @param blocked blocked ones
     * @param ignored ignored ones, besides those that this process ignores
     */
    public record Signals(long blocked, long ignored) {}

    /**
     * A soft limit.
     *
     * @param limit of what
     * @param value the new limit, unsigned
     */
    public record LimitValue(Limit limit, long value) {}

    /** Becomes the program that this process was started as, from this file, or another with its arguments. */
    static PosixException startAgain(OsString file) throws PosixException {
        Launch launch = Launch.ofThisJvm();
        return become(
                List.of(),
                List.of(file),
                launch.arguments(),
                launch.environment(),
                new Signals(Launch.everyBlockedSignal(), Launch.everyIgnoredSignal()));
    }

    private static void ignore(long signals, long action) {
        for (int number = 1; number <= Long.SIZE; number++) {
            if ((signals >>> (number - 1) & 1) != 0) {
                SignalCalls.ignore(number, action);
            }
        }
    }

    /** Does all of it once without an effect, so that nothing needs memory any more once there may be none. */
    private static void rehearse(List<LimitValue> limits, Scratch scratch, long limit, long argv, long envp)
            throws PosixException {
        for (LimitValue value : limits) {
            if (GETRLIMIT.call(value.limit().resource, limit) == 0) {
                apply(new LimitValue(value.limit(), scratch.getLong(limit)), scratch, limit);
            }
        }
        scratch.putLong(limit, 0);
        execute(new long[] {limit}, argv, envp);
    }

    private static void apply(LimitValue value, Scratch scratch, long limit) throws PosixException {
        if (GETRLIMIT.call(value.limit().resource, limit) != 0) {
            throw PosixException.ofLastCall("getrlimit", value.limit().name());
        }
        long hard = scratch.getLong(limit + 8);
        scratch.putLong(limit, Long.compareUnsigned(value.value(), hard) > 0 ? hard : value.value());
        if (SETRLIMIT.call(value.limit().resource, limit) != 0) {
            throw PosixException.ofLastCall("setrlimit", value.limit().name());
        }
    }

    /** The error number of the last refusal that counts. */
    private static int execute(long[] paths, long argv, long envp) {
        int remembered = 0;
        int last = 0;
        for (long path : paths) {
            EXECVE.call(path, argv, envp);
            last = CFunction.errno();
            if (last != Errno.ENOENT.number()) {
                remembered = last;
                if (last != Errno.EACCES.number() && last != Errno.EPERM.number() && last != Errno.EISDIR.number()) {
                    break;
                }
            }
        }
        return remembered == 0 ? last : remembered;
    }

    private static int size(List<OsString> strings) {
        int size = 8;
        for (OsString string : strings) {
            size += string.length() + 24;
        }
        return size;
    }

    /** Leaves a descriptor open for the program. */
    public static void keep(Descriptor descriptor) throws PosixException {
        if (!DescriptorCalls.keepOnExec(descriptor.number())) {
            throw PosixException.ofLastCall("fcntl", descriptor.toString());
        }
    }

    /** It is not left open any more, as {@link #keep} had it. */
    public static void keepNoMore(Descriptor descriptor) {
        boolean done = DescriptorCalls.closeOnExec(descriptor.number());
        assert done : descriptor;
    }

    /** From now on the calling thread, and each that it starts, is sent all signals but these; signal n in bit n-1. */
    public static void block(long signals) {
        Scratch scratch = Scratch.begin();
        long mask = scratch.zeroed(SIGNAL_SET_BYTES);
        scratch.putLong(mask, signals);
        PTHREAD_SIGMASK.call(SETMASK, mask, 0);
    }

    /** Closes one of the standard descriptors; false if that is refused. */
    public static boolean closeStandard(int number) {
        return DescriptorCalls.close(number);
    }
}
