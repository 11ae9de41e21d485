package io.github.pekkosupervisor.runit.launcher;

import java.lang.reflect.InvocationTargetException;

/**
 * The entry of the launcher jar, compiled for Java 8, so that a JDK that is too old can say so. The tools' jar begins with
 * {@code Main}: the script that starts it has looked at the version.
 */
public final class Start {

    private static final int OLDEST = 17;
    private static final int FATAL = 111;

    private Start() {}

    /** Checks the version of Java, and goes on in {@code Main}. */
    public static void main(String[] arguments) throws Throwable {
        String refusal = refusal(
                System.getProperty("java.specification.version", ""), System.getProperty("java.home", ""), arguments);
        if (!refusal.isEmpty()) {
            System.err.println(refusal);
            Runtime.getRuntime().halt(FATAL);
        }
        try {
            Class.forName("io.github.pekkosupervisor.runit.launcher.Main")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** What to say of a version that is too old, {@code 1.8} for instance; empty if it will do. */
    static String refusal(String version, String home, String... arguments) {
        int feature = Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
        if (feature >= OLDEST) {
            return "";
        }
        String program = arguments.length == 0 ? "pekko-supervisor" : arguments[0];
        return program + ": fatal: needs Java 17, found " + feature + " at " + home
                + "/bin/java; install a later JDK, or call a later one";
    }
}
