package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * A process that this JVM started through {@link Posix#spawn}, or that it has taken over through {@link Posix#adopt}
 * from one that is dead. It may be used from any thread.
 */
public interface ChildProcess {

    /** Who it is; known even after it has ended. */
    ProcessIdentity identity();

    /** Its process id. */
    default int pid() {
        return identity().pid();
    }

    /**
     * The inode of its pidfd, which tells it from all other processes of this boot, also where pids are used up and
     * come again within a tick; 0 where it is not known: the kernel is older than 6.9, or it has ended.
     */
    default long pidfdInode() {
        return 0;
    }

    /**
     * Completes once, when the process has ended and has been waited for: by us, or, if it was adopted, by its parent,
     * who is given a moment; {@link ExitStatus#UNKNOWN} where it cannot be known how it ended. Dependents run on the
     * thread of the {@link EventLoop}, so they must neither block nor throw.
     */
    CompletionStage<ExitStatus> exit();

    /**
     * Sends a signal to this very process, never to a later one with the same number.
     *
     * @return false if it has ended
     * @throws PosixException {@code EPERM} if it has become another user's
     */
    boolean signal(Signal signal) throws PosixException;

    /**
     * Sends a signal to the process group that this process was started as the leader of.
     *
     * @return false if nobody is left in the group
     * @throws IllegalStateException if it was started in the JVM's own group
     */
    boolean signalGroup(Signal signal) throws PosixException;

    /**
     * Whether anybody runs in the process group that this process was started as the leader of; false if it was started
     * in the JVM's own group. Quick if nobody is left; else it has to look at all processes there are, since a member
     * that has ended may wait for long to be waited for, where process 1 takes no care of orphans.
     */
    boolean groupExists();

    /**
     * Who runs in the process group that this process was started as the leader of; none if it was started in the JVM's
     * own group, or where that cannot be seen. It has to look at all processes there are.
     */
    default List<GroupMember> groupMembers() {
        return List.of();
    }

    /** Nobody will ask for its group any more; what was open for that is closed when it has ended. */
    default void release() {
        // nothing is, for one of ours
    }
}
