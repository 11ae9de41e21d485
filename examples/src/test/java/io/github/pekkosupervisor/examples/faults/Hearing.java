package io.github.pekkosupervisor.examples.faults;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.pekkosupervisor.posix.Faults;
import java.lang.Thread.UncaughtExceptionHandler;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Hears what is logged, at level warn and above and from the outputs of processes, and what no thread has caught, and
 * tells whose threads said it.
 */
final class Hearing implements AutoCloseable {

    private static final Map<Faults, Consumer<String>> HEARERS = new ConcurrentHashMap<>();

    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final Logger outputs = (Logger) LoggerFactory.getLogger("process");
    private final @Nullable UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    private final Ear ear = new Ear();

    Hearing() {
        ear.setContext(root.getLoggerContext());
        ear.start();
        root.addAppender(ear);
        root.setLevel(Level.WARN);
        outputs.setLevel(Level.INFO);
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> tell("uncaught: " + thrown));
    }

    /** From now on this one is told what the threads of these calls say. */
    static void listen(Faults faults, Consumer<String> hearer) {
        HEARERS.put(faults, hearer);
    }

    private static void tell(String what) {
        Faults.ofThisThread().map(HEARERS::get).ifPresent(hearer -> hearer.accept(what));
    }

    private static final class Ear extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            tell(
                    event.getLoggerName().startsWith("process.")
                            ? event.getLoggerName() + ": " + event.getFormattedMessage()
                            : event.getLevel() + " " + event.getFormattedMessage());
        }
    }

    @Override
    public void close() {
        root.detachAppender(ear);
        root.setLevel(Level.OFF);
        outputs.setLevel(null);
        Thread.setDefaultUncaughtExceptionHandler(before);
        HEARERS.clear();
    }
}
