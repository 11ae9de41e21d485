package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.runit.imports.IniFile.Section;
import io.github.pekkosupervisor.runit.imports.IniFile.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A [program:] or [fcgi-program:] of supervisord's configuration, which may be several processes. */
final class SupervisordProgram {

    private static final int MOST_PROCESSES = 1000;

    private final String name;
    private final boolean hasSocket;
    private final SupervisordKeys keys;
    private final SupervisordDefaults defaults;

    SupervisordProgram(String name, boolean hasSocket, Section section, SupervisordDefaults defaults, Conversion to) {
        this.name = name;
        this.hasSocket = hasSocket;
        keys = new SupervisordKeys(section, to);
        this.defaults = defaults;
    }

    String name() {
        return name;
    }

    /** Whether the names of its processes have its own in them. */
    boolean isNamedByItsProcesses() {
        Value template = keys.get("process_name");
        return template == null
                || template.text().contains("%(program_name)")
                || template.text().contains("%(group_name)");
    }

    int priority() throws ForeignFileException {
        return keys.priority();
    }

    /** Its processes, as children of the group of that name. */
    List<Child> children(String group) throws ForeignFileException {
        int count = keys.number("numprocs", 1);
        if (count < 1 || count > MOST_PROCESSES) {
            throw keys.mistake("numprocs", "must be from 1 to " + MOST_PROCESSES + ", as many as are written out here");
        }
        Value template = keys.get("process_name");
        if (count > 1 && (template == null || !template.text().contains("%(process_num)"))) {
            throw keys.mistake("numprocs", "needs a process_name with %(process_num)s in it");
        }
        int first = keys.number("numprocs_start", 0);
        List<Child> children = new ArrayList<>();
        for (int at = 0; at < count; at++) {
            Map<String, Text> known = Map.of(
                    "program_name", Text.of(name),
                    "group_name", Text.of(group),
                    "numprocs", Text.of(Integer.toString(count)),
                    "process_num", Text.of(Integer.toString(first + at)));
            children.add(child(defaults.expansion(known), template, at == 0, count > 1));
        }
        return children;
    }

    private Child child(Expansion expansion, @Nullable Value template, boolean isFirst, boolean isOneOfMany)
            throws ForeignFileException {
        Child child = new Child(
                template == null
                        ? name
                        : expansion.expand(template.text(), wrong -> {}).shown());
        new SupervisordProcess(keys, defaults, child, expansion, hasSocket).write();
        if (hasSocket) {
            new SupervisordSocket(keys, child, expansion).write(isOneOfMany);
        }
        if (!isFirst) {
            // the first one has been told of the same
            child.findings().clear();
        }
        return child;
    }
}
