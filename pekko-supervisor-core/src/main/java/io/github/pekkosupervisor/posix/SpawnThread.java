package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A thread with a table of descriptors of its own, in which children are made.
 *
 * <p>A child begins with a copy of its maker's table and has to close it entry by entry, which with thousands of
 * services takes longer than all the rest of a start. This thread keeps the descriptors that are open when it begins,
 * where the JVM has its jars, and sees none that are opened later; the few that a child needs are fetched for it. What
 * it keeps stays open for as long as it lives, so it is for a JVM that does nothing but supervise.
 */
final class SpawnThread implements AutoCloseable {

    /** Makes a child, on this thread. */
    interface Birth {
        /**
         * Returns the pid.
         *
         * @param descriptors what this table has in place of the descriptors that were asked for
         * @param lasting those of this table, from 3 on, that a child would have unless they are closed for it
         */
        int spawn(int[] descriptors, int[] lasting) throws PosixException;
    }

    private static final int FIRST = 3;

    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private volatile boolean closed;
    private final Descriptor ownProcess;

    /** Nobody else can open or close anything in this table, so this is known from its beginning on. */
    private int[] lasting = new int[0];

    private final Request beginning = new Request(new int[0], (descriptors, none) -> {
        int highest = highestDescriptor();
        ProcessCalls.unshareDescriptorsFrom(highest + 1);
        // whoever has got them here lets go of them without this table
        KeptDescriptors.ofThisJvm().numbers().forEach(DescriptorCalls::close);
        lasting = IntStream.rangeClosed(FIRST, highest)
                .filter(DescriptorCalls::staysOnExec)
                .toArray();
        return 0;
    });

    private SpawnThread() throws PosixException {
        ownProcess =
                ProcessCalls.openPidfd(Math.toIntExact(ProcessHandle.current().pid()));
        thread = new Thread(this::run, "pekko-supervisor-spawn");
        thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @return null where the kernel has not the calls for it (before Linux 5.9), or a sandbox refuses them
     */
    static @Nullable SpawnThread start() {
        SpawnThread made = null;
        try {
            made = new SpawnThread();
            DescriptorCalls.close(ProcessCalls.fetchDescriptor(made.ownProcess, made.ownProcess.number()));
            made.thread.start();
            made.perform(made.beginning);
            return made;
        } catch (PosixException e) {
            // children are made in the table of all, as without this thread
            if (made != null) {
                made.close();
            }
            return null;
        }
    }

    /**
     * Makes a child and returns its process id.
     *
     * @param needed numbers of descriptors, of which the standard three stand for themselves
     */
    int spawn(int[] needed, Birth birth) throws PosixException {
        return perform(new Request(needed, birth));
    }

    private int perform(Request request) throws PosixException {
        requests.add(request);
        LockSupport.unpark(thread);
        return request.await();
    }

    private void run() {
        while (!closed) {
            Request request = requests.poll();
            if (request == null) {
                LockSupport.park(this);
            } else {
                request.run();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        ownProcess.close();
    }

    private static int highestDescriptor() throws PosixException {
        try (Directory descriptors = Directory.open(OsString.of("/proc/self/fd"))) {
            int highest = 2;
            for (OsString name : descriptors.list()) {
                highest = Math.max(highest, Integer.parseInt(name.toString()));
            }
            return highest;
        }
    }

    private final class Request {
        private final Thread caller = Thread.currentThread();
        private final int[] needed;
        private final Birth birth;
        private int pid;
        private @Nullable Throwable failure;
        private volatile boolean done;

        Request(int[] needed, Birth birth) {
            this.needed = needed;
            this.birth = birth;
        }

        void run() {
            try {
                pid = spawn();
            } catch (PosixException | RuntimeException | Error e) {
                failure = e;
            } finally {
                done = true;
                LockSupport.unpark(caller);
            }
        }

        private int spawn() throws PosixException {
            List<Integer> fetched = new ArrayList<>(needed.length);
            try {
                int[] descriptors = needed.clone();
                for (int i = 0; i < needed.length; i++) {
                    if (needed[i] > 2) {
                        descriptors[i] = ProcessCalls.fetchDescriptor(ownProcess, needed[i]);
                        fetched.add(descriptors[i]);
                    }
                }
                return birth.spawn(descriptors, lasting);
            } finally {
                fetched.forEach(DescriptorCalls::close);
            }
        }

        /** Waits for well under a millisecond; an interrupt is kept for later. */
        int await() throws PosixException {
            boolean interrupted = false;
            while (!done) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                caller.interrupt();
            }
            if (failure instanceof PosixException refused) {
                throw refused;
            }
            if (failure != null) {
                throw new IllegalStateException("a child could not be made", failure);
            }
            return pid;
        }
    }
}
