package io.github.pekkosupervisor.runit.imports;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as compose writes them: 1m30s. */
final class Times {

    private static final Pattern PART = Pattern.compile("(\\d{1,9})(\\.\\d{1,9})?(us|ms|s|m|h)");

    private Times() {}

    /** Empty if it is none. */
    static Optional<Duration> parse(String text) {
        Duration all = Duration.ZERO;
        Matcher part = PART.matcher(text);
        int at = 0;
        while (part.find() && part.start() == at) {
            long unit = nanosOf(part.group(3));
            all = all.plus(Duration.ofNanos(unit).multipliedBy(Long.parseLong(part.group(1))));
            if (part.group(2) != null) {
                all = all.plusNanos((long) ((double) unit * Double.parseDouble("0" + part.group(2))));
            }
            at = part.end();
        }
        return at == 0 || at < text.length() ? Optional.empty() : Optional.of(all);
    }

    private static long nanosOf(String unit) {
        ChronoUnit known = switch (unit) {
            case "us" -> ChronoUnit.MICROS;
            case "ms" -> ChronoUnit.MILLIS;
            case "s" -> ChronoUnit.SECONDS;
            case "m" -> ChronoUnit.MINUTES;
            default -> ChronoUnit.HOURS;
        };
        return known.getDuration().toNanos();
    }
}
