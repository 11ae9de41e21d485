package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A child of this JVM, watched and signalled through a pidfd, and waited for by us. Where descriptors are scarce it has
 * none: until we have waited for it its number is its own, and the loop asks every 100 ms whether a child has ended.
 */
final class NativeChild implements ChildProcess {

    private final ProcessIdentity identity;
    private final boolean leadsGroup;
    private @Nullable Descriptor pidfd;
    private final IntConsumer waitedFor;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private long pidfdInode;
    private boolean reaped;

    /**
     * Watches it from now on.
     *
     * @param waitedFor called with its process id when that may be another process's
     */
    NativeChild(int pid, boolean leadsGroup, EventLoop loop, IntConsumer waitedFor) {
        // nobody else waits for it, so it has an entry in /proc even if it has ended; but it may have hidden that by
        // now
        this.identity = ProcessIdentity.ofRunning(pid).orElseGet(() -> new ProcessIdentity(pid, 0, ProcFs.bootId()));
        this.leadsGroup = leadsGroup;
        this.waitedFor = waitedFor;
        this.pidfd = openPidfd(pid);
        loop.onExitOfChild(pid, pidfd, this::giveUpPidfd, this::ended);
    }

    private @Nullable Descriptor openPidfd(int pid) {
        try {
            Descriptor opened = ProcessCalls.openPidfd(pid);
            if (!OpenFiles.areScarce()) {
                return opened;
            }
            pidfdInode = ProcessCalls.inode(opened);
            opened.close();
            return null;
        } catch (PosixException e) {
            // no descriptor left, or a kernel older than 5.3: the loop looks by itself
            return null;
        }
    }

    private synchronized void giveUpPidfd() {
        if (pidfd != null) {
            pidfdInode = pidfdInode();
            pidfd.close();
            pidfd = null;
        }
    }

    private void ended() {
        ExitStatus status;
        synchronized (this) {
            reaped = true;
            try {
                status = reap();
                waitedFor.accept(identity.pid());
            } finally {
                if (pidfd != null) {
                    pidfd.close();
                }
            }
        }
        exit.complete(status);
    }

    private ExitStatus reap() {
        try {
            int waitStatus = ProcessCalls.waitStatus(identity.pid());
            if (waitStatus < 0) {
                throw new IllegalStateException("process " + identity.pid() + " was reported ended but runs");
            }
            return new ExitStatus(waitStatus);
        } catch (PosixException e) {
            throw new IllegalStateException(
                    "somebody else in this JVM has waited for process " + identity.pid()
                            + "; waiting for any child takes other code's exit codes away",
                    e);
        }
    }

    @Override
    public ProcessIdentity identity() {
        return identity;
    }

    /** Looked up when it is asked for. */
    @Override
    public synchronized long pidfdInode() {
        if (pidfdInode == 0 && pidfd != null && !reaped) {
            pidfdInode = ProcessCalls.inode(pidfd);
        }
        return pidfdInode;
    }

    @Override
    public CompletionStage<ExitStatus> exit() {
        return exit.minimalCompletionStage();
    }

    @Override
    public synchronized boolean signal(Signal signal) throws PosixException {
        if (reaped) {
            return false;
        }
        // not waited for yet, hence the number is still its own
        UserRights.mustBeSignalled(identity.pid());
        return pidfd != null ? ProcessCalls.sendSignal(pidfd, signal) : ProcessCalls.kill(identity.pid(), signal);
    }

    @Override
    public boolean signalGroup(Signal signal) throws PosixException {
        if (!leadsGroup) {
            throw new IllegalStateException("process " + identity.pid()
                    + " was started in this JVM's own process group; start it with a group of its own");
        }
        return GroupSignal.send(identity.pid(), signal);
    }

    @Override
    public boolean groupExists() {
        return leadsGroup && ProcessCalls.groupExists(identity.pid()) && ProcFs.isMemberRunning(identity.pid());
    }

    @Override
    public List<GroupMember> groupMembers() {
        return leadsGroup ? ProcFs.runningMembers(identity.pid()) : List.of();
    }
}
