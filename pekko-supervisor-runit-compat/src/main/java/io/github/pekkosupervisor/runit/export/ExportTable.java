package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that is shown of one tree: what happens changes it, and marks what is to be written; who writes takes what is
 * marked, in its newest state. May be used from any thread; nothing in it waits for anything.
 *
 * <p>A supervisor that tells something is not held up by what follows from it: that is worked out by the first who
 * looks, which is who writes, or a command that comes, or a start that may not be.
 */
final class ExportTable {

    /** So much may be told until those who tell more work it out themselves, where nobody looks. */
    static final int MOST_TOLD = 1 << 16;

    /** So much is worked out at once, while others wait who have something to tell. */
    private static final int AT_ONCE = 256;

    private final ShownGroups groups;
    private final InstantSource calendar;
    private final Runnable wakeUp;
    private final Deque<Runnable> told = new ArrayDeque<>();
    private final Deque<Mark> marks = new ArrayDeque<>();

    /** Only a command keeps down who may start as far as files say. */
    private boolean hasBeenCommanded;

    /** Somebody is at work on what is marked; at first it is he who will be, and looks by himself. */
    private boolean isAwake = true;

    /** Something that is to be done when all before it has been. */
    sealed interface Mark {}

    /** This is to be written. */
    record ToWrite(ShownPlace place) implements Mark {}

    /** Somebody waits for all before. */
    record ToTell(CompletableFuture<Void> reached) implements Mark {}

    /**
     * Before the first event.
     *
     * @param spec of the top supervisor
     * @param jvm the pid of this JVM
     * @param wakeUp to be called when something has been marked, and nobody is at work for that
     */
    ExportTable(ShownGroups.Terms terms, SupervisorSpec spec, InstantSource calendar, int jvm, Runnable wakeUp) {
        this.calendar = calendar;
        this.wakeUp = wakeUp;
        this.groups = new ShownGroups(terms, spec, jvm, calendar.instant(), this::mark);
    }

    // ---- what happens

    /** A supervisor has told something. */
    void happened(SupervisorEvent event) {
        Instant now = calendar.instant();
        tell(() -> groups.happened(event, now));
    }

    /** A child has told of a service directory below it. */
    void happened(ServiceEntry event) {
        tell(() -> groups.happened(event));
    }

    private void tell(Runnable change) {
        if (add(change)) {
            wakeUp.run();
        }
    }

    /** Whether somebody is to be woken. */
    private synchronized boolean add(Runnable change) {
        told.add(change);
        if (told.size() > MOST_TOLD) {
            workOut(2);
        }
        boolean wakes = !isAwake;
        isAwake = true;
        return wakes;
    }

    private synchronized void workOut(int most) {
        for (int i = 0; i < most && !told.isEmpty(); i++) {
            told.remove().run();
        }
    }

    private synchronized boolean isWorkedOut() {
        return told.isEmpty();
    }

    private void workOut() {
        while (!isWorkedOut()) {
            workOut(AT_ONCE);
        }
    }

    /** A letter, or the answer of a call; what follows is for the caller to do. */
    ExportRule.Decision decided(ShownPlace place, ExportEvent event) {
        return changing(() -> {
            hasBeenCommanded = true;
            return groups.decided(place, event, calendar.instant());
        });
    }

    /** Whether a child may be started. */
    boolean mayStart(StartGate.Start start, boolean hasDownFile) {
        boolean isClear;
        boolean wakes;
        synchronized (this) {
            // so that a command which comes now knows of the start
            isClear = !hasBeenCommanded && !hasDownFile;
            wakes = isClear && add(() -> groups.mayStart(start, false));
        }
        if (wakes) {
            wakeUp.run();
        }
        return isClear || changing(() -> groups.mayStart(start, hasDownFile));
    }

    /** Nothing of the tree is left. */
    void over() {
        changing(() -> {
            groups.over(calendar.instant());
            return true;
        });
    }

    private <T> T changing(Supplier<T> change) {
        workOut();
        T result;
        boolean wakes;
        synchronized (this) {
            workOut(Integer.MAX_VALUE);
            result = change.get();
            wakes = !isAwake && !marks.isEmpty();
            isAwake |= wakes;
        }
        if (wakes) {
            wakeUp.run();
        }
        return result;
    }

    // ---- what is known

    /** What is known of a place. */
    ShownChild known(ShownPlace place) {
        return changing(() -> place.child);
    }

    /** Its incarnation. */
    Optional<ChildHandle> handle(ShownPlace place) {
        return changing(place::handle);
    }

    /** What is to be written of a place now; what is not worked out yet marks it again. */
    synchronized ShownGroups.View view(ShownPlace place) {
        return groups.view(place);
    }

    /** Those that nobody is to be seen behind for a while. */
    List<ShownPlace> closed() {
        return changing(() ->
                groups.all().stream().filter(place -> place.child.closed()).toList());
    }

    /** Whether a place is shown no more. */
    boolean hasVanished(ShownPlace place) {
        return changing(() -> place.hasVanished);
    }

    /** Whether a place that was forgotten has not come back; then it is not known any more. */
    boolean vanishes(ShownPlace place) {
        return changing(() -> groups.vanishes(place));
    }

    // ---- what is to be written

    private void mark(ShownPlace place) {
        if (!place.isMarked && !place.hasVanished) {
            place.isMarked = true;
            marks.add(new ToWrite(place));
        }
    }

    /** These could not be written. */
    void markAgain(Iterable<ShownPlace> places) {
        changing(() -> {
            places.forEach(this::mark);
            return true;
        });
    }

    /** Marks all that there is. */
    void markAll() {
        changing(() -> {
            groups.all().forEach(this::mark);
            return true;
        });
    }

    /** Completes when all has been written that is marked now. */
    CompletableFuture<Void> whenWritten() {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        changing(() -> marks.add(new ToTell(reached)));
        return reached;
    }

    /** These wait for all that is marked now. */
    void tellThen(Iterable<CompletableFuture<Void>> waiting) {
        changing(() -> {
            waiting.forEach(reached -> marks.add(new ToTell(reached)));
            return true;
        });
    }

    /** The first of those that are marked, which are not any more; if there are none whoever asks may sleep. */
    List<Mark> take(int most) {
        List<Mark> taken = null;
        while (taken == null) {
            taken = takeIfEnough(most);
        }
        return taken;
    }

    /** Null if there may be more than are marked, and others are to have their turn before that is worked out. */
    private synchronized @Nullable List<Mark> takeIfEnough(int most) {
        workOut(AT_ONCE);
        return marks.size() < most && !told.isEmpty() ? null : taken(most);
    }

    private List<Mark> taken(int most) {
        List<Mark> taken = new ArrayList<>();
        while (taken.size() < most && !marks.isEmpty()) {
            Mark mark = marks.remove();
            if (mark instanceof ToWrite write) {
                write.place().isMarked = false;
            }
            taken.add(mark);
        }
        isAwake = !taken.isEmpty();
        return taken;
    }
}
