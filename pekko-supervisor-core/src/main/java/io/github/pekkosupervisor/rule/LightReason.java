package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ShortText;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Locale;

/**
 * What is remembered of an {@link ExitReason}: enough to write it, and no hold on what a child has thrown, which may
 * keep much of the application alive.
 */
final class LightReason {

    private static final int LONGEST_TEXT = 200;

    private LightReason() {}

    /** What is left of a crash. */
    private record Thrown(Class<?> type, String message) {
        @Override
        public String toString() {
            return "crash(" + type.getName() + (message.isEmpty() ? "" : ": " + message) + ")";
        }
    }

    /** A reason without a life of its own: an {@link ExitReason}, {@link Thrown}, or text. */
    static Object of(ExitReason reason) {
        if (reason instanceof ExitReason.Crash crash) {
            return new Thrown(crash.cause().getClass(), shortened(message(crash.cause())));
        }
        boolean inOwnWords = reason instanceof ExitReason.Failed
                || reason instanceof ExitReason.ShutdownWith
                || reason instanceof ExitReason.StartTimeoutWith
                || reason instanceof ExitReason.Hung;
        return inOwnWords ? shortened(reason.toString()) : reason;
    }

    /** An exception of the application may fail to say it. */
    private static String message(Throwable thrown) {
        try {
            String message = thrown.getLocalizedMessage();
            return message == null ? "" : message;
        } catch (Throwable failure) {
            return String.format(
                    Locale.ROOT,
                    "a message that cannot be shown, for %s",
                    failure.getClass().getName());
        }
    }

    static String shortened(String text) {
        return ShortText.of(text, LONGEST_TEXT);
    }
}
