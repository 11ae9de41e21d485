package io.github.pekkosupervisor.posix;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** System calls on processes by their numbers or by pidfds: signals, and waiting for children. */
final class ProcessCalls {

    private static final int WNOHANG = 1;
    private static final int ENDED_NO_HANG_NO_WAIT = 4 | WNOHANG | 0x01000000;

    // struct siginfo
    private static final int INFO_SIZE = 128;
    private static final int INFO_PID_OFFSET = 16;

    private static final long SYS_PIDFD_SEND_SIGNAL = 424;
    private static final long SYS_PIDFD_OPEN = 434;
    private static final long SYS_CLOSE_RANGE = 436;
    private static final long SYS_PIDFD_GETFD = 438;

    /** {@code _IOWR(0xff, 11, struct pidfd_info)}, in its first size. */
    private static final long PIDFD_GET_INFO = 0xc040ff0bL;

    private static final int PIDFD_INFO_SIZE = 64;
    private static final int PIDFD_INFO_EXIT = 1 << 3;
    private static final int PIDFD_INFO_EXIT_CODE_OFFSET = 60;
    private static final int PIDFD_SIGNAL_PROCESS_GROUP = 1 << 2;
    private static final long PID_FS = 0x50494446;
    private static final int STATFS_SIZE = 128;

    private static final CFunction KILL = CFunction.of("kill");
    private static final CFunction WAITPID = CFunction.of("waitpid");
    private static final CFunction WAITID = CFunction.of("waitid");
    private static final CFunction SYSCALL = CFunction.of("syscall");
    private static final CFunction IOCTL = CFunction.of("ioctl");
    private static final CFunction FSTATFS = CFunction.of("fstatfs");

    private ProcessCalls() {}

    /** The wait status of an ended child, -1 if it still runs; never any other child's. */
    static int waitStatus(int pid) throws PosixException {
        return waitStatus(pid, WNOHANG);
    }

    /** The wait status of a child, when it has ended. */
    static int awaitStatus(int pid) throws PosixException {
        return waitStatus(pid, 0);
    }

    private static int waitStatus(int pid, int options) throws PosixException {
        Scratch scratch = Scratch.begin();
        long status = scratch.zeroed(8);
        while (true) {
            int result = WAITPID.call(pid, status, options);
            if (result >= 0) {
                return result == pid ? scratch.getInt(status) & 0xffff : -1;
            }
            PosixException.throwUnlessInterrupted("waitpid", "process " + pid);
        }
    }

    /** Whether a child has ended, which stays so; also if somebody else has waited for it. */
    static boolean hasEnded(int pid) {
        final int thisChild = 1;
        Scratch scratch = Scratch.begin();
        long info = scratch.zeroed(INFO_SIZE);
        return WAITID.call(thisChild, pid, info, ENDED_NO_HANG_NO_WAIT) == 0
                ? scratch.getInt(info + INFO_PID_OFFSET) == pid
                : Errno.ECHILD.isLast();
    }

    /** The process id of some child that has ended and has not been waited for, and stays so; 0 if there is none. */
    static int endedChild() {
        final int anyChild = 0;
        Scratch scratch = Scratch.begin();
        long info = scratch.zeroed(INFO_SIZE);
        return WAITID.call(anyChild, 0, info, ENDED_NO_HANG_NO_WAIT) == 0 ? scratch.getInt(info + INFO_PID_OFFSET) : 0;
    }

    static Descriptor openPidfd(int pid) throws PosixException {
        return Descriptor.opened("pidfd_open", () -> SYSCALL.call(SYS_PIDFD_OPEN, pid, 0, 0, 0));
    }

    /** What tells a process from all others of this boot; 0 where pidfds have no inodes of their own, before 6.9. */
    static long inode(Descriptor pidfd) {
        Scratch scratch = Scratch.begin();
        long info = scratch.zeroed(STATFS_SIZE);
        if (FSTATFS.call(pidfd.number(), info) != 0 || scratch.getLong(info) != PID_FS) {
            return 0;
        }
        try {
            return pidfd.status().id().inode();
        } catch (PosixException e) {
            return 0;
        }
    }

