package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The environment for a program: what we were started with and changes to it, which count in their order. */
final class Environment {

    private final List<OsString> entries = new ArrayList<>();
    /** Where the entries of a name are; the name with its equals sign. */
    private final Map<OsString, NavigableSet<Integer>> places = new HashMap<>();

    private final OsString path;

    Environment(List<OsString> inherited) {
        inherited.forEach(this::add);
        OsString given = find(inherited, "PATH=");
        this.path = given == null ? OsString.of("/bin:/usr/bin") : given;
    }

    /** The value of the first entry that begins so; null if there is none. */
    static @Nullable OsString find(List<OsString> entries, String nameWithEquals) {
        for (OsString entry : entries) {
            if (entry.startsWith(nameWithEquals)) {
                return entry.slice(nameWithEquals.length(), entry.length());
            }
        }
        return null;
    }

    void set(OsString name, OsString value) {
        OsString entry = name.plus("=").plus(value);
        // a name may hold an equals sign; the variable is then what stands before it
        remove(entry.slice(0, entry.indexOf('=', 0) + 1));
        add(entry);
    }

    void unset(OsString name) {
        int equals = name.indexOf('=', 0);
        if (equals < 0) {
            remove(name.plus("="));
        } else {
            // as the original has it: FOO=BAR is then a variable with that value
            remove(name.slice(0, equals + 1));
            add(name);
        }
    }

    private void add(OsString entry) {
        entries.add(entry);
        places(entry).add(entries.size() - 1);
    }

    private NavigableSet<Integer> places(OsString entry) {
        return places.computeIfAbsent(entry.slice(0, entry.indexOf('=', 0) + 1), name -> new TreeSet<>());
    }

    /** The last entry takes the place of the removed one, as in the original, so that the order is the same. */
    private void remove(OsString nameWithEquals) {
        NavigableSet<Integer> found = places.getOrDefault(nameWithEquals, new TreeSet<>());
        if (found.isEmpty()) {
            return;
        }
        int place = found.first();
        found.remove(place);
        int end = entries.size() - 1;
        OsString last = entries.remove(end);
        if (place < end) {
            entries.set(place, last);
            places(last).remove(end);
            places(last).add(place);
        }
    }

    List<OsString> entries() {
        return entries;
    }

    /** Where a program may be; looked up in the path that we were started with, whatever has been set since. */
    List<OsString> candidates(OsString program) {
        if (program.indexOf('/', 0) >= 0) {
            return List.of(program);
        }
        List<OsString> files = new ArrayList<>();
        int from = 0;
        while (from <= path.length()) {
            int colon = path.indexOf(':', from);
            int to = colon < 0 ? path.length() : colon;
            OsString directory = to == from ? OsString.of(".") : path.slice(from, to);
            files.add(directory.plus("/").plus(program));
            from = to + 1;
        }
        return files;
    }
}
