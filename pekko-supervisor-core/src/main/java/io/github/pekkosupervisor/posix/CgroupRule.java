package io.github.pekkosupervisor.posix;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What has to be done before a process can have a control group of its own with its limits, and why it cannot have one:
 * a function of what is seen. By the kernel's rules for cgroup v2 a group whose processes are in it directly has no
 * controllers for those below, but for the first group of all.
 */
final class CgroupRule {

    /** The group that this process goes into, so that the one above it is free for others; systemd makes it too. */
    static final String LEAF = "supervisor";

    private CgroupRule() {}

    /**
     * The group below which those of processes are made.
     *
     * @param group its path
     * @param type what {@code cgroup.type} says; empty of the first group of all, which has none
     * @param available the controllers that it has
     * @param enabled the controllers that those below it have
     * @param isInhabited whether this process, or others that come from it, are in it directly
     * @param strangers others that are
     */
    record Sight(
            String group,
            String type,
            Set<String> available,
            Set<String> enabled,
            boolean isInhabited,
            List<GroupMember> strangers) {

        /** Copies. */
        Sight {
            available = Set.copyOf(available);
            enabled = Set.copyOf(enabled);
            strangers = List.copyOf(strangers);
        }

        private boolean isFirstOfAll() {
            return type.isEmpty();
        }
    }

    /** What follows. */
    sealed interface Decision {}

    /** All is as it is to be. */
    enum Ready implements Decision {
        /** The only one. */
        INSTANCE
    }

    /**
     * Those below are to have these controllers too.
     *
     * @param controllers of those that are needed
     * @param movesFirst whether this process, and those that come from it, must go into a group of their own before
     */
    record Enable(List<String> controllers, boolean movesFirst) implements Decision {
        /** Copies. */
        Enable {
            controllers = List.copyOf(controllers);
        }
    }

    /** It cannot be had, in words that say what to do. */
    record Refuse(String words) implements Decision {}

    /** @param limits that the new group is to have */
    static Decision decide(Sight home, CgroupLimits limits) {
        if (!home.isFirstOfAll() && !home.type().equals("domain")) {
            return new Refuse("group " + home.group() + ", in which the JVM is, is of the kind \"" + home.type()
                    + "\", which has no groups of processes below it; start the JVM in another one");
        }
        List<String> needed = limits.controllers();
        List<String> missing = without(needed, home.available());
        if (!missing.isEmpty()) {
            return new Refuse("group " + home.group() + " has no controller " + String.join(", ", missing)
                    + (home.available().isEmpty() ? "" : " (it has " + sorted(home.available()) + ")")
                    + "; have it delegated to the JVM (Delegate=yes of a systemd unit, or a container with cgroup v2 of its"
                    + " own), or leave out what needs it");
        }
        List<String> off = without(needed, home.enabled());
        if (off.isEmpty()) {
            return Ready.INSTANCE;
        }
        boolean mustBeEmpty = !home.isFirstOfAll();
        if (mustBeEmpty && !home.strangers().isEmpty()) {
            return new Refuse("group " + home.group() + " holds processes that are not the JVM's: "
                    + told(home.strangers()) + "; so the kernel has no limits below it: start the JVM in a group of its"
                    + " own, as a systemd unit with Delegate=yes is");
        }
        return new Enable(off, mustBeEmpty && home.isInhabited());
    }

    private static List<String> without(List<String> needed, Set<String> there) {
        return needed.stream().filter(one -> !there.contains(one)).toList();
    }

    private static String sorted(Set<String> names) {
        return names.stream().sorted().collect(Collectors.joining(", "));
    }

    private static String told(List<GroupMember> members) {
        final int most = 3;
        return members.stream().limit(most).map(GroupMember::toString).collect(Collectors.joining(", "))
                + (members.size() > most ? " and " + (members.size() - most) + " more" : "");
    }
}
