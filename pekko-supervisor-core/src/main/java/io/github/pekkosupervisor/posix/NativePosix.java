package io.github.pekkosupervisor.posix;

import io.github.pekkosupervisor.posix.SpawnRequest.Grouping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** Processes by {@code posix_spawn(3)}, watched through pidfds. */
final class NativePosix implements Posix {

    private final EventLoop loop = new EventLoop();
    private final OptionalLong openFilesLimit;
    private final int[] passedOn;
    private final @Nullable SpawnThread spawnThread;
    private final Launch launch = Launch.ofThisJvm();
    private final Set<Integer> children = ConcurrentHashMap.newKeySet();
    private final ReadWriteLock births = new ReentrantReadWriteLock();
    private final List<byte[]> ownEnvironment = OsString.cStrings(launch.environment());

    /** Whether this process may have children that it made before it became this program. */
    private final boolean keepsChildren;

    NativePosix(PosixSettings settings) throws PosixException {
        this(settings, Succession.ofThisJvm().isPresent());
    }

    NativePosix(PosixSettings settings, boolean keepsChildren) throws PosixException {
        this.keepsChildren = keepsChildren;
        this.openFilesLimit = settings.openFilesLimit();
        this.passedOn = settings.passedOn().stream()
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        this.spawnThread = settings.ownSpawnThread() ? SpawnThread.start() : null;
        // while it is ignored the kernel throws exit statuses away; the JDK does the same before its first process
        SignalCalls.stopIgnoring(Signal.CHLD);
    }

    @Override
    public ChildProcess spawn(SpawnRequest request) throws PosixException {
        List<byte[]> environment = request.environment().map(OsString::cStrings).orElse(ownEnvironment);
        ChildDescriptors descriptors = ChildDescriptors.of(request, passedOn);
        List<Descriptor> copies = new ArrayList<>();
        births.readLock().lock();
        try {
            descriptors.copyExchanged(copies);
            int pid = make(new NativeSpawn(
                    request.command(),
                    environment,
                    descriptors,
                    request.grouping(),
                    launch.blockedSignals(),
                    ~launch.ignoredSignals()));
            children.add(pid);
            return new NativeChild(pid, request.grouping() != Grouping.INHERIT, loop, children::remove);
        } catch (PosixException e) {
            if (e.is("EAGAIN")) {
                SpareThread.giveUp();
            }
            throw e;
        } finally {
            births.readLock().unlock();
            copies.forEach(Descriptor::close);
        }
    }

    /** Here, or on the thread that has fewer descriptors to copy. */
    private int make(NativeSpawn spawn) throws PosixException {
        ChildDescriptors descriptors = spawn.descriptors();
        return spawnThread == null
                ? withChildLimit(spawn)
                : spawnThread.spawn(
                        descriptors.needed(),
                        (fetched, lasting) -> withChildLimit(spawn.with(descriptors.fetched(fetched, lasting))));
    }

    private int withChildLimit(NativeSpawn spawn) throws PosixException {
        if (openFilesLimit.isEmpty()) {
            return spawn.run();
        }
        OpenFilesGate.THIS_JVM.enter(openFilesLimit.getAsLong());
        try {
            return spawn.run();
        } finally {
            OpenFilesGate.THIS_JVM.leave();
        }
    }

    @Override
    public void reapStrangers() {
        // no child of ours is born meanwhile that is not yet in the set
        births.writeLock().lock();
        try {
            int pid = ProcessCalls.endedChild();
            while (pid != 0 && !children.contains(pid)) {
                ProcessCalls.waitStatus(pid);
                pid = ProcessCalls.endedChild();
            }
        } catch (PosixException e) {
            throw new IllegalStateException("an ended child could not be waited for", e);
        } finally {
            births.writeLock().unlock();
        }
    }

    @Override
    public Found adopt(ProcessIdentity who, long pidfdInode, boolean leadsGroup) throws PosixException {
        if (!keepsChildren) {
            return AdoptedChild.find(who, pidfdInode, leadsGroup, loop, AdoptedChild.NO_CHILD);
        }
        // nobody waits for it as for a stranger meanwhile
        births.readLock().lock();
        try {
            return AdoptedChild.find(who, pidfdInode, leadsGroup, loop, this::ownChild);
        } finally {
            births.readLock().unlock();
        }
    }

    /** A child of this process, which has become another program since it was made: it is waited for as ever. */
    private Optional<Found> ownChild(ProcStat stat, boolean leadsGroup, boolean hasEnded) throws PosixException {
        if (stat.parent() != OwnProcess.pid() || children.contains(stat.pid())) {
            return Optional.empty();
        }
        if (hasEnded) {
            return Optional.of(new Found.Ended(new ExitStatus(ProcessCalls.waitStatus(stat.pid()))));
        }
        children.add(stat.pid());
        return Optional.of(new Found.Running(new NativeChild(stat.pid(), leadsGroup, loop, children::remove)));
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public List<String> limitations() {
        return List.of();
    }

    @Override
    public void close() {
        loop.close();
        if (spawnThread != null) {
            spawnThread.close();
        }
    }
}
