package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
    private final List<byte[]> ownEnvironment =
            launch.environment().stream().map(OsString::cString).toList();

    NativePosix(PosixSettings settings) throws PosixException {
        this.openFilesLimit = settings.openFilesLimit();
        this.passedOn = settings.passedOn().stream()
                .mapToInt(Integer::intValue)
                .sorted()
                .toArray();
        this.spawnThread = settings.ownSpawnThread() ? SpawnThread.start() : null;
        // while it is ignored the kernel throws exit statuses away; the JDK does the same before its first process
        LibC.stopIgnoring(Signal.CHLD);
    }

    @Override
    public ChildProcess spawn(SpawnRequest request) throws PosixException {
        List<byte[]> environment = request.environment()
                .map(entries -> entries.stream().map(OsString::cString).toList())
                .orElse(ownEnvironment);
        int[] stdio = descriptors(request);
        int directory =
                request.directory().map(open -> open.descriptor().number()).orElse(-1);
        int grouping = switch (request.grouping()) {
            case INHERIT -> 0;
            case OWN_GROUP -> LibC.SPAWN_SETPGROUP;
            case OWN_SESSION -> LibC.SPAWN_SETSID;
        };
        List<Descriptor> copies = new ArrayList<>();
        births.readLock().lock();
        try {
            copyExchanged(stdio, copies);
            int pid = make(
                    stdio,
                    directory,
                    (childStdio, childDirectory) -> withChildLimit(() -> LibC.spawn(
                            request.command(),
                            environment,
                            childStdio,
                            passedOn,
                            childDirectory,
                            grouping,
                            launch.blockedSignals(),
                            ~launch.ignoredSignals())));
            children.add(pid);
            return new NativeChild(pid, request.grouping() != SpawnRequest.Grouping.INHERIT);
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

    @Override
    public void reapStrangers() {
        // no child of ours is born meanwhile that is not yet in the set
        births.writeLock().lock();
        try {
            int pid = LibC.endedChild();
            while (pid != 0 && !children.contains(pid)) {
                LibC.waitStatus(pid);
                pid = LibC.endedChild();
            }
        } catch (PosixException e) {
            throw new IllegalStateException("an ended child could not be waited for", e);
        } finally {
            births.writeLock().unlock();
        }
    }

    private interface Making {
        int make(int[] stdio, int directory) throws PosixException;
    }

    /** Here, or on the thread that has fewer descriptors to copy. */
    private int make(int[] stdio, int directory, Making making) throws PosixException {
        if (spawnThread == null) {
            return making.make(stdio, directory);
        }
        int[] needed = Arrays.copyOf(stdio, directory < 0 ? stdio.length : stdio.length + 1);
        if (directory >= 0) {
            needed[stdio.length] = directory;
        }
        return spawnThread.spawn(
                needed,
                fetched -> making.make(
                        Arrays.copyOf(fetched, stdio.length), directory < 0 ? directory : fetched[stdio.length]));
    }

    /**
     * The streams are made one after another in the child. Where one is to be another standard stream of ours, a copy
     * stands in, lest that has become something else by then.
     */
    private static void copyExchanged(int[] stdio, List<Descriptor> copies) throws PosixException {
        for (int target = 0; target < stdio.length; target++) {
            if (stdio[target] >= 0 && stdio[target] < stdio.length && stdio[target] != target) {
                Descriptor copy = LibC.copy(stdio[target]);
                copies.add(copy);
                stdio[target] = copy.number();
            }
        }
    }

    /** What each descriptor of the child is here, by number; -1 for none. */
    private static int[] descriptors(SpawnRequest request) {
        int[] numbers =
                new int[request.further().map(further -> further.number() + 1).orElse(3)];
        Arrays.fill(numbers, -1);
        numbers[0] = number(request.stdin(), 0);
        numbers[1] = number(request.stdout(), 1);
        numbers[2] = number(request.stderr(), 2);
        request.further()
                .ifPresent(further ->
                        numbers[further.number()] = further.descriptor().number());
        return numbers;
    }

    private static int number(Optional<Descriptor> descriptor, int standard) {
        return descriptor.map(Descriptor::number).orElse(standard);
    }

    private interface Spawn {
        int run() throws PosixException;
    }

    private int withChildLimit(Spawn spawn) throws PosixException {
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

    private final class NativeChild implements ChildProcess {
        private final ProcessIdentity identity;
        private final boolean leadsGroup;
        private final @Nullable Descriptor pidfd;
        private final CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        private boolean reaped;

        NativeChild(int pid, boolean leadsGroup) {
            // nobody else waits for it, so it has an entry in /proc even if it has ended
            this.identity = ProcessIdentity.ofRunning(pid).orElseGet(() -> new ProcessIdentity(pid, 0, ""));
            this.leadsGroup = leadsGroup;
            this.pidfd = openPidfd(pid);
            loop.onExit(pid, pidfd, this::ended);
        }

        private static @Nullable Descriptor openPidfd(int pid) {
            try {
                return LibC.openPidfd(pid);
            } catch (PosixException e) {
                // no descriptor left, or a kernel older than 5.3: the loop looks by itself
                return null;
            }
        }

        private void ended() {
            ExitStatus status;
            synchronized (this) {
                reaped = true;
                try {
                    status = reap();
                    children.remove(identity.pid());
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
                int waitStatus = LibC.waitStatus(identity.pid());
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
            return pidfd != null ? LibC.sendSignal(pidfd, signal) : LibC.kill(identity.pid(), signal);
        }

        @Override
        public boolean signalGroup(Signal signal) throws PosixException {
            if (!leadsGroup) {
                throw new IllegalStateException("process " + identity.pid()
                        + " was started in this JVM's own process group; start it with a group of its own");
            }
            return LibC.kill(-identity.pid(), signal);
        }

        @Override
        public boolean groupExists() {
            return leadsGroup && LibC.groupExists(identity.pid()) && ProcFs.isMemberRunning(identity.pid());
        }

        @Override
        public List<Member> groupMembers() {
            return leadsGroup ? ProcFs.runningMembers(identity.pid()) : List.of();
        }
    }
}
