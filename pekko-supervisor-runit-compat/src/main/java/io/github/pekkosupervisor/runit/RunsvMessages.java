package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
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
        } else if (event instanceof ServiceEvent.NotRun notRun && Trouble.isOfOurs(notRun)) {
            reporter.warnOfOurs(Trouble.unableToStart(notRun));
        } else if (event instanceof ServiceEvent.NotRun notRun) {
            reporter.fatal(Trouble.unableTo(notRun), notRun.cause());
        } else if (event instanceof ServiceEvent.ScriptNotRun notRun && notRun.refused()) {
            reporter.warn("unable to fork for control/" + notRun.letter(), notRun.cause());
        } else if (event instanceof ServiceEvent.ScriptNotRun notRun) {
            reporter.fatal("unable to run control/?", notRun.cause());
        }
    }
}
