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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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
    private static final LongSupplier CLOCK = System::nanoTime;

    /** Of this JVM, that are not closed. */
    private static final Set<EventLoop> LOOPS = ConcurrentHashMap.newKeySet();

    private static final long WAKE = 0;
    private static final long INOTIFY = 1;

    /** For whom it is; null for this JVM itself. */
    private final @Nullable BorrowedRights rights = BorrowedRights.ofThread();

    private final Epoll epoll;
    private final Inotify inotify;
    private final Thread thread;
    private final Map<Long, Runnable> sources = new ConcurrentHashMap<>();
    /** By the kernel's number, which all watches of one directory share; guarded by itself. */
    private final Map<Integer, List<DirectoryWatch>> directories = new HashMap<>();

    private final Queue<AwaitedExit> polled = new ConcurrentLinkedQueue<>();
    /** Those of them that are children of this process. */
    private final Queue<AwaitedExit> polledChildren = new ConcurrentLinkedQueue<>();
    /** Those that could not be read, which are tried again after a pause. */
    private final Queue<DescriptorWatch> unread = new ConcurrentLinkedQueue<>();

    /** How often it is asked whether one of them seems to have ended, and whether each has. */
    private final Pace glances = new Pace(250, TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS), TimeUnit.SECONDS.toNanos(1));

    private final Pace looks = new Pace(1000, TimeUnit.SECONDS.toNanos(1), TimeUnit.SECONDS.toNanos(60));

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
        LOOPS.add(this);
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
        OsString path = directory.lastingPath().plus("/.");
        synchronized (directories) {
            int number = inotify.add(path, Inotify.DIRECTORY_CHANGES | Inotify.ONLY_DIRECTORY);
            DirectoryWatch watch = new DirectoryWatch(number, listener);
            directories.computeIfAbsent(number, first -> new ArrayList<>()).add(watch);
            return watch;
        }
    }

    /**
     * Calls back once when the process behind a pidfd has ended. Without a pidfd that is asked for, at a {@link Pace}.
     *
     * @param seemsToRun a cheap question that may be answered wrongly with yes; asked each 100 ms, up to each second
     *     where there are very many
     * @param runs whether it does; asked each second, up to each minute
     * @param giveUp closes the pidfd, for {@link #letPidfdsGo}; null if it cannot be done without
     */
    void onExit(
            BooleanSupplier seemsToRun,
            BooleanSupplier runs,
            @Nullable Descriptor pidfd,
            @Nullable Runnable giveUp,
            Runnable ended) {
        await(new AwaitedExit(seemsToRun, runs, giveUp, ended, polled), pidfd);
    }

    /**
     * The same of a child of this process: without a pidfd all of them cost one question, while none has ended for whom
     * nobody has waited.
     */
    void onExitOfChild(int pid, @Nullable Descriptor pidfd, Runnable giveUp, Runnable ended) {
        BooleanSupplier runs = () -> !ProcessCalls.hasEnded(pid);
        await(new AwaitedExit(runs, runs, giveUp, ended, polledChildren), pidfd);
    }

    private void await(AwaitedExit exit, @Nullable Descriptor pidfd) {
        if (pidfd == null) {
            exit.poll();
            epoll.wake();
            return;
        }
        int number = pidfd.number();
        sources.put(exit.key, exit);
        try {
            epoll.add(number, Epoll.IN | Epoll.ONCE, exit.key);
        } catch (PosixException e) {
            // no memory for one more entry (fs.epoll.max_user_watches): look by hand
            if (sources.remove(exit.key) != null) {
                exit.poll();
                epoll.wake();
            }
        }
    }

    /**
     * Processes whose end can be awaited without a pidfd have none from now on, so that there is room for others: their
     * ends are looked for, see {@link #onExit}, and the exit codes of those that are no children may not be known. Of
     * all event loops of this JVM; for a thread with borrowed rights, of those with the same. It may be called from any
     * thread.
     */
    public static void letPidfdsGo() {
        BorrowedRights rights = BorrowedRights.ofThread();
        LOOPS.stream().filter(loop -> rights == null || loop.rights == rights).forEach(loop -> {
            for (Runnable source : loop.sources.values()) {
                if (source instanceof AwaitedExit exit) {
                    exit.doWithoutPidfd();
                }
            }
            loop.epoll.wake();
        });
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
                boolean isPolling = !polled.isEmpty() || !polledChildren.isEmpty();
                int timeout = isPolling || !again.isEmpty() ? POLL_MILLIS : -1;
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
                    if (isPolling) {
                        poll();
                    }
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

    /** However often something else happens. */
    private void poll() {
        long now = CLOCK.getAsLong();
        if (glances.isDue(now)) {
            boolean isNews = polled.removeIf(AwaitedExit::seemsToHaveEnded);
            if (!polledChildren.isEmpty() && ProcessCalls.endedChild() != 0) {
                isNews |= polledChildren.removeIf(AwaitedExit::hasEnded);
            }
            glances.asked(now, CLOCK.getAsLong(), isNews);
        }
        long later = CLOCK.getAsLong();
        if (looks.isDue(later)) {
            boolean isNews = polled.removeIf(AwaitedExit::hasEnded);
            // one that somebody else has waited for shows no more among those that have ended
            isNews |= polledChildren.removeIf(AwaitedExit::hasEnded);
            looks.asked(later, CLOCK.getAsLong(), isNews);
        }
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
            LOOPS.remove(this);
            epoll.wake();
        }
    }

    /** Somebody waits for the end of a process; a source, as long as there is a pidfd. Told once. */
    private final class AwaitedExit implements Runnable {
        private final long key = nextKey.getAndIncrement();
        private final BooleanSupplier seemsToRun;
        private final BooleanSupplier runs;
        private final @Nullable Runnable giveUp;
        private final Runnable ended;
        private final Queue<AwaitedExit> queue;

        AwaitedExit(
                BooleanSupplier seemsToRun,
                BooleanSupplier runs,
                @Nullable Runnable giveUp,
                Runnable ended,
                Queue<AwaitedExit> queue) {
            this.seemsToRun = seemsToRun;
            this.runs = runs;
            this.giveUp = giveUp;
            this.ended = ended;
            this.queue = queue;
        }

        @Override
        public void run() {
            // else it is awaited without a pidfd by now
            if (sources.remove(key) != null) {
                ended.run();
            }
        }

        void doWithoutPidfd() {
            if (giveUp != null && sources.remove(key) != null) {
                giveUp.run();
                poll();
            }
        }

        void poll() {
            queue.add(this);
        }

        boolean seemsToHaveEnded() {
            return isOver(seemsToRun);
        }

        boolean hasEnded() {
            return isOver(runs);
        }

        private boolean isOver(BooleanSupplier goesOn) {
            try {
                // waiting is left to the owner
                if (goesOn.getAsBoolean()) {
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
