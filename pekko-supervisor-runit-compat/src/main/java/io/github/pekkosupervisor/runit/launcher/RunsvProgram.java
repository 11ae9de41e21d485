package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Launch;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.SingleService;
import io.github.pekkosupervisor.runit.StreamPlace;
import java.util.List;

/** {@code runsv dir}: one service directory, as {@code runsv(8)}. */
final class RunsvProgram {

    /** The signals that runsv does not catch; QUIT, which it does not either, makes the JVM tell its threads. */
    private static final List<Signal> DEADLY = List.of(Signal.HUP, Signal.INT, Signal.ALRM);

    private RunsvProgram() {}

    static void run(List<OsString> arguments) {
        if (arguments.size() != 1) {
            Exit.usage("usage: runsv dir\n\n", 1);
            return;
        }
        // read before any handler is put
        Launch.ofThisJvm();
        OwnProcess.ignoreAsAtLaunch(Signal.HUP, Signal.TERM);
        DEADLY.forEach(OwnProcess::stopCatching);
        ProcessTitle.show("runsv", arguments);
        EarlySignals<SingleService.Command> signals = EarlySignals.open();
        signals.on(Signal.TERM, SingleService.Terminate.INSTANCE);
        OsString directory = arguments.get(0);
        StreamPlace place = VerboseLog.isAskedFor()
                ? new StreamPlace(
                        StreamPlace.ALONE.path(), new VerboseLog("runsv", directory, Exit::say, System::nanoTime))
                : StreamPlace.ALONE;
        LaunchedSystem.start(SingleService.create(directory, Exit::say, place, Exit::now), "runsv", signals);
    }
}
