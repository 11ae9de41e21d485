package io.github.pekkosupervisor.runit.imports;

import com.typesafe.config.ConfigUtil;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How values are written, with quotes only where they are needed. */
final class Hocon {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

    /** Words that would be something else without quotes. */
    private static final Set<String> MEANT = Set.of("true", "false", "null", "include", "infinite");

    private Hocon() {}

    static String word(String text) {
        return PLAIN.matcher(text).matches() && !MEANT.contains(text) ? text : ConfigUtil.quoteString(text);
    }

    /** Of a list of names or numbers. */
    static String list(List<String> written) {
        return written.stream().collect(Collectors.joining(", ", "[", "]"));
    }

    /** In the largest unit in which it is a whole number. */
    static String time(Duration time) {
        if (time.toMillis() == 0) {
            // none is something else than a short one
            return time.isZero() ? "0s" : "1ms";
        }
        if (time.toMillisPart() != 0) {
            return time.toMillis() + "ms";
        }
        if (time.toSecondsPart() != 0) {
            return time.toSeconds() + "s";
        }
        return time.toMinutesPart() != 0 ? time.toMinutes() + "m" : time.toHours() + "h";
    }
}
