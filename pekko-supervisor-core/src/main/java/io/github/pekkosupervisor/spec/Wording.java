package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.DurationText;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** In whose words it is told what is wrong with a specification. */
public enum Wording {
    /** Those of the Java API. */
    JAVA,
    /** Those of a configuration file: its keys and its values. */
    FILE;

    /** One of the two. */
    String of(String java, String file) {
        return this == JAVA ? java : file;
    }

    /** A value as it is written there. */
    String of(@Nullable Object value) {
        if (this == FILE && value instanceof Enum<?> constant) {
            return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
        if (value instanceof Duration time) {
            return this == FILE ? time(time) : DurationText.given(time);
        }
        return String.valueOf(value);
    }

    private static String time(Duration time) {
        if (time.equals(Duration.ofSeconds(time.toSeconds()))) {
            return time.toSeconds() + "s";
        }
        return time.equals(Duration.ofMillis(time.toMillis())) ? time.toMillis() + "ms" : time.toNanos() + "ns";
    }
}
