package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.Grants;
import io.github.pekkosupervisor.runit.supervise.Modes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** By whom the files of which child may be used. */
final class Rights {

    private final List<ExportSettings.Rule> rules;
    private final Modes others;
    private final OptionalInt group;
    private final @Nullable IOException refusal;
    private final String groupName;

    private Rights(ExportSettings settings, OptionalInt group, @Nullable IOException refusal) {
        this.others = settings.modes();
        this.rules = settings.rules();
        this.group = group;
        this.groupName = settings.group().orElse("");
        this.refusal = refusal;
    }

    /** Those that the settings say; who the group is may have to be asked for, and whether it can be given files. */
    static Rights of(ExportSettings settings, ExportDirectory directory) {
        if (settings.group().isEmpty()) {
            return new Rights(settings, OptionalInt.empty(), null);
        }
        try {
            OptionalInt group = Grants.groupNumber(settings.group().get());
            if (group.isEmpty()) {
                return new Rights(settings, group, new IOException("there is no such group on this system"));
            }
            directory.shared().giveSomethingTo(group.getAsInt());
            return new Rights(settings, group, null);
        } catch (PosixException e) {
            return new Rights(settings, OptionalInt.empty(), e);
        }
    }

    /** Says what is wrong with the group, if something is. */
    void complain(ExportComplaints complaints) {
        if (refusal != null) {
            complaints.tell("nothing is shown to group " + groupName, refusal);
        }
    }

    /** Whether the group cannot be let in. */
    boolean isRefused() {
        return refusal != null;
    }

    /** What the group is called, or its number; empty if none is to be let in. */
    String groupName() {
        return groupName;
    }

    /** Whether the files of a child are to be made anew to be as these say, and not as those before. */
    boolean differsFrom(Rights before, OsString name) {
        Modes modes = of(name);
        return !modes.equals(before.of(name)) || (modes.concernsGroup() && !group.equals(before.group));
    }

    /** The group that files are given to. */
    OptionalInt group() {
        return group;
    }

    /** Those of one child: of the first rule that matches its name. */
    Modes of(OsString name) {
        Optional<Modes> first = rules.stream()
                .filter(rule -> matches(rule.glob(), name.toString()))
                .map(ExportSettings.Rule::modes)
                .findFirst();
        Modes modes = first.orElse(others);
        return modes.concernsGroup() && group.isEmpty() ? modes.withoutGroup() : modes;
    }

    /** {@code *} is any text, {@code ?} any character, and all else itself: there is no pattern that is none. */
    static boolean matches(String pattern, String name) {
        int at = 0;
        int star = -1;
        int resume = 0;
        int i = 0;
        while (i < name.length()) {
            char wanted = at < pattern.length() ? pattern.charAt(at) : 0;
            if (at < pattern.length() && wanted == '*') {
                star = at++;
                resume = i;
            } else if (at < pattern.length() && (wanted == '?' || wanted == name.charAt(i))) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++resume;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
