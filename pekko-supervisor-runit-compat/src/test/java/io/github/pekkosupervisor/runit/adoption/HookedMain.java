package io.github.pekkosupervisor.runit.adoption;

import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.runit.launcher.Main;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Our programs, where a launcher that another one becomes does something first: a shell does what the property
 * {@code hook} says, and where that fails the JVM ends with the same exit code.
 */
public final class HookedMain {

    private HookedMain() {}

    /** The words of {@code java(1)} for such a JVM, after its options and class path. */
    static List<String> words(String hook) {
        return new ArrayList<>(List.of("-Dhook=" + hook, HookedMain.class.getName()));
    }

    /** Runs it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (System.getenv(Succession.VARIABLE) != null) {
            int code = new ProcessBuilder("sh", "-c", System.getProperty("hook", ""))
                    .start()
                    .waitFor();
            if (code != 0) {
                Runtime.getRuntime().halt(code);
            }
        }
        Main.main(arguments);
    }
}
