package io.github.pekkosupervisor.posix;

import java.lang.ref.Reference;
import java.util.List;

/**
 * One call of {@code posix_spawn(3)}: what the child does before it becomes the program, then the call. All of it lies
 * in the calling thread's scratch memory, so nothing else may use that until this is closed.
 */
final class SpawnCall implements SpawnSteps {

    static final int SETPGROUP = 0x02;
    static final int SETSIGDEF = 0x04;
    static final int SETSIGMASK = 0x08;
    static final int SETSID = 0x80;

    private static final int FILE_ACTIONS_SIZE = 256;
    private static final int ATTRIBUTES_SIZE = 512;
    private static final int SIGSET_SIZE = 128;
    private static final int SMALL_CHANGE = 64;

    /** What a string needs besides its bytes: its NUL, its address, and room to begin at a multiple of eight. */
    private static final int ENTRY_SIZE = 24;

    private static final CFunction ACTIONS_INIT = CFunction.returningErrno("posix_spawn_file_actions_init");
    private static final CFunction ACTIONS_DESTROY = CFunction.returningErrno("posix_spawn_file_actions_destroy");
    private static final CFunction ADD_DUP2 = CFunction.returningErrno("posix_spawn_file_actions_adddup2");
    private static final CFunction ADD_CLOSE = CFunction.returningErrno("posix_spawn_file_actions_addclose");
    private static final CFunction ADD_CLOSEFROM = CFunction.returningErrno("posix_spawn_file_actions_addclosefrom_np");
    private static final CFunction ADD_FCHDIR = CFunction.returningErrno("posix_spawn_file_actions_addfchdir_np");
    private static final CFunction ATTRIBUTES_INIT = CFunction.returningErrno("posix_spawnattr_init");
    private static final CFunction ATTRIBUTES_DESTROY = CFunction.returningErrno("posix_spawnattr_destroy");
    private static final CFunction SET_FLAGS = CFunction.returningErrno("posix_spawnattr_setflags");
    private static final CFunction SET_SIGMASK = CFunction.returningErrno("posix_spawnattr_setsigmask");
    private static final CFunction SET_SIGDEFAULT = CFunction.returningErrno("posix_spawnattr_setsigdefault");
    private static final CFunction POSIX_SPAWN = CFunction.returningErrno("posix_spawn");
    private static final CFunction POSIX_SPAWNP = CFunction.returningErrno("posix_spawnp");

    private final OsString program;
    private final Scratch scratch;
    private final long pid;
    private final long actions;
    private final long attributes;
    private final long argv;
    private final long envp;

    /**
     * Begins.
     *
     * @param program its file or name
     * @param arguments the program's name for itself and its arguments, as C strings
     * @param environment entries {@code NAME=value}, as C strings
     */
    SpawnCall(OsString program, List<byte[]> arguments, List<byte[]> environment) {
        this.program = program;
        this.scratch = Scratch.begin(FILE_ACTIONS_SIZE
                + ATTRIBUTES_SIZE
                + 2 * SIGSET_SIZE
                + SMALL_CHANGE
                + program.length()
                + size(arguments)
                + size(environment));
        this.pid = scratch.zeroed(8);
        this.actions = scratch.zeroed(FILE_ACTIONS_SIZE);
        this.attributes = scratch.zeroed(ATTRIBUTES_SIZE);
        this.argv = scratch.pointers(arguments);
        this.envp = scratch.pointers(environment);
        ACTIONS_INIT.call(actions);
        ATTRIBUTES_INIT.call(attributes);
    }

    /** Whether the calls exist here: Linux with glibc 2.34 or later. */
    static boolean isAvailable() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return false;
        }
        long actions = Scratch.begin().zeroed(FILE_ACTIONS_SIZE);
        try {
            ACTIONS_INIT.call(actions);
            ADD_CLOSEFROM.call(actions, 3);
            ADD_FCHDIR.call(actions, 0);
            return true;
        } catch (UnsatisfiedLinkError e) {
            // another C library than glibc 2.34 or later: that is the answer
            return false;
        } finally {
            ACTIONS_DESTROY.call(actions);
        }
    }

    private static int size(List<byte[]> strings) {
        int size = 0;
        for (byte[] string : strings) {
            size += string.length + ENTRY_SIZE;
        }
        return size;
    }

    @Override
    public void duplicate(int source, int target) throws PosixException {
        check(ADD_DUP2.call(actions, source, target));
    }

    @Override
    public void begin(int directory) throws PosixException {
        check(ADD_FCHDIR.call(actions, directory));
    }

    @Override
    public void withhold(int descriptor) throws PosixException {
        checkNamed(ADD_CLOSE.call(actions, descriptor));
    }

    @Override
    public void withholdFrom(int first) throws PosixException {
        checkNamed(ADD_CLOSEFROM.call(actions, first));
    }

    @Override
    public void attributes(int flags, long blocked, long defaults) {
        SET_FLAGS.call(attributes, (short) flags);
        SET_SIGMASK.call(attributes, signalSet(blocked));
        SET_SIGDEFAULT.call(attributes, signalSet(defaults));
    }

    private long signalSet(long signals) {
        long set = scratch.zeroed(SIGSET_SIZE);
        scratch.putLong(set, signals);
        return set;
    }

    @Override
    public int spawnByName() throws PosixException {
        return spawn(POSIX_SPAWNP);
    }

    /** Makes the child; its program is a file, from the directory that it begins in. */
    int spawnFile() throws PosixException {
        return spawn(POSIX_SPAWN);
    }

    private int spawn(CFunction way) throws PosixException {
        check(way.call(pid, scratch.put(program), actions, attributes, argv, envp));
        return scratch.getInt(pid);
    }

    /** What is above the limit of open files cannot be named here; it closes by itself if it is ours. */
    private void checkNamed(int errno) throws PosixException {
        if (errno != Errno.EBADF.number()) {
            check(errno);
        }
    }

    private void check(int errno) throws PosixException {
        if (errno != 0) {
            throw PosixException.of("spawn", program.toString(), errno);
        }
    }

    @Override
    public void close() {
        try {
            ATTRIBUTES_DESTROY.call(attributes);
            ACTIONS_DESTROY.call(actions);
        } finally {
            // it may be kept by nobody else
            Reference.reachabilityFence(scratch);
        }
    }
}
