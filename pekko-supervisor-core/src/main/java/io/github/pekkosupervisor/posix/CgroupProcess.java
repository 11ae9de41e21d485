package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A process whose group is its control group, which nobody leaves by a session or a process group of his own.
 *
 * @param process itself
 * @param cgroup where it, and those who come from it, are
 */
public record CgroupProcess(ChildProcess process, Cgroup cgroup) implements ChildProcess {

    @Override
    public ProcessIdentity identity() {
        return process.identity();
    }

    @Override
    public long pidfdInode() {
        return process.pidfdInode();
    }

    @Override
    public CompletionStage<ExitStatus> exit() {
        return process.exit();
    }

    @Override
    public boolean signal(Signal signal) throws PosixException {
        return process.signal(signal);
    }

    /** Itself too, if it has gone elsewhere. */
    @Override
    public boolean signalGroup(Signal signal) throws PosixException {
        boolean hasGone = !cgroup.holds(process.pid()) && process.signal(signal);
        return cgroup.signal(signal) || hasGone;
    }

    @Override
    public boolean groupExists() {
        return cgroup.isInhabited();
    }

    @Override
    public List<GroupMember> groupMembers() {
        return cgroup.members();
    }

    @Override
    public void release() {
        process.release();
    }
}
