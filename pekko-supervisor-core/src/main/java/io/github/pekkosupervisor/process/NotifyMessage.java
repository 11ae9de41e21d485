package io.github.pekkosupervisor.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkosupervisor.posix.Excerpt;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a process says of itself in one message to its {@code NOTIFY_SOCKET}, as {@code sd_notify(3)} has it. Lines
 * {@code NAME=value} that mean nothing here are passed over, as are values that are none; the first of a name counts.
 *
 * @param ready {@code READY=1}
 * @param reloading {@code RELOADING=1}; {@code READY=1} says that this is over
 * @param stopping {@code STOPPING=1}
 * @param status {@code STATUS=}: one line of at most 200 characters that does nothing to a terminal
 * @param mainPid {@code MAINPID=}: the process that the work has been handed to
 * @param errno {@code ERRNO=}
 * @param busError {@code BUSERROR=}, as {@link #status}
 * @param watchdogKept {@code WATCHDOG=1}: it works still
 * @param watchdogTriggered {@code WATCHDOG=trigger}: it says itself that it does not
 * @param watchdogTimeout {@code WATCHDOG_USEC=}: how long it may be silent from now on
 */
record NotifyMessage(
        boolean ready,
        boolean reloading,
        boolean stopping,
        Optional<String> status,
        OptionalInt mainPid,
        OptionalInt errno,
        Optional<String> busError,
        boolean watchdogKept,
        boolean watchdogTriggered,
        Optional<Duration> watchdogTimeout) {

    private static final int LONGEST_TEXT = 200;
    private static final long MOST_DIGITS = 18;

    static NotifyMessage parse(byte[] bytes) {
        String text = new String(bytes, UTF_8);
        String watchdog = value(text, "WATCHDOG");
        return new NotifyMessage(
                "1".equals(value(text, "READY")),
                "1".equals(value(text, "RELOADING")),
                "1".equals(value(text, "STOPPING")),
                shown(value(text, "STATUS")),
                number(value(text, "MAINPID"), 1),
                number(value(text, "ERRNO"), 0),
                shown(value(text, "BUSERROR")),
                "1".equals(watchdog),
                "trigger".equals(watchdog),
                micros(value(text, "WATCHDOG_USEC")));
    }

    private static @Nullable String value(String text, String name) {
        String line = name + "=";
        int at = text.startsWith(line) ? 0 : text.indexOf("\n" + line) + 1;
        if (at == 0 && !text.startsWith(line)) {
            return null;
        }
        int end = text.indexOf('\n', at);
        return text.substring(at + line.length(), end < 0 ? text.length() : end);
    }

    private static Optional<String> shown(@Nullable String value) {
        return Optional.ofNullable(value).map(text -> Excerpt.of(Excerpt.line(text), LONGEST_TEXT));
    }

    private static Optional<Long> number(@Nullable String value) {
        boolean isNumber = value != null
                && !value.isEmpty()
                && value.length() <= MOST_DIGITS
                && value.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        return isNumber ? Optional.of(Long.parseLong(value)) : Optional.empty();
    }

    private static OptionalInt number(@Nullable String value, int least) {
        return number(value)
                .filter(number -> number >= least && number <= Integer.MAX_VALUE)
                .map(number -> OptionalInt.of(number.intValue()))
                .orElseGet(OptionalInt::empty);
    }

    private static Optional<Duration> micros(@Nullable String value) {
        return number(value)
                .filter(micros -> micros > 0)
                .map(micros -> Duration.ofNanos(micros).multipliedBy(1000));
    }
}
