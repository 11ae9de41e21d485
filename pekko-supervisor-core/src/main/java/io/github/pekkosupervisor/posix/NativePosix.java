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

/** Processes by {@code posix_spawn(3)}, as the backend calls it, watched through pidfds where there are some. */
final class NativePosix implements Posix {

    /** Of all that there are in this JVM: who waits for strangers takes no child of another one. */
    private static final Set<Integer> CHILDREN = ConcurrentHashMap.newKeySet();

    private static final ReadWriteLock BIRTHS = new ReentrantReadWriteLock();

    /** Whether one that is closed may have left children, whom another one of this JVM may take over. */
    private static volatile boolean childrenAreLeft;

    private final EventLoop loop = new EventLoop();
    private final OptionalLong openFilesLimit;
    private final int[] passedOn;
    private final @Nullable SpawnThread spawnThread;
    private final Launch launch = Launch.ofThisJvm();
    private final boolean isPortable;
    private final SpawnSteps.Way way;
    private final List<byte[]> ownEnvironment;

    /** Of this one. */
    private final Set<Integer> children = ConcurrentHashMap.newKeySet();

    /** Whether this process may have children that it made before it became this program. */
    private final boolean keepsChildren;

    NativePosix(PosixSettings settings, boolean isPortable) throws PosixException {
        this(settings, isPortable, Succession.ofThisJvm().isPresent());
    }

    NativePosix(PosixSettings settings, boolean isPortable, boolean keepsChildren) throws PosixException {
        this.isPortable = isPortable;
        this.way = isPortable ? PortableSpawn::begin : SpawnCall::new;
        List<byte[]> environment = OsString.cStrings(launch.environment());
        this.ownEnvironment = isPortable ? PortableSpawn.passable(environment) : environment;
        this.keepsChildren = keepsChildren;
        this.openFilesLimit = settings.openFilesLimit();
        this.passedOn = settings.passedOn().stream()
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        this.spawnThread = settings.ownSpawnThread() && !isPortable ? SpawnThread.start() : null;
        SpareDescriptor.hold();
        // while it is ignored the kernel throws exit statuses away; the JDK does the same before its first process
        SignalCalls.stopIgnoring(Signal.CHLD);
    }

    @Override
    public ChildProcess spawn(SpawnRequest request) throws PosixException {
        if (request.directory().isEmpty()) {
            return spawn(request, ChildDescriptors.NONE);
        }
        Directory directory = request.directory().get();
        int begins = directory.begin();
        try {
            return spawn(request, begins);
        } finally {
            directory.end();
        }
    }

    private ChildProcess spawn(SpawnRequest request, int directory) throws PosixException {
        if (isPortable && UserRights.areBorrowed()) {
            throw Account.refusal(
                    request.command().get(0).toString(),
                    "ENOSYS",
                    "the portable backend cannot start processes for another user's tree; that needs Linux with glibc 2.34"
                            + " or later");
        }
        if (!Prelude.isNeeded(request)) {
            return spawn(request, null, directory);
        }
        try (Prelude prelude = Prelude.open(request, passedOn)) {
            return spawn(request, prelude, directory);
        }
    }

    private ChildProcess spawn(SpawnRequest request, @Nullable Prelude prelude, int directory) throws PosixException {
        Optional<List<OsString>> said =
                prelude == null ? request.environment() : prelude.environment().or(request::environment);
        List<byte[]> environment = said.map(OsString::cStrings).orElse(ownEnvironment);
        List<SpawnRequest.Further> further = new ArrayList<>(request.beyondStandard());
        if (prelude != null) {
            prelude.gate().ifPresent(further::add);
        }
        ChildDescriptors descriptors = ChildDescriptors.of(request, further, directory, passedOn);
        List<Descriptor> copies = new ArrayList<>();
        int child;
        BIRTHS.readLock().lock();
        try {
            descriptors.copyExchanged(copies);
            int pid = make(new NativeSpawn(
                    prelude == null ? command(request) : prelude.command(),
                    environment,
                    descriptors,
                    request.grouping(),
                    launch.blockedSignals(),
                    ~launch.ignoredSignals()));
            add(pid);
            child = pid;
        } catch (PosixException e) {
            if (e.is("EAGAIN")) {
                SpareThread.giveUp();
            }
            throw e;
        } finally {
            BIRTHS.readLock().unlock();
            copies.forEach(Descriptor::close);
        }
        admit(prelude, child);
        return new NativeChild(child, request.grouping() != Grouping.INHERIT, loop, this::forget);
    }

