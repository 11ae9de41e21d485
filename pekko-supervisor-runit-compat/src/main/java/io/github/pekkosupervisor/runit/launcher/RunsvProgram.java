package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.JvmSignals;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.SingleService;
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
        LaunchedSystem.keepIgnoredSignals();
        for (Signal signal : DEADLY) {
            JvmSignals.handle(signal.name(), () -> dieBy(signal));
        }
        OwnProcess.restoreDefault(Signal.TERM);
        EarlySignals<SingleService.Command> signals = new EarlySignals<>();
        signals.on(Signal.TERM, SingleService.Command.TERMINATE);
        signals.deliverTo(LaunchedSystem.start(SingleService.create(arguments.get(0), Exit::say, Exit::now), "runsv"));
    }

    private static void dieBy(Signal signal) {
        try {
            OwnProcess.dieBy(signal);
        } catch (PosixException e) {
            final int signalBase = 128;
            Exit.now(signalBase + signal.number());
        }
    }
}
