package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The environment of a process while it is put together: what is said later has precedence, but for what it is told of
 * itself, which nobody changes.
 */
final class Variables {

    private final List<OsString> first = new ArrayList<>();
    private final List<OsString> others = new ArrayList<>();
    private final Map<OsString, Optional<OsString>> told;

    /**
     * @param mark the first entry, by which a process is known before its number is
     * @param told what it is told of itself; without a value it has no such variable
     */
    Variables(Optional<OsString> mark, Map<String, Optional<String>> told) {
        mark.ifPresent(first::add);
        this.told = inBytes(told);
        this.told.forEach((name, value) -> value.ifPresent(text -> first.add(entry(name, text))));
    }

    /** Whether a process has another environment than the JVM by what is said of it. */
    static boolean changes(ProcessSpec spec) {
        return spec.clearsEnvironment()
                || !spec.environment().isEmpty()
                || !spec.environmentFiles().isEmpty();
    }

    /** Those of the JVM, as they are. */
    void inherit(List<OsString> environment) {
        for (OsString entry : environment) {
            if (!HostGuard.isMark(entry) && told.keySet().stream().noneMatch(name -> sets(entry, name))) {
                others.add(entry);
            }
        }
    }

    /** Sets these, or removes them where the value is empty. */
    void add(Map<OsString, Optional<OsString>> changes) {
        changes.forEach((name, value) -> {
            if (!told.containsKey(name)) {
                others.removeIf(entry -> sets(entry, name));
                value.ifPresent(text -> others.add(entry(name, text)));
            }
        });
    }

    /** The same of text. */
    void change(Map<String, Optional<String>> changes) {
        add(inBytes(changes));
    }

    private static Map<OsString, Optional<OsString>> inBytes(Map<String, Optional<String>> text) {
        Map<OsString, Optional<OsString>> bytes = new LinkedHashMap<>();
        text.forEach((name, value) -> bytes.put(OsString.of(name), value.map(OsString::of)));
        return bytes;
    }

    private static OsString entry(OsString name, OsString value) {
        return name.plus("=").plus(value);
    }

    private static boolean sets(OsString entry, OsString name) {
        return entry.indexOf('=', 0) == name.length()
                && entry.slice(0, name.length()).equals(name);
    }

    /** Entries {@code NAME=value}. */
    List<OsString> entries() {
        List<OsString> all = new ArrayList<>(first);
        all.addAll(others);
        return all;
    }
}
