package io.github.pekkosupervisor.runit.export;

import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMDCAdapter;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Writes to standard error what another JVM logs, in which nothing else would: named by {@code slf4j.provider}. */
public final class StderrLogging implements SLF4JServiceProvider {

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new BasicMDCAdapter();

    /** From info on. */
    private static final class Stderr extends LegacyAbstractLogger {
        private static final long serialVersionUID = 1;

        Stderr(String name) {
            this.name = name;
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return true;
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }

        /** What the MDC says of it: {@code [/workers w1] }. */
        private static String where() {
            String supervisor = MDC.get("supervisor");
            String child = MDC.get("child");
            return supervisor == null ? "" : "[" + supervisor + (child == null ? "" : " " + child) + "] ";
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                @Nullable String pattern,
                Object @Nullable [] arguments,
                @Nullable Throwable throwable) {
            System.err.println("log " + level + " " + where()
                    + MessageFormatter.basicArrayFormat(String.valueOf(pattern), arguments)
                    + (throwable == null ? "" : ": " + throwable));
        }
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return Stderr::new;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // all is there
    }
}
