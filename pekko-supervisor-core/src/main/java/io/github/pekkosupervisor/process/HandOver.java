package io.github.pekkosupervisor.process;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a thread of an executor goes on with when its task is done: an actor that was told something by that task runs
 * on the same thread next. No thread has to be woken, and none has to wait until a processor is free.
 *
 * <p>Only the first task that another makes ready is kept for its thread, all further ones go to the executor's queue.
 * What is kept waits for the end of one task, so it is kept only while nothing that runs here may wait for another
 * actor: an executor says so for all its tasks, or a task for itself ({@link #keep()}, {@link #keepNot()}). A chain of
 * such tasks ends when it has taken longer than {@link #TURN}, which is looked at every {@value #LINKS} tasks: the next
 * one goes through the queue, and others get their turn.
 */
public final class HandOver {

    private static final int LINKS = 16;

    private static final LongSupplier CLOCK = System::nanoTime;

    private static final Duration TURN = Duration.ofMillis(1);

    private static final ThreadLocal<@Nullable HandOver> HERE = new ThreadLocal<>();

    private final Executor executor;
    private final Executor queue;
    private final boolean always;
    private boolean keeps;

    /** Whether what is kept from now on, and what is kept now, waits for nobody either. */
    private boolean quick;

    private boolean nextIsQuick;
    private @Nullable Runnable running;
    private @Nullable Runnable next;
    private int length;
    private long began;

    private HandOver(Executor executor, Executor queue, boolean always) {
        this.executor = executor;
        this.queue = queue;
        this.always = always;
    }

    // ---- for tasks

    /**
     * From now on until its end, or until {@link #keepNot()}, this task waits for nobody: the first that it makes ready
     * is kept for this thread. Without effect on a thread of another executor.
     */
    public static void keep() {
        keep(false);
    }

    /** The same, and what it makes ready waits for nobody either: it may run before this task is over. */
    public static void keepQuick() {
        keep(true);
    }

    private static void keep(boolean quick) {
        HandOver here = HERE.get();
        if (here != null && !here.always) {
            here.keeps = true;
            here.quick = quick;
        }
    }

    /** From now on this task may wait for somebody: what was kept runs now if it is quick, or on another thread. */
    public static void keepNot() {
        HandOver here = HERE.get();
        if (here != null && !here.always) {
            here.keeps = false;
            if (here.next != null) {
                here.letGo();
            }
        }
    }

    private void letGo() {
        Runnable task = takeNext();
        if (!nextIsQuick) {
            queue.execute(task);
            return;
        }
        Runnable outer = running;
        running = task;
        length++;
        try {
            task.run();
        } finally {
            running = outer;
            keeps = false;
            if (next != null) {
                queue.execute(takeNext());
            }
        }
    }

    // ---- for executors

    /** Whether a task that is given to this executor is kept for the thread that gives it. */
    static boolean keeps(Executor executor, Runnable task) {
        HandOver here = HERE.get();
        return here != null && here.executor == executor && here.keeps(task);
    }

    private boolean keeps(Runnable task) {
        // a task that wants to run once more has had its turn
        if (!keeps || running == null || next != null || task == running || hasHadItsTurn()) {
            return false;
        }
        next = task;
        nextIsQuick = quick;
        return true;
    }

    private boolean hasHadItsTurn() {
        if (length < LINKS) {
            return false;
        }
        long now = CLOCK.getAsLong();
        if (began == 0) {
            began = now;
        }
        boolean over = now - began >= TURN.toNanos();
        if (!over) {
            length = 0;
        }
        return over;
    }

    /**
     * A task of the executor's queue is about to run on this thread.
     *
     * @param queue where tasks go that are not kept
     * @param always whether its tasks never wait for another actor
     */
    static void begin(Executor executor, Executor queue, boolean always, Runnable first) {
        HandOver here = HERE.get();
        if (here == null || here.executor != executor) {
            here = new HandOver(executor, queue, always);
            HERE.set(here);
        }
        here.length = 0;
        here.began = 0;
        here.isNext(first);
    }

    private void isNext(@Nullable Runnable task) {
        running = task;
        length++;
        keeps = always;
    }

    /** The first task is over: runs what is kept, and what that keeps in turn. */
    static void goOn(Executor executor) {
        HandOver here = HERE.get();
        if (here != null && here.executor == executor) {
            here.goOn();
        }
    }

    private void goOn() {
        try {
            while (next != null) {
                Runnable task = takeNext();
                isNext(task);
                task.run();
            }
        } finally {
            // the thread may end if a task has thrown; what that one has made ready is left to another
            running = null;
            if (next != null) {
                queue.execute(takeNext());
            }
        }
    }

    private Runnable takeNext() {
        Runnable task = next;
        if (task == null) {
            throw new IllegalStateException("nothing is kept");
        }
        next = null;
        return task;
    }
}