    /** It may have to be waited for, which nobody else is to wait for. */
    private void admit(@Nullable Prelude prelude, int child) throws PosixException {
        if (prelude != null) {
            try {
                prelude.admit(child);
            } catch (PosixException e) {
                forget(child);
                throw e;
            }
        }
    }

    /** A shell that stands between must not be the one to find that there is no such program. */
    private List<OsString> command(SpawnRequest request) throws PosixException {
        if (!isPortable || request.directory().isEmpty()) {
            return request.command();
        }
        List<OsString> command = new ArrayList<>(request.command());
        command.set(0, ProgramLook.firstToRun(request));
        return command;
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
            return spawn.run(way);
        }
        OpenFilesGate.THIS_JVM.enter(openFilesLimit.getAsLong());
        try {
            return spawn.run(way);
        } finally {
            OpenFilesGate.THIS_JVM.leave();
        }
    }

    @Override
    public void reapStrangers() {
        // no child of ours is born meanwhile that is not yet in the set
        BIRTHS.writeLock().lock();
        try {
            int pid = ProcessCalls.endedChild();
            while (pid != 0 && !CHILDREN.contains(pid)) {
                ProcessCalls.waitStatus(pid);
                pid = ProcessCalls.endedChild();
            }
        } catch (PosixException e) {
            throw new IllegalStateException("an ended child could not be waited for", e);
        } finally {
            BIRTHS.writeLock().unlock();
        }
    }

    @Override
    public Found adopt(ProcessIdentity who, long pidfdInode, boolean leadsGroup) throws PosixException {
        if (!keepsChildren && !childrenAreLeft) {
            return AdoptedChild.find(who, pidfdInode, leadsGroup, loop, AdoptedChild.NO_CHILD);
        }
        // nobody waits for it as for a stranger meanwhile
        BIRTHS.readLock().lock();
        try {
            return AdoptedChild.find(who, pidfdInode, leadsGroup, loop, this::ownChild);
        } finally {
            BIRTHS.readLock().unlock();
        }
    }

    private void add(int pid) {
        CHILDREN.add(pid);
        children.add(pid);
    }

    private void forget(int pid) {
        children.remove(pid);
        CHILDREN.remove(pid);
    }

    /** A child of this process, which has become another program since it was made: it is waited for as ever. */
    private Optional<Found> ownChild(ProcStat stat, boolean leadsGroup, boolean hasEnded) throws PosixException {
        if (stat.parent() != OwnProcess.pid() || CHILDREN.contains(stat.pid())) {
            return Optional.empty();
        }
        if (hasEnded) {
            return Optional.of(new Found.Ended(new ExitStatus(ProcessCalls.waitStatus(stat.pid()))));
        }
        add(stat.pid());
        return Optional.of(new Found.Running(new NativeChild(stat.pid(), leadsGroup, loop, this::forget)));
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public List<String> limitations() {
        return isPortable ? PortableSpawn.LIMITATIONS : List.of();
    }

    @Override
    public void close() {
        loop.close();
        BIRTHS.writeLock().lock();
        try {
            childrenAreLeft |= !children.isEmpty();
            CHILDREN.removeAll(children);
        } finally {
            BIRTHS.writeLock().unlock();
        }
        if (spawnThread != null) {
            spawnThread.close();
        }
    }
}
