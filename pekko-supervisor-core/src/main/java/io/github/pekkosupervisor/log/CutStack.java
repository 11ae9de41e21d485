package io.github.pekkosupervisor.log;

import io.github.pekkosupervisor.posix.PosixException;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands for what was thrown, with the application's own part of its stack: what called the application, down to the
 * bottom, is the same for each child and tells nothing. A frame in its place says how many there were. Causes and
 * suppressed ones are cut too. What Pekko or we have thrown without the application keeps all, but for what the system
 * has refused. The thrown object itself is not changed; others may want all of it.
 */
public final class CutStack extends Throwable {

    /** Chains that are longer may go round in a circle. */
    private static final int LONGEST_CHAIN = 100;

    /** Who calls the application. */
    private static final List<String> CALLERS = List.of(
            "org.apache.pekko.",
            "scala.",
            "java.util.concurrent.",
            "java.lang.reflect.",
            "java.lang.invoke.",
            "jdk.internal.reflect.",
            "java.lang.Thread");

    private static final String OURSELVES = "io.github.pekkosupervisor.";

    /** Our packages: what else has a name below ours is an application, as the examples are. */
    private static final Set<String> OUR_PACKAGES =
            Set.of("actor", "config", "log", "posix", "process", "protocol", "rule", "runit", "spec");

    private final transient Throwable whole;

    private CutStack(Throwable whole, @Nullable Throwable cause) {
        super(textOf(whole), cause, true, true);
        this.whole = whole;
    }

    /** One without the frames of who has called the application; the same one if it has none to be cut. */
    public static Throwable of(Throwable thrown) {
        try {
            return isToBeCut(thrown) ? cut(thrown, new IdentityHashMap<>()) : thrown;
        } catch (RuntimeException | StackOverflowError ofTheApplication) {
            // an exception that cannot even be looked at
            return thrown;
        }
    }

    private static boolean isToBeCut(Throwable thrown) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Throwable at = thrown;
        while (at != null && seen.size() < LONGEST_CHAIN && seen.add(at)) {
            if (at instanceof PosixException
                    || callers(at.getStackTrace()) > 0
                    || Arrays.stream(at.getSuppressed()).anyMatch(CutStack::isToBeCut)) {
                return true;
            }
            at = at.getCause();
        }
        return false;
    }

    private static Throwable cut(Throwable thrown, Map<Throwable, Throwable> known) {
        Throwable before = known.get(thrown);
        if (before != null) {
            return before;
        }
        if (known.size() >= LONGEST_CHAIN) {
            return thrown;
        }
        // while its cause is looked at, which may lead back here
        known.put(thrown, thrown);
        Throwable cause = thrown.getCause();
        CutStack cut = new CutStack(thrown, cause == null ? null : cut(cause, known));
        known.put(thrown, cut);
        cut.setStackTrace(thrown instanceof PosixException ? all(thrown.getStackTrace()) : cut(thrown.getStackTrace()));
        for (Throwable suppressed : thrown.getSuppressed()) {
            cut.addSuppressed(cut(suppressed, known));
        }
        return cut;
    }

    /** The frames of the application and what it has called, and one that says how many there were below. */
    static StackTraceElement[] cut(StackTraceElement[] frames) {
        int callers = callers(frames);
        if (callers == 0) {
            return frames;
        }
        return keep(frames, frames.length - callers);
    }

    /** The system has refused something: what and why is in the text, and who has asked is no matter. */
    private static StackTraceElement[] all(StackTraceElement[] frames) {
        return keep(frames, 0);
    }

    private static StackTraceElement[] keep(StackTraceElement[] frames, int kept) {
        int callers = frames.length - kept;
        StackTraceElement[] left = Arrays.copyOf(frames, kept + 1);
        left[kept] = new StackTraceElement(
                "pekko-supervisor",
                "cut",
                callers + (callers == 1 ? " frame" : " frames") + " of Pekko and pekko-supervisor",
                -1);
        return left;
    }

    /** How many frames at the bottom are those of who has called the application; none if there is no application. */
    private static int callers(StackTraceElement[] frames) {
        int number = 0;
        while (number < frames.length && isCaller(frames[frames.length - 1 - number].getClassName())) {
            number++;
        }
        return number == frames.length ? 0 : number;
    }

    private static boolean isCaller(String name) {
        if (!name.startsWith(OURSELVES)) {
            return CALLERS.stream().anyMatch(name::startsWith);
        }
        int dot = name.indexOf('.', OURSELVES.length());
        return dot < 0 || OUR_PACKAGES.contains(name.substring(OURSELVES.length(), dot));
    }

    private static String textOf(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (RuntimeException | StackOverflowError ofTheApplication) {
            return thrown.getClass().getName();
        }
    }

    /** What was thrown, as it is. */
    public Throwable whole() {
        return whole;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }

    /** As what was thrown says it, with its type in the place of this one. */
    @SuppressWarnings("OverrideThrowableToString")
    @Override
    public String toString() {
        return String.valueOf(getMessage());
    }
}
