package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.SingleService;
import io.github.pekkosupervisor.runit.StreamPlace;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.util.List;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** {@code runsv [--verbose] dir}: one service directory, as {@code runsv(8)}. */
final class RunsvProgram {

    /** The signals that runsv does not catch; QUIT, which it does not either, makes the JVM tell its threads. */
    private static final List<Signal> DEADLY = List.of(Signal.HUP, Signal.INT, Signal.ALRM);

    private static final String USAGE = "usage: runsv [--verbose] dir\n\n";

    private RunsvProgram() {}

    static void run(List<OsString> arguments) {
        if (arguments.equals(List.of(OsString.of("--help")))) {
            Exit.help(USAGE);
            return;
        }
        boolean asked = arguments.size() > 1 && arguments.get(0).equals(OsString.of("--verbose"));
        List<OsString> words = asked ? arguments.subList(1, arguments.size()) : arguments;
        if (words.size() != 1) {
            Exit.usage(USAGE, 1);
            return;
        }
        // read before any handler is put
        Launch.ofThisJvm();
        OwnProcess.ignoreAsAtLaunch(Signal.HUP, Signal.TERM);
        DEADLY.forEach(OwnProcess::stopCatching);
        ProcessTitle.show("runsv", arguments);
        EarlySignals<SingleService.Command> signals = EarlySignals.open();
        signals.on(Signal.TERM, SingleService.Terminate.INSTANCE);
        OsString directory = words.get(0);
        StreamPlace place = asked || VerboseLog.isAskedFor()
                ? StreamPlace.alone(
                        nameOf(directory.toString()), new VerboseLog("runsv", directory, Exit::say, System::nanoTime))
                : StreamPlace.ALONE;
        Behavior<SingleService.Command> service = SingleService.create(directory, Exit::say, place, Exit::now);
        LaunchedSystem.start(
                Behaviors.setup(context -> {
                    LaunchedSystem.tellOfGuard(context.getSystem(), new Reporter("runsv", directory, Exit::say));
                    return service;
                }),
                "runsv",
                signals);
    }

    /** What a reader knows it by. */
    static String nameOf(String directory) {
        String path = directory.equals(".") ? System.getProperty("user.dir", ".") : directory;
        String name = path.replaceFirst("/+$", "");
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
