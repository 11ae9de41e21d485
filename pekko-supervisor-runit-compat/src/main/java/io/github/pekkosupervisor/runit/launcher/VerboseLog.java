package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.log.EventLog;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.runit.ServiceEvent;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.event.Level;

/**
 * Says on standard error what runit is silent about: starts, ends, how long a run was and what waits, in the words of a
 * tree's log. Only where the launcher was asked to: {@code --verbose}, or the system property {@value #PROPERTY}.
 * runit's own messages are not its business.
 */
final class VerboseLog implements Consumer<ServiceEvent>, EventLog.Writer {

    static final String PROPERTY = "pekko-supervisor.verbose";

    private final String prefix;
    private final Consumer<OsString> sink;
    private final EventLog words;

    /**
     * @param program {@code runsv} or {@code runsvdir}
     * @param directory its directory, as it was given
     * @param sink gets each message as one line, with its newline
     * @param clock nanoseconds that never go back
     */
    VerboseLog(String program, OsString directory, Consumer<OsString> sink, LongSupplier clock) {
        Executor sameThread = Runnable::run;
        this.prefix = program + " " + Printable.onTerminal(directory) + ": ";
        this.sink = sink;
        this.words = new EventLog(this, clock, sameThread);
    }

    /** Whether the property asks for it. */
    static boolean isAskedFor() {
        return Boolean.getBoolean(PROPERTY);
    }

    @Override
    public void accept(ServiceEvent event) {
        if (!isSaidAnyway(event)) {
            words.tell(event);
        }
    }

    /** There is a message of runit's, or one of ours, for it. */
    private static boolean isSaidAnyway(ServiceEvent event) {
        return event instanceof ServiceEvent.Warned
                || event instanceof ServiceEvent.StartRefused
                || event instanceof ServiceEvent.NotRun
                || event instanceof ServiceEvent.Hung
                || event instanceof ServiceEvent.Recovered
                || event instanceof ServiceEvent.ScriptNotRun
                || event instanceof ServiceEvent.SupervisionFailed;
    }

    @Override
    public boolean writes(Level level) {
        return level.toInt() >= Level.INFO.toInt();
    }

    @Override
    public boolean wantsAll() {
        return false;
    }

    @Override
    public void write(LogEntry entry) {
        String level = entry.level().toString().toLowerCase(Locale.ROOT);
        sink.accept(OsString.of(prefix + level + ": " + Printable.oneLine(entry.text()) + "\n"));
    }
}
