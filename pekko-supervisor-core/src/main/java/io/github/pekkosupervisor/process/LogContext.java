package io.github.pekkosupervisor.process;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Keys in the MDC of this thread while code of an application runs that belongs to a child. When it is closed the MDC
 * is as it was before: what that code has put into it does not meet the next one's.
 */
public final class LogContext {

    private final @Nullable Map<String, String> before;

    private LogContext(@Nullable Map<String, String> before) {
        this.before = before;
    }

    /** With these keys, to be closed by the same thread. */
    public static LogContext with(Map<String, String> keys) {
        LogContext context = new LogContext(MDC.getCopyOfContextMap());
        keys.forEach(MDC::put);
        return context;
    }

    /** The MDC is as it was before. */
    public void close() {
        if (before == null || before.isEmpty()) {
            MDC.clear();
        } else {
            MDC.setContextMap(before);
        }
    }
}
