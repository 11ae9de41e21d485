package io.github.pekkosupervisor.testing;

import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Commands that the tests run. */
public final class Programs {

    /**
     * An argument for {@code sleep(1)}: a day, and a fraction that names this JVM, so that a sleeper which was lost by
     * every parent is still known as ours, and never one of another JVM's: no such fraction begins another.
     */
    public static final String A_DAY =
            String.format(Locale.ROOT, "86400.%08d", ProcessHandle.current().pid());

    /** Sleeps for a day; a TERM ends it. */
    public static final List<OsString> SLEEPER = command("sleep", A_DAY);

    /** A shell script that does not end by TERM; it has said {@code ready} when it is deaf. */
    public static final String DEAF_TO_TERM = "trap '' TERM; echo ready; exec sleep " + A_DAY;

    /** A shell script that prints the process id of a sleeping child and waits for it. */
    public static final String PARENT_OF_SLEEPER = "sleep " + A_DAY + " & echo $!; wait";

    private Programs() {}

    /** These words. */
    public static List<OsString> command(String... words) {
        return Arrays.stream(words).map(OsString::of).toList();
    }

    /** This shell script with these arguments. */
    public static List<OsString> sh(String script, String... arguments) {
        List<OsString> command = new ArrayList<>(command("sh", "-c", script, "sh"));
        command.addAll(command(arguments));
        return command;
    }
}
