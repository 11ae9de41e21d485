package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.runit.imports.IniFile.Section;
import io.github.pekkosupervisor.runit.imports.IniFile.Value;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a section says by its keys, read as supervisord reads it. */
record SupervisordKeys(Section section, Conversion to) {

    private static final int USUAL_PRIORITY = 999;

    @Nullable
    Value get(String key) {
        return section.get(key);
    }

    int priority() throws ForeignFileException {
        return number("priority", USUAL_PRIORITY);
    }

    int number(String key, int otherwise) throws ForeignFileException {
        Value value = section.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value.text().strip());
        } catch (NumberFormatException e) {
            throw mistake(key, "must be a number, was " + value.text());
        }
    }

    boolean flag(String key, boolean otherwise) throws ForeignFileException {
        Value value = section.get(key);
        if (value == null) {
            return otherwise;
        }
        return switch (value.text().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw mistake(key, "must be true or false, was " + value.text());
        };
    }

    ForeignFileException mistake(String key, String what) {
        return to.mistake(lineOf(key), key + " " + what);
    }

    /** That of the section, if the key is not there. */
    int lineOf(String key) {
        Value value = section.get(key);
        return value == null ? section.line() : value.line();
    }
}
