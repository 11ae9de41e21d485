package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.config.Slips;
import io.github.pekkosupervisor.posix.InheritedDescriptors;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.NativeLibrary;
import io.github.pekkosupervisor.posix.NativeLibraryException;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.runit.supervise.Printable;
import io.github.pekkosupervisor.runit.tools.Tool;
import io.github.pekkosupervisor.runit.tools.Tools;
import io.github.pekkosupervisor.runit.top.Top;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The entry of the launcher jar: the first argument names the program. */
public final class Main {

    private static final String USAGE = """
            usage: pekko-supervisor runsvdir [--init | --stop-on-term] [--stop-within time] [--supervise-in place]
                                    [--state state] [--verbose] [-P] dir [log]
                   pekko-supervisor runsv [--verbose] dir
                   pekko-supervisor run [--check] [--stop-within time] file
                   pekko-supervisor template
                   pekko-supervisor import [--from procfile|supervisord|compose] file
                   pekko-supervisor status [--json] [dir ...]
                   pekko-supervisor tree [--json] [dir ...]
                   pekko-supervisor top [dir]
                   pekko-supervisor page [--listen address] [--commands] [dir]
                   pekko-supervisor upgrade [--dist new] [--java-home jdk] [--state state] dir
                   pekko-supervisor program [words ...]
                   pekko-supervisor archive
                   pekko-supervisor --version

            runsvdir  supervise every service directory in dir, as runit's runsvdir
            runsv     supervise one service directory, as runit's runsv
            run       supervise the tree of processes and service directories that a file in HOCON describes
            template  print such a file, explained, to begin with
            import    print a Procfile, a supervisord.conf or a compose.yaml as such a file, and tell what has no counterpart
            status    show the services in dir as a table; 1 if one does not do what it should
            tree      show them as a tree, the children of one in Java below their supervisors, with their strategies
            top       show them as they are now, until q is typed, with keys that restart, stop and start them
            page      show them in a browser, as they are now; prints the address, and goes on until INT or TERM
            upgrade   have the launcher of dir become another version of itself; no service notices
            archive   make the archives of classes that have it start fast, as a first start does
            program   sv, svlogd, chpst, setuidgid, envuidgid, envdir, pgrphack, setlock, softlimit, runsvchdir, utmpset,
                      as runit's
            """;

    private static final int FATAL = 111;

    /** Those that speak under their own names. */
    private static final List<String> PROGRAMS = List.of(
            "runsvdir",
            "runsv",
            "sv",
            "svlogd",
            "chpst",
            "setuidgid",
            "envuidgid",
            "envdir",
            "pgrphack",
            "setlock",
            "softlimit",
            "runsvchdir",
            "utmpset");

    /** Those that are words of {@code pekko-supervisor} alone. */
    private static final List<String> OWN =
            List.of("run", "status", "tree", "top", "page", "template", "import", "upgrade", "archive");

    /** A word that is longer is no slip of the pen. */
    private static final int LONGEST = 32;

    /** The only tool that is there long enough for people to look for it. */
    private static final String LONG_LIVED = "svlogd";

    private Main() {}

    /** The names under which runit's programs are in {@code bin}. */
    public static List<String> programs() {
        return PROGRAMS;
    }

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
        boolean byScript = InheritedDescriptors.note();
        try {
            NativeLibrary.load();
        } catch (NativeLibraryException e) {
            // it cannot be had, so neither can any other way to write this
            System.err.println(nameOf(arguments[0]) + ": fatal: " + e.getMessage());
            Runtime.getRuntime().halt(FATAL);
        }
        if (arguments[0].equals("runsvdir") || arguments[0].equals("run")) {
            Succession.take()
                    .ifPresent(why -> Exit.say(OsString.of(nameOf(arguments[0]) + ": warning: " + why + "\n")));
        }
        if (!byScript) {
            InheritedDescriptors.replaceClosedStandardOnes();
        }
        run(unchangedArguments(arguments));
    }

    /** What a program calls itself in messages. */
    private static String nameOf(String word) {
        String program = word.indexOf(':') < 0 ? word : word.substring(0, word.indexOf(':'));
        return PROGRAMS.contains(program) ? program : "pekko-supervisor";
    }

    private static void run(List<OsString> words) {
        OsString called = words.get(0);
        int colon = called.indexOf(':', 0);
        String program = (colon < 0 ? called : called.slice(0, colon)).toString();
        List<OsString> rest = words.subList(1, words.size());
        Tool tool = Tools.named(program);
        if (tool != null) {
            if (program.equals(LONG_LIVED)) {
                ProcessTitle.show(LONG_LIVED, rest);
            }
            Exit.now(tool.run(called.slice(colon + 1, called.length()), rest));
        } else {
            supervise(program, rest);
        }
    }

    /** The programs that are actors. */
    private static void supervise(String program, List<OsString> words) {
        switch (program) {
            case "runsvdir" -> RunsvdirProgram.run(words);
            case "runsv" -> RunsvProgram.run(words);
            case "run" -> RunProgram.run(words);
            case "template" -> Template.run(words);
            case "import" -> ImportProgram.run(words);
            case "--self-check" -> SelfCheck.run(words);
            case "archive-launcher" -> ArchiveTraining.run(words);
            case "archive-tools" -> ToolsTraining.run(words);
            case "--help", "-h", "help" -> Exit.help(USAGE);
            case "--version", "-V", "version" -> Exit.help(version());
            case "page" -> PageProgram.run(words);
            case "top" -> Exit.now(new Top(Clock.systemUTC()).run(words));
            default -> Exit.usage("pekko-supervisor: " + unknown(program) + "\n" + USAGE, 100);
        }
    }

    /** What is said of a first word that is none of ours. */
    static String unknown(String program) {
        Optional<String> meant = program.length() > LONGEST ? Optional.empty() : Slips.meant(program, commands());
        return "unknown command " + Printable.onTerminal(OsString.of(program))
                + meant.map(command -> "; did you mean " + command + "?").orElse("");
    }

    private static List<String> commands() {
        return Stream.concat(OWN.stream(), PROGRAMS.stream()).toList();
    }

    private static String version() {
        // of classes that are in no jar it is not known
        String version = Main.class.getPackage().getImplementationVersion();
        return "pekko-supervisor " + (version == null ? "(of no version)" : version) + ", with Java "
                + Runtime.version() + "\n";
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
