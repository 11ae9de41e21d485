package io.github.pekkosupervisor.runit.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sections with keys, as supervisord reads them: Python's RawConfigParser with comments behind values too. A reader of
 * our own, since those of others differ in exactly that, and do not know their lines.
 */
final class IniFile {

    private static final Pattern SECTION = Pattern.compile("\\[([^\\]]+)\\].*");
    private static final Pattern KEY = Pattern.compile("([^=:\\s][^=:]*?)\\s*[=:]\\s*(.*)");
    private static final Pattern COMMENT_BEHIND = Pattern.compile("(^|\\s)[;#].*");

    /** A value, and in which line it begins. */
    record Value(int line, String text) {}

    /** A section; of two with one name the later values count. */
    record Section(String name, int line, Map<String, Value> values) {

        @Nullable
        Value get(String key) {
            return values.get(key);
        }
    }

    private final Conversion to;
    private final Map<String, Section> sections = new LinkedHashMap<>();
    private @Nullable Section section;
    private @Nullable String key;
    private int keyIndent;

    private IniFile(Conversion to) {
        this.to = to;
    }

    static List<Section> read(String text, Conversion to) throws ForeignFileException {
        IniFile file = new IniFile(to);
        String[] lines = text.split("\\R", -1);
        for (int at = 0; at < lines.length; at++) {
            file.take(at + 1, lines[at]);
        }
        return new ArrayList<>(file.sections.values());
    }

    private void take(int number, String whole) throws ForeignFileException {
        if (whole.strip().startsWith("#") || whole.strip().startsWith(";")) {
            return;
        }
        String line = COMMENT_BEHIND.matcher(whole).replaceFirst("").stripTrailing();
        int indent = line.length() - line.stripLeading().length();
        if (line.isEmpty()) {
            return;
        }
        if (section != null && key != null && indent > keyIndent) {
            String name = key;
            Value before = section.values().get(name);
            int first = before == null ? number : before.line();
            String text = before == null ? "" : before.text();
            section.values().put(name, new Value(first, text + "\n" + line.strip()));
            return;
        }
        Matcher header = SECTION.matcher(line.strip());
        if (header.matches()) {
            section =
                    sections.computeIfAbsent(header.group(1), name -> new Section(name, number, new LinkedHashMap<>()));
            key = null;
            return;
        }
        pair(number, line.strip(), indent);
    }

    private void pair(int number, String line, int indent) throws ForeignFileException {
        Matcher pair = KEY.matcher(line);
        if (section == null || !pair.matches()) {
            throw to.mistake(
                    number,
                    section == null
                            ? "a file of supervisord begins with a [section]; is this one?"
                            : "neither a [section] nor KEY=VALUE");
        }
        key = pair.group(1).toLowerCase(Locale.ROOT);
        keyIndent = indent;
        section.values().put(key, new Value(number, pair.group(2)));
    }
}
