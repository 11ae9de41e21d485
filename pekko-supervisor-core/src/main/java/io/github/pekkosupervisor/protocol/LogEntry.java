package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.Excerpt;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.event.Level;

/**
 * What a log says of an event: a value, so that the log of a library and standard error say the same.
 *
 * @param level how much it matters
 * @param text a line, or several where all but the first are indented; what would do something to a terminal is escaped
 * @param fields the same for machines, in the order in which they are to be shown: text, numbers and truth values
 * @param cause what was thrown, if that is what it is about
 * @param topic what it has in common with others of its kind, of which a log may leave some out and count them; empty
 *     if it is to be said each time
 */
public record LogEntry(
        Level level, String text, Map<String, Object> fields, Optional<Throwable> cause, Optional<Topic> topic) {

    /** Copies the fields and keeps their order. */
    public LogEntry {
        text = Excerpt.shown(text);
        Map<String, Object> shown = new LinkedHashMap<>(fields);
        shown.replaceAll((key, value) -> value instanceof String words ? Excerpt.shown(words) : value);
        fields = Collections.unmodifiableMap(shown);
    }

    /** Something that is said each time, and about which nothing was thrown. */
    public static LogEntry of(Level level, String text, Map<String, Object> fields) {
        return new LogEntry(level, text, fields, Optional.empty(), Optional.empty());
    }

    /**
     * What is the same in two entries that say the same again.
     *
     * @param kind what has happened
     * @param path the place that tells
     * @param child to whom there
     * @param why equal where the reason is the same to a reader
     */
    public record Topic(String kind, String path, String child, Object why) {}
}
