package io.github.pekkosupervisor.log;

import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Arrays;

/** What tells one reason from another for a reader: two crashes at the same place are the same one. */
final class Why {

    private static final int LONGEST_CHAIN = 20;
    private static final int LONGEST_TEXT = 200;

    private Why() {}

    /** What was thrown, by its type and place; its message, like any text, may be another each time. */
    private record Thrown(String type, int stack, String root) {}

    /** Equal for reasons that are the same. */
    static Object of(ExitReason reason) {
        if (reason instanceof ExitReason.Crash crash) {
            return of(crash.cause());
        }
        boolean inOwnWords = reason instanceof ExitReason.Failed
                || reason instanceof ExitReason.ShutdownWith
                || reason instanceof ExitReason.Hung;
        return inOwnWords ? withoutNumbers(reason.toString()) : reason;
    }

    private static Object of(Throwable thrown) {
        try {
            Throwable root = thrown;
            for (int i = 0; i < LONGEST_CHAIN && root.getCause() != null; i++) {
                root = root.getCause();
            }
            int stack = Arrays.hashCode(root.getStackTrace());
            return new Thrown(
                    thrown.getClass().getName(), stack, root.getClass().getName());
        } catch (RuntimeException | StackOverflowError ofTheApplication) {
            return new Thrown(thrown.getClass().getName(), 0, "");
        }
    }

    /** Times, addresses and counts do not make a reason another. */
    private static String withoutNumbers(String text) {
        String start = text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
        return start.replaceAll("[0-9]+", "0");
    }
}
