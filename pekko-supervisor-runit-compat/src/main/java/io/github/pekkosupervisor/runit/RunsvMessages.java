package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Conditions;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.ServiceEvent.Program;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import io.github.pekkosupervisor.runit.supervise.Reporter;
import java.util.function.Consumer;

/** Says on standard error what runit says of what happens in a service directory, byte for byte: a listener. */
final class RunsvMessages implements Consumer<ServiceEvent> {

    private final Consumer<OsString> sink;
    private final Reporter reporter;

    /**
     * @param name of the service directory, as it is to show
     * @param sink gets each message as one line, with its newline
     */
    RunsvMessages(OsString name, Consumer<OsString> sink) {
        this.sink = sink;
        this.reporter = new Reporter("runsv", name, sink);
    }

    @Override
    public void accept(ServiceEvent event) {
        if (event instanceof ServiceEvent.Warned warned) {
            if (warned.line().length() > 0) {
                sink.accept(warned.line());
            }
        } else if (event instanceof ServiceEvent.Hung hung) {
            reporter.warnOfOurs(
                    "run is hung: " + hung.why() + (hung.isStopped() ? "; it is stopped" : "; it is left as it is"));
        } else if (event instanceof ServiceEvent.Recovered) {
            reporter.warnOfOurs("run works again");
        } else if (event instanceof ServiceEvent.StartRefused refused) {
            reporter.warn("unable to fork, sleeping", refused.cause());
        } else if (event instanceof ServiceEvent.NotRun notRun && isOfOurs(notRun)) {
            reporter.warnOfOurs(unableToStart(notRun));
        } else if (event instanceof ServiceEvent.NotRun notRun) {
            reporter.fatal(unableTo(notRun), notRun.cause());
        } else if (event instanceof ServiceEvent.ScriptNotRun notRun && notRun.refused()) {
            reporter.warn("unable to fork for control/" + notRun.letter(), notRun.cause());
        } else if (event instanceof ServiceEvent.ScriptNotRun notRun) {
            reporter.fatal("unable to run control/?", notRun.cause());
        }
    }

    private static String unableTo(ServiceEvent.NotRun notRun) {
        boolean atDirectory = notRun.cause().call().equals("openat");
        return atDirectory ? "unable to change directory to ./log" : "unable to start " + file(notRun.program());
    }

    /** The same with its cause, without who says it. */
    static String unableToStart(ServiceEvent.NotRun notRun) {
        return isOfOurs(notRun)
                ? "run is not started: " + notRun.cause().getMessage()
                : unableTo(notRun) + ": " + ErrorText.of(notRun.cause());
    }

    /**
     * Whether it is for what {@code service.conf} asks for: runit has no words for that, and its own would be untrue.
     */
    static boolean isOfOurs(ServiceEvent.NotRun notRun) {
        return notRun.cause().call().equals("connect") || Conditions.areRefused(notRun.cause());
    }

    private static String file(Program program) {
        return switch (program) {
            case RUN -> "./run";
            case FINISH -> "./finish";
            case LOG -> "log/./run";
        };
    }
}
