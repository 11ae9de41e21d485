package io.github.pekkosupervisor.posix;

import io.github.pekkosupervisor.posix.Found.Gone;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A process that another JVM started, which is dead: it has another parent now, so its end is seen and not waited for.
 *
 * <p>It is opened first (a pidfd means this very process, for ever) and then compared with what is known of it. How it
 * ended is told by the kernel once its parent has waited for it (6.15 and later), or before that by
 * {@code /proc/PID/stat}, if we may see that. Where neither tells, its parent is given a moment; then its end counts as
 * {@link ExitStatus#UNKNOWN}, since a restart is not to wait for a process 1 that waits for nobody.
 *
 * <p>What older kernels lack: before 6.15 the code is known only from {@code stat}; before 6.9 those of its group who
 * outlive it are left alone, since their number could be another group's; before 5.3 it is looked for every 100 ms, and
 * compared again before each signal. The last is done too where descriptors are scarce, also if there was one before.
 */
final class AdoptedChild implements ChildProcess {

    /** How long the parent of one that has ended has to wait for it: a hundred times what a prompt one needs. */
    private static final int REAPED_WITHIN_MILLIS = 100;

    private final ProcessIdentity identity;
    private final boolean leadsGroup;
    private @Nullable Descriptor pidfd;
    private final long pidfdInode;
    private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
    private boolean ended;
    private boolean released;

    private AdoptedChild(
            ProcessIdentity identity,
            @Nullable Descriptor pidfd,
            boolean needsPidfd,
            long pidfdInode,
            boolean leadsGroup,
            EventLoop loop) {
        this.identity = identity;
        this.leadsGroup = leadsGroup;
        this.pidfd = pidfd;
        this.pidfdInode = pidfdInode;
        // whether its number is still that of some process costs a tenth of whether it is this one
        loop.onExit(
                () -> ProcessCalls.exists(identity.pid()),
                () -> ProcStat.isRunning(identity.pid(), identity.startTicks()),
                pidfd,
                needsPidfd ? null : this::giveUpPidfd,
                () -> seenToEnd(loop));
    }

    private synchronized void giveUpPidfd() {
        if (pidfd != null) {
            pidfd.close();
            pidfd = null;
        }
    }

    /** Of one that is surely who it was: what it is if it is a child of this process all the same. */
    interface Children {
        Optional<Found> find(ProcStat stat, boolean leadsGroup, boolean hasEnded) throws PosixException;
    }

    /** Where it cannot be one. */
    static final Children NO_CHILD = (stat, leadsGroup, hasEnded) -> Optional.empty();

    /** As {@link Posix#adopt}. */
    static Found find(ProcessIdentity who, long inode, boolean leadsGroup, EventLoop loop, Children children)
            throws PosixException {
        boolean nothingToCompare = who.bootId().isEmpty() && who.startTicks() == 0 && inode == 0;
        if (nothingToCompare || !ProcessIdentity.maySameBoot(who.bootId(), ProcFs.bootId())) {
            return Gone.ANOTHER_BOOT;
        }
        if (who.pid() <= 0 || who.pid() == OwnProcess.pid()) {
            return Gone.NOBODY;
        }
        Descriptor pidfd = null;
        boolean kept = false;
        try {
            pidfd = ProcessCalls.openPidfd(who.pid());
        } catch (PosixException e) {
            if (e.is("ESRCH")) {
                return Gone.NOBODY;
            } else if (e.is("EINVAL") || e.is("ENOENT")) {
                // a thread of some process
                return Gone.ANOTHER_PROCESS;
            } else if (!isUnknownCall(e)) {
                throw e;
            }
        }
        try {
            Found found = compare(who, inode, pidfd, leadsGroup, loop, children);
            kept = found instanceof Found.Running running
                    && running.process() instanceof AdoptedChild adopted
                    && adopted.pidfd != null;
            return found;
        } finally {
            if (pidfd != null && !kept) {
                pidfd.close();
            }
        }
    }

    /** An older kernel, or a filter in front of it that does not know the call. */
    private static boolean isUnknownCall(PosixException e) {
        return e.is("ENOSYS") || e.is("EPERM");
    }

    private static Found compare(
            ProcessIdentity who,
            long inode,
            @Nullable Descriptor pidfd,
            boolean leadsGroup,
            EventLoop loop,
            Children children)
            throws PosixException {
        long its = pidfd == null ? 0 : ProcessCalls.inode(pidfd);
        boolean same = inode != 0 && its == inode;
        if (inode != 0 && its != 0 && !same) {
            return Gone.ANOTHER_PROCESS;
        }
        // hidepid hides one that lets nobody look into it also from who has started it
        Optional<ProcStat> stat = same ? ProcStat.ifShown(who.pid()) : ProcStat.of(who.pid());
        boolean hasEnded = pidfd == null
                ? stat.isEmpty() || !stat.get().isRunning()
                : DescriptorCalls.poll(new int[] {pidfd.number()}, 0)[0];
        if (stat.isEmpty() && !same) {
            if (hasEnded) {
                return Gone.NOBODY;
            }
            throw new PosixException(
                    "open", "/proc/" + who.pid() + "/stat", "ENOENT", "it cannot be seen which process this is");
        }
        boolean ticksKnown = who.startTicks() != 0;
        if (stat.isPresent() && (ticksKnown ? stat.get().startTicks() != who.startTicks() : !same)) {
            return Gone.ANOTHER_PROCESS;
        }
        if (!UserRights.mayAdopt(stat.map(ProcessIdentity::of).orElse(who))) {
            // whoever has written the record down could have named anybody
            return Gone.ANOTHER_PROCESS;
        }
        Optional<Found> child = stat.isPresent() ? children.find(stat.get(), leadsGroup, hasEnded) : Optional.empty();
        if (child.isPresent()) {
            return child.get();
        }
        if (hasEnded) {
            return new Found.Ended(status(who, pidfd).orElse(ExitStatus.UNKNOWN));
        }
        // who can be told from others without it; it is closed by who has opened it, where it is not kept
        boolean needsPidfd = stat.isEmpty() || !ticksKnown;
        Descriptor kept = needsPidfd || !OpenFiles.areScarce() ? pidfd : null;
        return new Found.Running(new AdoptedChild(who, kept, needsPidfd, its, leadsGroup, loop));
    }

    /** How one that has ended did; its parent may wait for it in between. */
    private static Optional<ExitStatus> status(ProcessIdentity who, @Nullable Descriptor pidfd) {
        return ProcessCalls.exitOf(pidfd).or(() -> unreaped(who)).or(() -> ProcessCalls.exitOf(pidfd));
    }

    /** How one that has not been waited for ended; empty if we may not know. */
    private static Optional<ExitStatus> unreaped(ProcessIdentity who) {
        // asked first: if it is there afterwards it was there now
        boolean mayKnow = ProcFs.mayInspect(who.pid());
        try {
            return ProcStat.of(who.pid())
                    .filter(stat -> stat.isUnreaped() && stat.startTicks() == who.startTicks())
                    // 0 is also what the kernel says to those who may not know
                    .filter(stat -> mayKnow || stat.exit() != 0)
                    .map(stat -> new ExitStatus(stat.exit() & 0xffff));
        } catch (PosixException e) {
            return Optional.empty();
        }
    }

    /** On the loop's thread. */
    private void seenToEnd(EventLoop loop) {
        Optional<ExitStatus> status = status(identity, pidfd);
        if (status.isPresent() || pidfd == null || !ProcessCalls.tellsExits(pidfd)) {
            end(status);
        } else {
            loop.onReaped(pidfd, REAPED_WITHIN_MILLIS, () -> end(ProcessCalls.exitOf(pidfd)));
        }
    }

    private void end(Optional<ExitStatus> status) {
        synchronized (this) {
            ended = true;
            closeIfOver();
        }
        exit.complete(status.orElse(ExitStatus.UNKNOWN));
    }

    /** Its group may outlive it. */
    private void closeIfOver() {
        if (pidfd != null && ended && (released || !leadsGroup)) {
            pidfd.close();
        }
    }

    @Override
    public synchronized void release() {
        released = true;
        closeIfOver();
    }

    @Override
    public ProcessIdentity identity() {
        return identity;
    }

    @Override
    public long pidfdInode() {
        return pidfdInode;
    }

    @Override
    public CompletionStage<ExitStatus> exit() {
        return exit.minimalCompletionStage();
    }

    @Override
    public synchronized boolean signal(Signal signal) throws PosixException {
        if (ended) {
            return false;
        }
        UserRights.mustBeSignalled(identity.pid());
        return pidfd != null
                ? ProcessCalls.sendSignal(pidfd, signal)
                : identity.isThere() && ProcessCalls.kill(identity.pid(), signal);
    }

    @Override
    public synchronized boolean signalGroup(Signal signal) throws PosixException {
        if (!leadsGroup) {
            throw new IllegalStateException(
                    "process " + identity.pid() + " was adopted as one that leads no group of its own");
        }
        if (UserRights.areBorrowed()) {
            return hasGroup() && GroupSignal.send(identity.pid(), signal);
        }
        if (pidfd != null && !(ended && released)) {
            try {
                return ProcessCalls.sendGroupSignal(pidfd, signal.number());
            } catch (PosixException e) {
                if (!e.is("EINVAL")) {
                    throw e;
                }
                // before 6.9
            }
        }
        return holdsNumber() && ProcessCalls.kill(-identity.pid(), signal);
    }

    /** Whether its number, and so that of its group, is still its own. */
    private boolean holdsNumber() throws PosixException {
        return !ended && identity.isThere();
    }

    @Override
    public boolean groupExists() {
        return hasGroup() && ProcFs.isMemberRunning(identity.pid());
    }

    @Override
    public List<GroupMember> groupMembers() {
        return hasGroup() ? ProcFs.runningMembers(identity.pid()) : List.of();
    }

    /** While anybody is in it, zombies included, its number is no other group's. */
    private synchronized boolean hasGroup() {
        if (!leadsGroup) {
            return false;
        }
        if (pidfd != null && !(ended && released)) {
            try {
                return ProcessCalls.sendGroupSignal(pidfd, 0);
            } catch (PosixException e) {
                if (!e.is("EINVAL")) {
                    // EPERM: there is somebody
                    return true;
                }
            }
        }
        try {
            return holdsNumber() && ProcessCalls.groupExists(identity.pid());
        } catch (PosixException e) {
            // it cannot be told now; whoever asks asks again
            return e.mayPass();
        }
    }
}
