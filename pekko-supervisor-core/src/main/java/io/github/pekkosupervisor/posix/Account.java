package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A user with groups, by number.
 *
 * @param user the user's number
 * @param groups the numbers of the groups, at least one; the first is the group, all are supplementary ones
 */
public record Account(int user, List<Integer> groups) {

    private static final int MOST_GROUPS = 60;
    private static final long LAST_NUMBER = 0xfffffffeL;

    /** By which it is asked for, and which a refusal has for its call. */
    static final String KEY = "user";

    /** CHOWN is 0. */
    private static final long SET_GROUP = 1L << 6;

    private static final long SET_USER = 1L << 7;
    private static final long KILL = 1L << 5;

    /** Copies. */
    public Account {
        groups = List.copyOf(groups);
    }

    /**
     * What is wrong with how somebody is named, as {@code -u} of {@code chpst(8)} has it: {@code USER},
     * {@code USER:GROUP:GROUP}, or {@code :UID:GID:GID} by number; empty if nothing is.
     */
    public static Optional<String> mistake(String text) {
        boolean byNumber = text.startsWith(":");
        String[] parts = (byNumber ? text.substring(1) : text).split(":", -1);
        if (text.indexOf('\0') >= 0) {
            return Optional.of("must not have a NUL character");
        }
        if (parts.length > MOST_GROUPS + 1) {
            return Optional.of("must have at most " + MOST_GROUPS + " groups, had " + (parts.length - 1));
        }
        for (String part : parts) {
            if (part.isEmpty() || (byNumber && number(part) < 0)) {
                return Optional.of("must be USER, USER:GROUP:GROUP or, by number, :UID:GID:GID, was \""
                        + Excerpt.of(text, 80) + "\"");
            }
        }
        return byNumber && parts.length < 2
                ? Optional.of("needs a group behind a number, as in \"" + Excerpt.of(text, 80) + ":100\"")
                : Optional.empty();
    }

    /** -1 if it is none. */
    private static long number(String text) {
        if (!text.matches("[0-9]{1,10}")) {
            return -1;
        }
        long number = Long.parseLong(text);
        return number > LAST_NUMBER ? -1 : number;
    }

    /**
     * Who is named so, as this machine knows its users now; see {@link #mistake}. With a name alone the group is the
     * user's own, and there are no further ones.
     *
     * @throws PosixException if a user or group is not known
     */
    public static Account of(String text) throws PosixException {
        if (text.startsWith(":")) {
            List<Integer> numbers = new ArrayList<>();
            for (String part : text.substring(1).split(":", -1)) {
                numbers.add((int) number(part));
            }
            return new Account(numbers.get(0), numbers.subList(1, numbers.size()));
        }
        String[] names = text.split(":", -1);
        // the C library's answers are its own memory
        synchronized (Account.class) {
            return byName(names);
        }
    }

    private static Account byName(String[] names) throws PosixException {
        UserDatabase.@Nullable User user = UserDatabase.user(OsString.of(names[0]));
        if (user == null) {
            throw refusal(
                    names[0], "ENOENT", "there is no user of this name; correct it, make the user, or write :UID:GID");
        }
        if (names.length == 1) {
            return new Account(user.id(), List.of(user.group()));
        }
        List<Integer> groups = new ArrayList<>();
        for (int i = 1; i < names.length; i++) {
            long group = UserDatabase.group(OsString.of(names[i]));
            if (group < 0) {
                throw refusal(names[i], "ENOENT", "there is no group of this name; correct it, or make the group");
            }
            groups.add((int) group);
        }
        return new Account(user.id(), groups);
    }

    static PosixException refusal(String argument, String errno, String words) {
        return new PosixException(KEY, argument, errno, words);
    }

    /** Whether this process is that already, and has no other group. */
    boolean isOurs() {
        return isWhoIs(ProcFs.ownStatus("Uid"), ProcFs.ownStatus("Gid"), ProcFs.ownStatus("Groups"));
    }

    /** The same by lines of {@code /proc/self/status}. */
    boolean isWhoIs(String users, String groupsOfProcess, String further) {
        String group = Integer.toUnsignedString(groups.get(0));
        List<String> wanted = groups.stream().map(Integer::toUnsignedString).toList();
        List<String> had = words(further);
        return words(users).stream().allMatch(Integer.toUnsignedString(user)::equals)
                && words(groupsOfProcess).stream().allMatch(group::equals)
                && wanted.stream().allMatch(one -> one.equals(group) || had.contains(one))
                && wanted.containsAll(had);
    }

    private static List<String> words(String line) {
        return line.isBlank() ? List.of() : List.of(line.strip().split("\\s+"));
    }

    /**
     * Looks whether this process may start others as that.
     *
     * @throws PosixException if not
     */
    public void refuseUnlessReachable() throws PosixException {
        if (!isOurs()) {
            refuseUnlessAllowed();
        }
    }

    /** What is to be said of the JVM's own user with other groups; empty of another user. */
    static Optional<String> ownWithOtherGroups(int user, int ours) {
        return user == ours
                ? Optional.of(
                        "the JVM runs as that user already, but not with these groups alone, and only root can change"
                                + " them; leave user out, or name all groups that id shows, as in NAME:GROUP:GROUP")
                : Optional.empty();
    }

    /** Refuses who cannot be had. */
    void refuseUnlessAllowed() throws PosixException {
        String capabilities = ProcFs.ownStatus("CapEff");
        if (!capabilities.isEmpty() && !mayBecome(Long.parseUnsignedLong(capabilities, 16))) {
            throw refusal(
                    numbers(),
                    "EPERM",
                    ownWithOtherGroups(user, OwnProcess.user())
                            .orElseGet(() -> "only root may start processes as somebody else, and the JVM runs as user "
                                    + Integer.toUnsignedString(OwnProcess.user())
                                    + "; run it as root, or with the capabilities SETUID, SETGID and KILL, or leave user"
                                    + " out"));
        }
    }

    /** Whether who has these capabilities can make it a process, and signal that. */
    static boolean mayBecome(long capabilities) {
        long needed = SET_USER | SET_GROUP | KILL;
        return (capabilities & needed) == needed;
    }

    String numbers() {
        return ":" + Integer.toUnsignedString(user) + ":" + groupNumbers(":");
    }

    /** All groups in one word. */
    String groupNumbers(String separator) {
        return groups.stream().map(Integer::toUnsignedString).collect(Collectors.joining(separator));
    }
}
