package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.NativeLibraryException;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.tools.Tool;
import io.github.pekkosupervisor.runit.tools.Tools;
import java.util.ArrayList;
import java.util.List;

/** The entry of the launcher jar: the first argument names the program. */
public final class Main {

    private static final String USAGE = """
            usage: pekko-supervisor runsvdir [--stop-on-term] [-P] dir [log]
                   pekko-supervisor runsv dir
                   pekko-supervisor status [--json] [dir ...]
                   pekko-supervisor tree [dir ...]
                   pekko-supervisor program [words ...]

            runsvdir  supervise every service directory in dir, as runit's runsvdir
            runsv     supervise one service directory, as runit's runsv
            status    show the services in dir as a table; 1 if one does not do what it should
            tree      show them as a tree
            program   sv, svlogd, chpst, setuidgid, envuidgid, envdir, pgrphack, setlock, softlimit, runsvchdir, as runit's
            """;

    private static final int FATAL = 111;

    private Main() {}

    /**
     * Runs a program; returns when it has been started and ends the JVM with its exit code when it is over.
     *
     * @param arguments the program's name and its arguments; {@code sv:web} is the program {@code sv} called
     *     {@code web}
     */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            Exit.usage(USAGE, 100);
            return;
        }
        try {
            run(unchangedArguments(arguments));
        } catch (ExceptionInInitializerError e) {
            if (!(e.getCause() instanceof NativeLibraryException hint)) {
                throw e;
            }
            // the native library cannot be had, so neither can any other way to write this
            System.err.println("pekko-supervisor: fatal: " + hint.getMessage());
            Exit.now(FATAL);
        }
    }

    private static void run(List<OsString> words) {
        String called = words.get(0).toString();
        int colon = called.indexOf(':');
        String program = colon < 0 ? called : called.substring(0, colon);
        List<OsString> rest = words.subList(1, words.size());
        Tool tool = Tools.named(program);
        if (tool != null) {
            OsString name = OsString.of(called.substring(colon + 1));
            Exit.now(tool.run(name, rest));
        } else {
            supervise(program, rest);
        }
    }

    /** The programs that are actors. */
    private static void supervise(String program, List<OsString> words) {
        switch (program) {
            case "runsvdir" -> RunsvdirProgram.run(words);
            case "runsv" -> RunsvProgram.run(words);
            case "archive" -> ArchiveTraining.run();
            case "archive-tools" -> ToolsTraining.run(words);
            case "--help", "-h", "help" -> {
                System.out.print(USAGE);
                Exit.now(0);
            }
            default -> Exit.usage("pekko-supervisor: unknown command " + program + "\n" + USAGE, 100);
        }
    }

    /** The arguments' own bytes: the JVM decodes them by the locale, which loses names under LANG=C. */
    private static List<OsString> unchangedArguments(String[] arguments) {
        if (!areAscii(arguments)) {
            List<OsString> commandLine = Launch.commandLine();
            if (commandLine.size() >= arguments.length) {
                return commandLine.subList(commandLine.size() - arguments.length, commandLine.size());
            }
        }
        List<OsString> words = new ArrayList<>();
        for (String argument : arguments) {
            words.add(OsString.of(argument));
        }
        return words;
    }

    private static boolean areAscii(String[] arguments) {
        final int beyondAscii = 0x80;
        for (String argument : arguments) {
            for (int i = 0; i < argument.length(); i++) {
                if (argument.charAt(i) >= beyondAscii) {
                    return false;
                }
            }
        }
        return true;
    }
}
