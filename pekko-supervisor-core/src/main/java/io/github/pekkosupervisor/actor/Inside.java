package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.ChildHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the threads of this JVM are at work for just now: a child, a supervisor that is nobody's child, or a listener.
 * So a call can be refused that would wait for its own caller, and it can be seen who called {@link System#exit}.
 */
public final class Inside {

    /** By thread, so that others can look; one is made when a thread first meets a tree. */
    private static final Map<Thread, Place> BY_THREAD = Collections.synchronizedMap(new WeakHashMap<>());

    private static final ThreadLocal<Place> HERE = ThreadLocal.withInitial(Inside::known);

    private Inside() {}

    /** A listener of a tree. */
    record Listening(TreeIdentity tree) {}

    /** Whom one thread is at work for. */
    static final class Place {
        private final AtomicReference<@Nullable Object> who = new AtomicReference<>();

        private Place() {}

        /**
         * From now on this thread is at work for somebody.
         *
         * @param whom a {@link LiveChild}, the {@link TreeIdentity} of a tree for its top supervisor, or
         *     {@link Listening}
         * @return what to {@link #leave} with
         */
        @Nullable
        Object enter(Object whom) {
            Object before = who.getPlain();
            // others may see it a little later
            who.setRelease(whom);
            return before;
        }

        /** It is so no longer. */
        void leave(@Nullable Object before) {
            who.setRelease(before);
        }
    }

    private static Place known() {
        Place place = new Place();
        BY_THREAD.put(Thread.currentThread(), place);
        return place;
    }

    /** That of this thread. */
    static Place here() {
        return HERE.get();
    }

    /** Whether this thread is at work for a tree. */
    public static boolean isIn(TreeIdentity tree) {
        return treeOf(HERE.get().who.getPlain()) == tree;
    }

    /**
     * Whether it is a supervisor's: then what is thrown by the code of an application meets nobody who would say so.
     */
    public static boolean isSupervisors() {
        Object who = HERE.get().who.getPlain();
        return who instanceof TreeIdentity
                || (who instanceof LiveChild child && child.known().kind().isSupervisor());
    }

    /**
     * Whether it is at work for an incarnation that its supervisor goes on without, or for one below such: another may
     * be in its place, and what it tells is not about that.
     */
    public static boolean isLetGo() {
        return HERE.get().who.getPlain() instanceof LiveChild child && child.isLetGo();
    }

    private static @Nullable TreeIdentity treeOf(@Nullable Object who) {
        if (who instanceof LiveChild child) {
            return child.tree();
        } else if (who instanceof Listening listening) {
            return listening.tree();
        }
        return who instanceof TreeIdentity tree ? tree : null;
    }

    /** The children of a tree that have called {@link System#exit}, which does not return, and where they stand. */
    static Map<ChildHandle, String> exiting(TreeIdentity tree) {
        Map<ChildHandle, String> found = new HashMap<>();
        ofTree(tree, (thread, who) -> {
            StackTraceElement[] stack = thread.getStackTrace();
            if (who instanceof LiveChild child && isInExit(stack)) {
                found.put(child, text(stack));
            }
        });
        return found;
    }

    /** Whether a thread with this stack has called {@link System#exit}. */
    static boolean isInExit(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .anyMatch(call -> call.getClassName().equals("java.lang.Runtime")
                        && call.getMethodName().equals("exit"));
    }

    /** Who is at work for a tree, and where. */
    public static List<String> atWork(TreeIdentity tree) {
        List<String> found = new ArrayList<>();
        ofTree(tree, (thread, who) -> {
            String name =
                    who instanceof Listening ? "a listener" : who instanceof TreeIdentity ? "supervisor /" : "" + who;
            found.add(name + " in thread " + thread.getName() + " at\n" + text(thread.getStackTrace()));
        });
        return found;
    }

    private static void ofTree(TreeIdentity tree, BiConsumer<Thread, Object> action) {
        Map<Thread, Place> all;
        synchronized (BY_THREAD) {
            all = new HashMap<>(BY_THREAD);
        }
        all.forEach((thread, place) -> {
            Object who = place.who.getAcquire();
            if (who != null && treeOf(who) == tree && thread != Thread.currentThread()) {
                action.accept(thread, who);
            }
        });
    }

    static String text(StackTraceElement[] stack) {
        return Arrays.stream(stack).map(StackTraceElement::toString).collect(Collectors.joining("\n"));
    }
}