    /**
     * How a process ended; empty if it runs, if its parent has not waited for it, where the kernel does not tell
     * (before 6.15), and without a pidfd.
     */
    static Optional<ExitStatus> exitOf(@Nullable Descriptor pidfd) {
        Scratch scratch = Scratch.begin();
        long info = scratch.zeroed(PIDFD_INFO_SIZE);
        if (pidfd == null || !fillInfo(pidfd, scratch, info) || (scratch.getLong(info) & PIDFD_INFO_EXIT) == 0) {
            return Optional.empty();
        }
        return Optional.of(new ExitStatus(scratch.getInt(info + PIDFD_INFO_EXIT_CODE_OFFSET) & 0xffff));
    }

    /** Whether the kernel may say of one that has ended how, once its parent has waited for it. */
    static boolean tellsExits(Descriptor pidfd) {
        Scratch scratch = Scratch.begin();
        return fillInfo(pidfd, scratch, scratch.zeroed(PIDFD_INFO_SIZE));
    }

    private static boolean fillInfo(Descriptor pidfd, Scratch scratch, long info) {
        scratch.putLong(info, PIDFD_INFO_EXIT);
        return IOCTL.call(pidfd.number(), PIDFD_GET_INFO, info) == 0;
    }

    /**
     * Another descriptor, in the calling thread's table, of what a number stands for in the table of a process.
     *
     * @param process a pidfd
     */
    static int fetchDescriptor(Descriptor process, int number) throws PosixException {
        int fetched = OpenFilesGate.open(() -> SYSCALL.call(SYS_PIDFD_GETFD, process.number(), number, 0, 0));
        if (fetched < 0) {
            throw PosixException.ofLastCall("pidfd_getfd", "descriptor " + number);
        }
        return fetched;
    }

    /** Gives the calling thread a table of its own, with a copy of the descriptors below {@code first} only. */
    static void unshareDescriptorsFrom(int first) throws PosixException {
        final long closeRangeUnshare = 2;
        final long all = 0xffffffffL;
        if (SYSCALL.call(SYS_CLOSE_RANGE, first, all, closeRangeUnshare, 0) != 0) {
            throw PosixException.ofLastCall("close_range", "from " + first);
        }
    }

    /** False if the process has ended. */
    static boolean sendSignal(Descriptor pidfd, Signal signal) throws PosixException {
        return SYSCALL.call(SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal.number(), 0, 0) == 0
                || nobodyThere("pidfd_send_signal", signal + " " + pidfd);
    }

    /**
     * To the group that the process of a pidfd leads, or has led: never to a later one with the same number.
     *
     * @param signal its number; 0 to ask only
     * @return false if nobody is in it
     * @throws PosixException {@code EINVAL} before 6.9
     */
    static boolean sendGroupSignal(Descriptor pidfd, int signal) throws PosixException {
        return SYSCALL.call(SYS_PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, PIDFD_SIGNAL_PROCESS_GROUP) == 0
                || nobodyThere("pidfd_send_signal", "group signal " + signal + " " + pidfd);
    }

    /** As kill(2), a negative pid being a group; false if there is nobody. */
    static boolean kill(int pid, Signal signal) throws PosixException {
        return KILL.call(pid, signal.number()) == 0 || nobodyThere("kill", signal + " process " + pid);
    }

    /** Whether somebody has this number, be it a zombie. */
    static boolean exists(int pid) {
        return KILL.call(pid, 0) == 0 || !Errno.ESRCH.isLast();
    }

    /** Whether a process group has members, be they zombies. */
    static boolean groupExists(int leader) {
        return KILL.call(-leader, 0) == 0 || !Errno.ESRCH.isLast();
    }

    /** False after ESRCH, which for a signal is an answer; anything else is a failure. */
    private static boolean nobodyThere(String call, String argument) throws PosixException {
        if (!Errno.ESRCH.isLast()) {
            throw PosixException.ofLastCall(call, argument);
        }
        return false;
    }
}
