package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.log.EventLog;
import io.github.pekkosupervisor.protocol.LogEntry;
import io.github.pekkosupervisor.protocol.TreeEvent;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import org.slf4j.spi.DefaultLoggingEventBuilder;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Writes events to SLF4J, an entry for each; a listener like any other, one for each tree. The text says all, and the
 * key-value pairs say it to machines. The MDC has {@code supervisor}, its path, and {@code child}, the id of the child
 * that it is about, if it is about one.
 *
 * <p>Where the logger is at trace stacks are whole, and everything is written as often as it happens. Not at debug:
 * that is the level of Logback without a configuration, which a developer sees first.
 */
public final class SupervisorLog implements Consumer<TreeEvent>, EventLog.Writer {

    /** Of the logger of all that concerns supervision. */
    public static final String NAME = "io.github.pekkosupervisor.Supervisor";

    private static final Logger LOG = LoggerFactory.getLogger(NAME);

    /** Else SLF4J would write the pairs into the text, which says all that they say. */
    private static final boolean HAS_PAIRS = LOG instanceof LoggingEventAware
            || !(LOG.makeLoggingEventBuilder(Level.ERROR) instanceof DefaultLoggingEventBuilder);

    private final EventLog words;

    /**
     * A supervisor is at work, before it tells anything.
     *
     * @param incarnation which one it is of its child
     * @param isFirst whether it is the first, or nobody's child
     */
    record Begun(String path, long incarnation, boolean isFirst) {}

    /**
     * One that has written nothing.
     *
     * @param clock nanoseconds that never go back
     * @param threads for what is still to be said when nothing more happens
     */
    public SupervisorLog(LongSupplier clock, Executor threads) {
        this.words = new EventLog(this, clock, threads);
    }

    @Override
    public void accept(TreeEvent event) {
        words.tell(event);
    }

    /** Another incarnation of a supervisor tells from now on. */
    void begins(Begun supervisor) {
        words.begins(supervisor.path(), supervisor.incarnation(), supervisor.isFirst());
    }

    @Override
    public boolean writes(Level level) {
        return LOG.isEnabledForLevel(level);
    }

    @Override
    public boolean wantsAll() {
        return LOG.isTraceEnabled();
    }

    @Override
    public void write(LogEntry entry) {
        Map<String, Object> fields = entry.fields();
        note("supervisor", fields);
        note("child", fields);
        try {
            LoggingEventBuilder line =
                    LOG.atLevel(entry.level()).setCause(entry.cause().orElse(null));
            for (Map.Entry<String, Object> field :
                    HAS_PAIRS ? fields.entrySet() : Set.<Map.Entry<String, Object>>of()) {
                line = line.addKeyValue(field.getKey(), field.getValue());
            }
            line.log(entry.text());
        } finally {
            MDC.remove("supervisor");
            MDC.remove("child");
        }
    }

    private static void note(String key, Map<String, Object> fields) {
        Object value = fields.get(key);
        if (value != null) {
            MDC.put(key, value.toString());
        }
    }

    /** Tells a listener; whatever that throws is logged and goes no further. */
    static void tell(Consumer<? super TreeEvent> listener, TreeEvent event) {
        try {
            listener.accept(event);
        } catch (Throwable thrown) {
            failed(event, thrown);
        }
    }

    private static void failed(TreeEvent event, Throwable thrown) {
        try {
            LOG.error("a listener of [{}] failed at [{}]", event.path(), event, thrown);
        } catch (Throwable alsoTheLog) {
            // there is nobody left to tell, and no child has done anything wrong
        }
    }
}
