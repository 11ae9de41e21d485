package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Succession;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.OwnerLost;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.process.TreeLeft;
import io.github.pekkosupervisor.runit.supervise.StateFile;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * {@code pekko-supervisor --self-check}: whether this distribution works here, with this JDK, and can go on with what a
 * launcher leaves: the actor system of a launcher starts, and so does a process, whose exit code is told. Exit code 0,
 * or 111 with a line that says why not.
 */
final class SelfCheck {

    /** Before the program file, and then the words of its command line, in hexadecimal digits, with blanks between. */
    static final String COMMAND = "command ";

    private static final int FATAL = 111;
    private static final int CODE = 42;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private SelfCheck() {}

    /** @param words the versions of what a launcher leaves to the next, and of its records; none to ask for nothing */
    static void run(List<OsString> words) {
        if (words.size() > 0 && !words.get(0).toString().equals(Integer.toString(Succession.VERSION))) {
            refuse("it cannot take over what a launcher leaves in version " + words.get(0) + ", only "
                    + Succession.VERSION);
        }
        if (words.size() > 1 && newer(words.get(1), StateFile.VERSION)) {
            refuse("it cannot read records of version " + words.get(1) + ", only up to " + StateFile.VERSION);
        }
        if (words.size() > 2 && newer(words.get(2), TreeLeft.VERSION)) {
            refuse("it cannot take over a tree that is left in version " + words.get(2) + ", only up to "
                    + TreeLeft.VERSION);
        }
        OwnDist.directory().ifPresent(SelfCheck::mustBeWhole);
        LaunchedSystem.start(check(words.size() + 1), "self-check", EarlySignals.open());
    }

    /** What a launcher needs has been needed to come here; an operator needs the tools. */
    private static void mustBeWhole(OsString dist) {
        for (String name : List.of("bin/sv", "lib/tools.jar", "lib/tools.options")) {
            OsString file = dist.plus("/" + name);
            if (!Directory.exists(file)) {
                refuse(file + " is not there: this distribution is not whole");
            }
        }
    }

    private static boolean newer(OsString version, int known) {
        try {
            return Integer.parseInt(version.toString()) > known;
        } catch (NumberFormatException e) {
            return true;
        }
    }

    /**
     * The command that has started this JVM, without these words: a launcher that becomes this one has to start it so,
     * with no shell before it, which would wait for the launcher's children.
     *
     * @param words how many
     */
    private static String command(int words) {
        List<OsString> line = Launch.commandLine();
        StringBuilder text = new StringBuilder(COMMAND);
        text.append(HexFormat.of().formatHex(OwnProcess.program().bytes()));
        for (OsString word : line.subList(0, line.size() - words)) {
            text.append(' ').append(HexFormat.of().formatHex(word.bytes()));
        }
        return text.toString();
    }

    /** @param words how many the command line ends with that ask for this */
    private static Behavior<Object> check(int words) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            ProcessSpec process = ProcessSpec.bare(
                            List.of(OsString.of("/bin/sh"), OsString.of("-c"), OsString.of("exit " + CODE)))
                    .withOwnerLost(OwnerLost.KEEP);
            context.spawn(
                    ProcessActor.create(process, context.getSelf(), event -> event), "process", Processes.dispatcher());
            timers.startSingleTimer("overdue", LIMIT);
            return Behaviors.receive(Object.class)
                    .onMessage(ProcessEvent.Exited.class, exited -> {
                        if (exited.status().equals(io.github.pekkosupervisor.posix.ExitStatus.ofCode(CODE))) {
                            System.out.println("works here, with Java " + Runtime.version());
                            System.out.println(command(words));
                            Exit.now(0);
                        }
                        return refuse("a process that was to end with " + CODE + " has ended " + exited.status());
                    })
                    .onMessage(
                            ProcessEvent.StartFailed.class,
                            failed -> refuse("no process can be started: "
                                    + failed.cause().getMessage()))
                    .onMessage(
                            String.class,
                            overdue -> refuse("no process could be started within " + LIMIT.toSeconds() + " s"))
                    .onAnyMessage(other -> Behaviors.same())
                    .build();
        }));
    }

    private static Behavior<Object> refuse(String why) {
        Exit.say(OsString.of("pekko-supervisor: fatal: " + why + "\n"));
        Exit.now(FATAL);
        return Behaviors.stopped();
    }
}
