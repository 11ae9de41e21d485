package io.github.pekkosupervisor.runit.supervise;

import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.UserDatabase;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * By whom the files of a {@code supervise} directory may be used, as a configuration says it.
 *
 * @param modes that they get
 * @param group that they are given to, its name or number; empty if the modes are about none
 */
public record Grants(Modes modes, Optional<String> group) {

    /** Nobody but the owner is let in. */
    public static final Grants NONE = new Grants(Modes.OF_OWNER, Optional.empty());

    /** Who may look. */
    private enum Status {
        OWNER,
        GROUP,
        ALL
    }

    /** Who may command. */
    private enum Control {
        OWNER,
        GROUP
    }

    /**
     * Reads the keys {@code group}, {@code status} and {@code control} of a block; what is wrong is noted there. A
     * group for which neither of the others is set may look and command.
     *
     * @return empty if none of them is there
     */
    public static Optional<Grants> read(ConfigSection block) {
        boolean none = block.lacks("group") && block.lacks("status") && block.lacks("control");
        Optional<String> group = readGroup(block);
        Modes modes = readModes(block, !block.lacks("group"));
        return none
                ? Optional.empty()
                : Optional.of(new Grants(modes, modes.concernsGroup() ? group : Optional.empty()));
    }

    /** Reads the key {@code group} of a block; what is wrong is noted there. */
    public static Optional<String> readGroup(ConfigSection block) {
        return block.get("group", Grants::name);
    }

    /**
     * Reads the keys {@code status} and {@code control} of a block; what is wrong is noted there.
     *
     * @param isNamed whether there is a group, which may look and command if neither is set
     */
    public static Modes readModes(ConfigSection block, boolean isNamed) {
        Optional<Status> status = block.get("status", ConfigValues.oneOf(List.of(Status.values())));
        Optional<Control> control = block.get("control", ConfigValues.oneOf(List.of(Control.values())));
        boolean bareGroup = isNamed && block.lacks("status") && block.lacks("control");
        boolean commands = bareGroup || control.equals(Optional.of(Control.GROUP));
        boolean looks = commands || status.equals(Optional.of(Status.GROUP));
        if (looks && !isNamed) {
            block.problem("the group may look or command, and there is no \"group\"; name it, as in group = ops");
        } else if (commands && status.equals(Optional.of(Status.OWNER))) {
            block.problem("who may command may look too: with control = group, status must be group or all");
        }
        return status.equals(Optional.of(Status.ALL))
                ? (commands ? Modes.STATUS_FOR_ALL_CONTROL_FOR_GROUP : Modes.STATUS_FOR_ALL)
                : ofOneGroup(commands, looks);
    }

    private static Modes ofOneGroup(boolean commands, boolean looks) {
        if (commands) {
            return Modes.CONTROL_FOR_GROUP;
        }
        return looks ? Modes.STATUS_FOR_GROUP : Modes.OF_OWNER;
    }

    private static String name(ConfigValue value) {
        String name = ConfigValues.string(value);
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "must be the name or the number of a group, was " + ConfigValues.text(value));
        }
        return name;
    }

    /** The same where nobody else is let in but whom the modes let in without a group. */
    public Grants withoutGroup() {
        return new Grants(modes.withoutGroup(), Optional.empty());
    }

    /**
     * The number of a group: of that name, or it is one; empty if there is none. The C library has one answer for all
     * threads.
     */
    public static synchronized OptionalInt groupNumber(String name) throws PosixException {
        long known = UserDatabase.group(OsString.of(name));
        if (known >= 0) {
            return OptionalInt.of((int) known);
        }
        boolean isNumber = !name.isEmpty() && name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
        return isNumber ? OptionalInt.of(Integer.parseInt(name)) : OptionalInt.empty();
    }
}
