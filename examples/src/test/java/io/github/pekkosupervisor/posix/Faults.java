package io.github.pekkosupervisor.posix;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * System calls of one part of this JVM, which can be counted by where they come from, and of which one can be made to
 * fail. Its threads are those that are made {@link #within} it, and those that they make.
 */
public final class Faults {

    private static final InheritableThreadLocal<Faults> OF_THREAD = new InheritableThreadLocal<>();

    private final Set<CallSite> seen = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Fault> armed = new AtomicReference<>();
    private volatile boolean counting;
    private volatile String refused = "";
    private volatile String refusedFunction = "";
    private volatile @Nullable Thread outOfDescriptors;

    private record Fault(CallSite site, int errno) {}

    /** Descriptors that belong to nobody in particular: pipes that are kept for whoever reads from a log next. */
    public static Set<Integer> kept() {
        return Intake.kept();
    }

    /** From now on, in the whole JVM, calls are looked at; until {@link #remove}. */
    public static void install() {
        CFunction.refuse(function -> {
            Faults own = OF_THREAD.get();
            return own == null ? 0 : own.errno(function);
        });
    }

    /** All calls are made again. */
    public static void remove() {
        CFunction.refuse(null);
    }

    /** Whose thread this is. */
    public static Optional<Faults> ofThisThread() {
        return Optional.ofNullable(OF_THREAD.get());
    }

    /** Does something that makes threads: they are this one's. */
    public <T> T within(Supplier<T> deed) {
        OF_THREAD.set(this);
        try {
            return deed.get();
        } finally {
            OF_THREAD.remove();
        }
    }

    /** Who is refused a descriptor asks once more, at once: that is the same call. */
    private boolean isSecondAttempt(String function) {
        if (Thread.currentThread() != outOfDescriptors || !function.equals(refusedFunction)) {
            return false;
        }
        outOfDescriptors = null;
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getClassName().equals(OpenFilesGate.class.getName())
                        && frame.getMethodName().equals("retry")));
    }

    private int errno(String function) {
        if (isSecondAttempt(function)) {
            return Errno.EMFILE.number();
        }
        Fault due = armed.get();
        Fault near = due != null && due.site.function().equals(function) ? due : null;
        if ((near == null && !counting) || !CallSite.mayFail(function)) {
            return 0;
        }
        CallSite here = CallSite.here(function);
        if (counting) {
            seen.add(here);
        }
        boolean hit = near != null && here.equals(near.site) && armed.compareAndSet(near, null);
        return near != null && hit ? refuse(near, function) : 0;
    }

    private int refuse(Fault due, String function) {
        refused = Errno.name(due.errno);
        if (due.errno == Errno.EMFILE.number()) {
            refusedFunction = function;
            outOfDescriptors = Thread.currentThread();
        }
        return due.errno;
    }

    /** Begins to count, from nothing. */
    public void count() {
        seen.clear();
        counting = true;
    }

    /** Counts no longer; what was passed. */
    public Set<CallSite> counted() {
        counting = false;
        return Set.copyOf(seen);
    }
    /** The next call from there fails. */
    public void arm(CallSite site, String errno) {
        refused = "";
        armed.set(new Fault(site, Errno.valueOf(errno).number()));
    }

    /** Whether the call that was to fail has been made. */
    public boolean hasFired() {
        return armed.get() == null;
    }

    /** Whether a call has been refused with this error since one was armed last. */
    public boolean hasRefused(String errno) {
        return refused.equals(errno);
    }

    /** Nothing fails any more. */
    public void disarm() {
        armed.set(null);
    }

    /** What an error is called in the words of the C library. */
    public static String description(String errno) {
        return Errno.description(Errno.valueOf(errno).number());
    }
}
