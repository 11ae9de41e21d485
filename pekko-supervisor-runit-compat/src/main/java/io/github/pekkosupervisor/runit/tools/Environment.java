package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The environment for a program: what we were started with and changes to it, which count in their order. */
final class Environment {

    private final List<OsString> entries;
    private final OsString path;

    Environment(List<OsString> inherited) {
        this.entries = new ArrayList<>(inherited);
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
        entries.add(entry);
    }

    void unset(OsString name) {
        int equals = name.indexOf('=', 0);
        if (equals < 0) {
            remove(name.plus("="));
        } else {
            // as the original has it: FOO=BAR is then a variable with that value
            remove(name.slice(0, equals + 1));
            entries.add(name);
        }
    }

    /** The last entry takes the place of the removed one, as in the original, so that the order is the same. */
    private void remove(OsString nameWithEquals) {
        for (int i = 0; i < entries.size(); i++) {
            if (startsWith(entries.get(i), nameWithEquals)) {
                OsString last = entries.remove(entries.size() - 1);
                if (i < entries.size()) {
                    entries.set(i, last);
                }
                return;
            }
        }
    }

    private static boolean startsWith(OsString entry, OsString prefix) {
        return entry.length() >= prefix.length()
                && entry.slice(0, prefix.length()).equals(prefix);
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
