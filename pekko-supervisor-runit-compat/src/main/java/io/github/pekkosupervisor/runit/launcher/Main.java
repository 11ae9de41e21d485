package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.NativeLibraryException;
import io.github.pekkosupervisor.posix.OsString;
import java.util.List;

/** The entry of the launcher jar: the first argument names the program. */
public final class Main {

    private static final String USAGE = """
            usage: pekko-supervisor runsvdir [--stop-on-term] [-P] dir [log]
                   pekko-supervisor runsv dir

            runsvdir  supervise every service directory in dir, as runit's runsvdir
            runsv     supervise one service directory, as runit's runsv
            """;

    private static final int FATAL = 111;

    private Main() {}

    /**
     * Runs a program; returns when it has been started and ends the JVM with its exit code when it is over.
     *
     * @param arguments the program's name and its arguments
     */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            Exit.usage(USAGE, 100);
            return;
        }
        try {
            LaunchedSystem.keepIgnoredSignals();
            run(arguments[0], unchangedArguments(arguments));
        } catch (ExceptionInInitializerError e) {
            if (!(e.getCause() instanceof NativeLibraryException hint)) {
                throw e;
            }
            // the native library cannot be had, so neither can any other way to write this
            System.err.println("pekko-supervisor: fatal: " + hint.getMessage());
            Exit.now(FATAL);
        }
    }

    private static void run(String program, List<OsString> words) {
        List<OsString> rest = words.subList(1, words.size());
        switch (program) {
            case "runsvdir" -> RunsvdirProgram.run(rest);
            case "runsv" -> RunsvProgram.run(rest);
            case "archive" -> ArchiveTraining.run();
            case "--help", "-h", "help" -> {
                System.out.print(USAGE);
                Exit.now(0);
            }
            default -> Exit.usage("pekko-supervisor: unknown command " + program + "\n" + USAGE, 100);
        }
    }

    /** The arguments' own bytes: the JVM decodes them by the locale, which loses names under LANG=C. */
    private static List<OsString> unchangedArguments(String[] arguments) {
        List<OsString> commandLine = Launch.ofThisJvm().arguments();
        if (commandLine.size() >= arguments.length) {
            return commandLine.subList(commandLine.size() - arguments.length, commandLine.size());
        }
        return java.util.Arrays.stream(arguments).map(OsString::of).toList();
    }
}
