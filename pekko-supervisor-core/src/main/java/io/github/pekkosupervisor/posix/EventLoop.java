package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that watches descriptors, directories and processes, for everything that belongs to one {@link Posix}.
 *
 * <p>It reads and reports; it decides nothing. Listeners run on its thread: they must neither block nor throw (a
 * listener that throws is reported to the thread's uncaught-exception handler, and the loop goes on). All methods may
 * be called from any thread. Linux only: {@code epoll(7)}, {@code inotify(7)}, pidfds.
 */
public final class EventLoop implements AutoCloseable {

    private static final int EVENTS_AT_ONCE = 256;
    private static final int POLL_MILLIS = 100;
    private static final long WAKE = 0;
    private static final long INOTIFY = 1;

    private final Epoll epoll;
    private final Inotify inotify;
    private final Thread thread;
    private final Map<Long, Runnable> sources = new ConcurrentHashMap<>();
    /** By the kernel's number, which all watches of one directory share; guarded by itself. */
    private final Map<Integer, List<DirectoryWatch>> directories = new HashMap<>();

    private final ConcurrentLinkedQueue<PolledExit> polled = new ConcurrentLinkedQueue<>();
    /** Those that could not be read, which are tried again after a pause. */
    private final Queue<DescriptorWatch> unread = new ConcurrentLinkedQueue<>();

    private final AtomicLong nextKey = new AtomicLong(INOTIFY + 1);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Whoever has it dispatches, or keeps the loop from it; in turn, since a busy loop would always be the first. */
    private final Semaphore turn = new Semaphore(1, true);

    /** A running subscription. */
    public interface Watch extends AutoCloseable {
        /** Asks for the next report; has no effect on a directory's watch, which reports by itself. */
        void resume();

        /** Ends the subscription: when this returns no listener is running or will run. The descriptor stays open. */
        @Override
        void close();
    }

    EventLoop() throws PosixException {
        epoll = Epoll.open(WAKE);
        inotify = openInotify(epoll);
        thread = new Thread(this::run, "pekko-supervisor-loop");
        thread.setDaemon(true);
        thread.start();
    }

    /** Where that is refused, nothing stays open. */
    private static Inotify openInotify(Epoll epoll) throws PosixException {
        try {
            Inotify inotify = Inotify.open();
            try {
                epoll.add(inotify.descriptor().number(), Epoll.IN, INOTIFY);
                return inotify;
            } catch (PosixException e) {
                inotify.close();
                throw e;
            }
        } catch (PosixException e) {
            epoll.close();
            throw e;
        }
    }

    /**
     * Reads a non-blocking descriptor each time that it has something, one chunk at a time: after each report the
     * descriptor is left alone until {@link Watch#resume()}, so unread bytes wait in the kernel and hold back whoever
     * writes.
     *
     * @param limit the largest chunk, in bytes
     * @param listener gets the chunk, an empty one at the end of the stream, and its own watch
     */
    public Watch read(Descriptor descriptor, int limit, BiConsumer<byte[], Watch> listener) throws PosixException {
        return new DescriptorWatch(descriptor, limit, listener);
    }

    /**
     * Reports that a descriptor has something to be read or has come to its end. After each report it is left alone
     * until {@link Watch#resume()}.
     *
     * @param listener gets its own watch
     */
    public Watch readable(Descriptor descriptor, Consumer<Watch> listener) throws PosixException {
        return new DescriptorWatch(descriptor, Epoll.IN, listener);
    }

    /**
     * Reports that a non-blocking descriptor can be written to, or never will be again because nobody reads it. After
     * each report it is left alone until {@link Watch#resume()}.
     *
     * @param listener gets its own watch
     */
    public Watch write(Descriptor descriptor, Consumer<Watch> listener) throws PosixException {
        return new DescriptorWatch(descriptor, Epoll.OUT, listener);
    }

    /**
     * Reports that names in a directory were added, removed or renamed, or that the directory itself was. Several
     * changes may come as one report.
     *
     * @throws PosixException {@code ENOSPC} if the user's limit of inotify watches is reached
     */
    public Watch changes(Directory directory, Runnable listener) throws PosixException {
        OsString path = OsString.of("/proc/self/fd/" + directory.descriptor().number() + "/.");
        synchronized (directories) {
            int number = inotify.add(path, Inotify.DIRECTORY_CHANGES | Inotify.ONLY_DIRECTORY);
            DirectoryWatch watch = new DirectoryWatch(number, listener);
            directories.computeIfAbsent(number, first -> new ArrayList<>()).add(watch);
            return watch;
        }
    }

    /**
     * Calls back once when the process behind a pidfd has ended.
     *
     * @param runs whether it does; asked every 100 ms, where there is no pidfd
     */
    void onExit(BooleanSupplier runs, @Nullable Descriptor pidfd, Runnable ended) {
        if (pidfd == null) {
            polled.add(new PolledExit(runs, ended));
            epoll.wake();
            return;
        }
        long key = nextKey.getAndIncrement();
        int number = pidfd.number();
        sources.put(key, () -> {
            sources.remove(key);
            ended.run();
        });
        try {
            epoll.add(number, Epoll.IN | Epoll.ONCE, key);
        } catch (PosixException e) {
            // no memory for one more entry (fs.epoll.max_user_watches): look by hand
            sources.remove(key);
            polled.add(new PolledExit(runs, ended));
            epoll.wake();
        }
    }

    /**
     * Calls back once when the parent of a process that has ended has waited for it, or when the time for that is over.
     * To be called by what {@link #onExit} has called back.
     */
    void onReaped(Descriptor pidfd, int withinMillis, Runnable over) {
        Descriptor timer;
        try {
            timer = TimerCalls.after(withinMillis);
        } catch (PosixException e) {
            // no descriptor left: it is not waited for
            over.run();
            return;
        }
        long reaped = nextKey.getAndIncrement();
        long overdue = nextKey.getAndIncrement();
        Runnable once = () -> {
            if (sources.remove(reaped) != null) {
                sources.remove(overdue);
                timer.close();
                over.run();
            }
        };
        sources.put(reaped, once);
        sources.put(overdue, once);
        try {
            // it can be read since it has ended; that it hangs up is told unasked
            epoll.change(pidfd.number(), Epoll.ONCE, reaped);
            epoll.add(timer.number(), Epoll.IN | Epoll.ONCE, overdue);
        } catch (PosixException e) {
            once.run();
        }
    }

    private void run() {
        while (!closed.get()) {
            try {
                List<DescriptorWatch> again = unread.isEmpty() ? List.of() : List.copyOf(unread);
                int timeout = polled.isEmpty() && again.isEmpty() ? -1 : POLL_MILLIS;
                long[] ready = epoll.await(EVENTS_AT_ONCE, timeout);
                turn.acquireUninterruptibly();
                try {
                    for (long key : ready) {
                        dispatch(key);
                    }
                    if (!again.isEmpty()) {
                        unread.removeAll(again);
                        again.forEach(DescriptorWatch::resume);
                    }
                    polled.removeIf(PolledExit::hasEnded);
                } finally {
                    turn.release();
                }
            } catch (PosixException | RuntimeException | Error e) {
                report(e);
            }
        }
        inotify.close();
        epoll.close();
    }

    /** Whatever becomes of one, those that were told with it are not told again. */
    private void dispatch(long key) {
        if (key == WAKE) {
            epoll.awake();
        } else if (key == INOTIFY) {
            readInotify();
        } else {
            Runnable source = sources.get(key);
            if (source != null) {
                guarded(source);
            }
        }
    }

    /**
     * Has it stand still: when this returns no listener is running or will run, nothing is read and no process waited
     * for, until {@link #release}. What happens meanwhile stays in the kernel. Not to be called by a listener, nor
     * twice.
     */
    public void hold() {
        turn.acquireUninterruptibly();
    }

    /** It goes on. */
    public void release() {
        turn.release();
    }

    private void readInotify() {
        Set<Integer> seen = new HashSet<>();
        boolean overflow = false;
        Inotify.Events events;
        try {
            events = inotify.read();
        } catch (PosixException e) {
            report(new PosixException(
                    e.call(), e.argument(), e.errno(), "changes in directories could not be read and are read again"));
            return;
        }
        while (events.next()) {
            seen.add(events.watch());
            overflow |= events.isOverflow();
        }
        List<DirectoryWatch> changed = new ArrayList<>();
        synchronized (directories) {
            for (Map.Entry<Integer, List<DirectoryWatch>> watched : directories.entrySet()) {
                if (overflow || seen.contains(watched.getKey())) {
                    changed.addAll(watched.getValue());
                }
            }
        }
        changed.forEach(watch -> guarded(watch::changed));
    }

    private static void guarded(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    private static void report(Throwable failure) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            epoll.wake();
        }
    }

    private record PolledExit(BooleanSupplier runs, Runnable ended) {
        boolean hasEnded() {
            try {
                // waiting is left to the owner
                if (runs.getAsBoolean()) {
                    return false;
                }
            } catch (RuntimeException e) {
                report(e);
            }
            guarded(ended);
            return true;
        }
    }

    private final class DescriptorWatch implements Watch {
        private final long key = nextKey.getAndIncrement();
        private final Descriptor descriptor;
        private final int events;
        private boolean ended;
        private boolean complained;

        DescriptorWatch(Descriptor descriptor, int limit, BiConsumer<byte[], Watch> listener) throws PosixException {
            this.descriptor = descriptor;
            this.events = Epoll.IN | Epoll.ONCE;
            begin(() -> readable(limit, listener));
        }

        DescriptorWatch(Descriptor descriptor, int ready, Consumer<Watch> listener) throws PosixException {
            this.descriptor = descriptor;
            this.events = ready | Epoll.ONCE;
            begin(() -> ready(listener));
        }

        private void begin(Runnable source) throws PosixException {
            sources.put(key, source);
            try {
                epoll.add(descriptor.number(), events, key);
            } catch (PosixException e) {
                sources.remove(key);
                throw e;
            }
        }

        private synchronized void ready(Consumer<Watch> listener) {
            if (!ended) {
                listener.accept(this);
            }
        }

        private synchronized void readable(int limit, BiConsumer<byte[], Watch> listener) {
            if (ended) {
                return;
            }
            Optional<byte[]> chunk;
            try {
                chunk = descriptor.tryRead(limit);
            } catch (PosixException e) {
                complain(e);
                unread.add(this);
                return;
            }
            complained = false;
            if (chunk.isPresent()) {
                listener.accept(chunk.get(), this);
            } else {
                resume();
            }
        }

        /** Once, for as long as it goes on. */
        private void complain(PosixException e) {
            if (!complained) {
                complained = true;
                report(new PosixException(
                        e.call(), e.argument(), e.errno(), "it could not be read and is tried again every 100 ms"));
            }
        }

        @Override
        public synchronized void resume() {
            if (ended || closed.get()) {
                return;
            }
            try {
                epoll.change(descriptor.number(), events, key);
            } catch (PosixException e) {
                throw new IllegalStateException("a watched descriptor was closed before its watch", e);
            }
        }

        @Override
        public synchronized void close() {
            if (ended) {
                return;
            }
            ended = true;
            sources.remove(key);
            try {
                if (!closed.get()) {
                    epoll.remove(descriptor.number());
                }
            } catch (PosixException e) {
                throw new IllegalStateException("a watched descriptor was closed before its watch", e);
            }
        }
    }

    private final class DirectoryWatch implements Watch {
        private final int number;
        private final Runnable listener;
        private boolean ended;

        DirectoryWatch(int number, Runnable listener) {
            this.number = number;
            this.listener = listener;
        }

        private synchronized void changed() {
            if (!ended) {
                listener.run();
            }
        }

        @Override
        public void resume() {
            // it never stopped
        }

        @Override
        public synchronized void close() {
            if (ended) {
                return;
            }
            ended = true;
            synchronized (directories) {
                List<DirectoryWatch> sharing = directories.getOrDefault(number, new ArrayList<>());
                sharing.remove(this);
                if (sharing.isEmpty()) {
                    directories.remove(number);
                    if (!closed.get()) {
                        inotify.remove(number);
                    }
                }
            }
        }
    }
}
