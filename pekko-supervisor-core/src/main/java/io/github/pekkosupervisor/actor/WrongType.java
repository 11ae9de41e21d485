package io.github.pekkosupervisor.actor;

import java.util.Arrays;

/**
 * Whether a {@link ClassCastException} says no more than that a message was not of the type that a behavior takes. That
 * is so if it was thrown on the way to the behavior's own code: by Pekko, by a lambda before its first line, or by the
 * bridge method that the compiler puts before a method with a type parameter. What the code itself casts wrongly is a
 * mistake of that code.
 */
final class WrongType {

    private static final String LAMBDA = "$$Lambda";

    private WrongType() {}

    /**
     * Looks at where it was thrown, and of what.
     *
     * @param classes finds the classes of the application
     */
    static boolean isOf(ClassCastException thrown, Object message, ClassLoader classes) {
        StackTraceElement[] trace = thrown.getStackTrace();
        if (trace.length < 2 || !isAbout(thrown.getMessage(), message)) {
            return false;
        }
        return isPekko(trace[0])
                || (isPekko(trace[1]) && (trace[0].getClassName().contains(LAMBDA) || isBridge(trace[0], classes)));
    }

    /** Whether nothing can be seen: after many of them the JVM throws one without message and trace. */
    static boolean tellsNothing(ClassCastException thrown) {
        return thrown.getMessage() == null && thrown.getStackTrace().length == 0;
    }

    /** The JDK writes {@code class A cannot be cast to class B}, others {@code A incompatible with B}. */
    private static boolean isAbout(@org.jspecify.annotations.Nullable String text, Object message) {
        if (text == null) {
            return false;
        }
        String name = message.getClass().getName() + " ";
        return text.startsWith("class " + name) || text.startsWith(name);
    }

    private static boolean isPekko(StackTraceElement at) {
        String name = at.getClassName();
        return name.startsWith("org.apache.pekko.") || name.startsWith("scala.");
    }

    private static boolean isBridge(StackTraceElement at, ClassLoader classes) {
        try {
            return Arrays.stream(
                            Class.forName(at.getClassName(), false, classes).getDeclaredMethods())
                    .anyMatch(method -> method.isBridge() && method.getName().equals(at.getMethodName()));
        } catch (ClassNotFoundException | LinkageError unknown) {
            return false;
        }
    }
}
