package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.runit.imports.IniFile.Section;
import io.github.pekkosupervisor.runit.imports.IniFile.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What supervisord gives to all of its programs, since it has it itself. */
final class SupervisordDefaults {

    static final List<String> KEYS = List.of("environment", "umask", "directory", "minfds", "minprocs");

    private final Map<String, Value> said;
    private final Map<String, String> environment;
    private final Map<String, Text> known = new HashMap<>();

    SupervisordDefaults(ForeignFile file, Conversion to, @Nullable Section itself) throws ForeignFileException {
        said = itself == null ? Map.of() : itself.values();
        environment = environment(get("environment"), to);
        if (file.text().contains("%(here)s")) {
            known.put("here", to.variables().here(file.directory().toString()));
        }
    }

    /** What a program gets that does not say it. */
    @Nullable
    Value get(String key) {
        return said.get(key);
    }

    /** What the environment of each begins with. */
    Map<String, String> environment() {
        return environment;
    }

    private static Map<String, String> environment(@Nullable Value value, Conversion to) throws ForeignFileException {
        try {
            return value == null ? Map.of() : EnvironmentPairs.read(value.text());
        } catch (IllegalArgumentException e) {
            throw to.mistake(value == null ? 1 : value.line(), "environment cannot be read: " + e.getMessage());
        }
    }

    Expansion expansion(Map<String, Text> ofTheProgram) {
        Map<String, Text> all = new HashMap<>(known);
        all.putAll(ofTheProgram);
        return new Expansion(all);
    }
}
