package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserDatabase;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** By whom the files of which child may be used. */
final class Rights {

    private final List<Rule> rules = new ArrayList<>();
    private final Access others;
    private final OptionalInt group;
    private final @Nullable IOException refusal;
    private final String groupName;

    private record Rule(PathMatcher names, Access access) {}

    private Rights(ExportSettings settings, OptionalInt group, @Nullable IOException refusal) {
        this.others = Access.of(settings.access());
        settings.rules()
                .forEach(rule -> rules.add(new Rule(
                        FileSystems.getDefault().getPathMatcher("glob:" + rule.glob()), Access.of(rule.access()))));
        this.group = group;
        this.groupName = settings.group().orElse("");
        this.refusal = refusal;
    }

    /** Those that the settings say; who the group is may have to be asked for. */
    static Rights of(ExportSettings settings) {
        if (settings.group().isEmpty()) {
            return new Rights(settings, OptionalInt.empty(), null);
        }
        String name = settings.group().get();
        try {
            OptionalInt number = number(name);
            return new Rights(
                    settings,
                    number,
                    number.isPresent() ? null : new IOException("there is no group " + name + " on this system"));
        } catch (PosixException e) {
            return new Rights(settings, OptionalInt.empty(), e);
        }
    }

    /** The C library has one answer for all threads. */
    private static synchronized OptionalInt number(String name) throws PosixException {
        long known = UserDatabase.group(OsString.of(name));
        if (known >= 0) {
            return OptionalInt.of((int) known);
        }
        boolean isNumber = !name.isEmpty() && name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? OptionalInt.of(Integer.parseInt(name)) : OptionalInt.empty();
    }

    /** Says what is wrong with the group, if something is. */
    void complain(ExportComplaints complaints) {
        if (refusal != null) {
            complaints.tell("nothing is shown to group " + groupName, refusal);
        }
    }

    /** The group that files are given to. */
    OptionalInt group() {
        return group;
    }

    /** Those of one child: of the first rule that matches its name. */
    Access of(OsString name) {
        Optional<Access> first = rules.stream()
                .filter(rule -> rule.names().matches(Path.of(name.toString())))
                .map(Rule::access)
                .findFirst();
        Access access = first.orElse(others);
        return access.concernsGroup() && group.isEmpty() ? access.withoutGroup() : access;
    }
}
