package io.github.pekkosupervisor.posix;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A signal to a process group for whoever the calling thread works for: where it bears the rights of a user, to those
 * members alone whom he may signal, one after another, since the kernel would let root reach all.
 */
final class GroupSignal {

    /** What is made meanwhile is found by another look. */
    private static final int MOST_LOOKS = 10;

    private GroupSignal() {}

    /** False if nobody is in the group. */
    static boolean send(int group, Signal signal) throws PosixException {
        if (!UserRights.areBorrowed()) {
            return ProcessCalls.kill(-group, signal);
        }
        sendToAll(group, signal);
        return ProcessCalls.groupExists(group);
    }

    private static void sendToAll(int group, Signal signal) throws PosixException {
        Set<ProcessIdentity> reached = new HashSet<>();
        boolean found = true;
        for (int look = 0; found && look < MOST_LOOKS; look++) {
            found = false;
            for (GroupMember member : ProcFs.runningMembers(group)) {
                found |= send(member.pid(), group, signal, reached);
            }
        }
    }

    private static boolean send(int pid, int group, Signal signal, Set<ProcessIdentity> reached) throws PosixException {
        try {
            return SpareDescriptor.look(() -> sendIfMember(pid, group, signal, reached));
        } catch (PosixException e) {
            if (e.is("ESRCH") || e.is("EPERM") || e.is("EINVAL") || e.is("ENOENT")) {
                // it has ended, or has become somebody else's
                return false;
            }
            throw e;
        }
    }

    /** He is held while he is looked at, so that nobody else has the number by then. */
    private static boolean sendIfMember(int pid, int group, Signal signal, Set<ProcessIdentity> reached)
            throws PosixException {
        try (Descriptor pidfd = ProcessCalls.openPidfd(pid)) {
            Optional<ProcStat> stat = ProcStat.ifShown(pid).filter(one -> one.group() == group);
            return stat.isPresent()
                    && UserRights.maySignal(pid)
                    && reached.add(ProcessIdentity.of(stat.get()))
                    && ProcessCalls.sendSignal(pidfd, signal);
        }
    }
}
