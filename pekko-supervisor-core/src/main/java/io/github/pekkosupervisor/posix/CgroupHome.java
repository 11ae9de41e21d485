package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The control group below which those of processes are made: the one that this JVM is in, or the one above if this one
 * is its {@code supervisor}. Where a controller must be turned on for those below, this JVM goes into a group of that
 * name, with all that come from it and are where it is.
 */
final class CgroupHome {

    /** Whose group it is we know by the beginning. */
    static final String PREFIX = "sv-";

    static final Pattern OURS = Pattern.compile(PREFIX + "[A-Za-z0-9_-]*-[0-9a-f]{16}");

    /** The launcher, or a service, in the group of cgroup v2 that the launcher divides. */
    private static final Pattern OF_LAUNCHER =
            Pattern.compile("^(0::.*?)/(?:" + CgroupRule.LEAF + "$|" + OURS.pattern() + "(?:/.*)?$)");

    /** They may be making others meanwhile. */
    private static final int MOST_ROUNDS = 10;

    /** Those that have been looked through for what a killed JVM has left. */
    private static final Set<String> SWEPT = new HashSet<>();

    private CgroupHome() {}

    /**
     * The text of {@code /proc/PID/cgroup} of a launcher that has not gone into a group of its own and made none for
     * its services, where this is that of one that has, or of such a service.
     */
    static String of(String groups) {
        return groups.lines()
                .map(line -> OF_LAUNCHER.matcher(line).replaceFirst("$1"))
                .map(line -> line.equals("0::") ? "0::/" : line)
                .collect(Collectors.joining("\n"));
    }

    /** Where it is; empty if there is no cgroup v2. */
    static Optional<CgroupPlace> find() throws PosixException {
        return CgroupPlace.parse(ProcFs.read("/proc/self/cgroup"), ProcFs.read("/proc/self/mountinfo"))
                .map(own -> own.name().equals(CgroupRule.LEAF) ? own.above() : own);
    }

    /**
     * The same, where a group with these limits can be made in it now.
     *
     * @throws PosixException with call {@code cgroup} if it cannot
     */
    static synchronized CgroupPlace prepared(String name, CgroupLimits limits) throws PosixException {
        CgroupPlace home = find().orElseThrow(() -> CgroupRefusal.of(
                name,
                "ENOENT",
                "there is no cgroup v2 here that shows the group of the JVM; mount it (mount -t cgroup2"
                        + " cgroup2 /sys/fs/cgroup), or leave cgroup out"));
        return prepared(home, name, limits);
    }

    /** The same of this one. */
    static synchronized CgroupPlace prepared(CgroupPlace home, String name, CgroupLimits limits) throws PosixException {
        try {
            CgroupRule.Decision decision = CgroupRule.decide(look(home, limits), limits);
            if (decision instanceof CgroupRule.Refuse refuse) {
                throw CgroupRefusal.of(name, "ENOTSUP", refuse.words());
            } else if (decision instanceof CgroupRule.Enable enable) {
                enable(home, enable);
            }
            sweep(home);
            return home;
        } catch (PosixException e) {
            throw CgroupRefusal.of(name, home, e);
        }
    }

    private static CgroupRule.Sight look(CgroupPlace home, CgroupLimits limits) throws PosixException {
        String type = CgroupFiles.readIfThere(home, CgroupFiles.TYPE).orElse("").strip();
        Set<String> available = CgroupFiles.words(home, CgroupFiles.CONTROLLERS);
        Set<String> enabled = CgroupFiles.words(home, CgroupFiles.SUBTREE_CONTROL);
        if (type.isEmpty() || enabled.containsAll(limits.controllers())) {
            // who is in it does not matter, and there may be very many
            return new CgroupRule.Sight(home.group(), type, available, enabled, false, List.of());
        }
        List<Integer> inIt = CgroupFiles.processes(home);
        List<GroupMember> strangers = strangers(inIt);
        return new CgroupRule.Sight(home.group(), type, available, enabled, inIt.size() > strangers.size(), strangers);
    }

    /** Those who are neither this process nor come from it; whoever has ended meanwhile is in nobody's way. */
    static List<GroupMember> strangers(List<Integer> pids) {
        return pids.stream()
                .filter(pid -> !isOurs(pid) && ProcFs.isRunning(pid))
                .map(ProcFs::member)
                .toList();
    }

    private static boolean isOurs(int pid) {
        int self = OwnProcess.pid();
        return pid == self
                || Kinship.of(pid).filter(kin -> kin.ancestors().contains(self)).isPresent();
    }

    private static void enable(CgroupPlace home, CgroupRule.Enable enable) throws PosixException {
        if (enable.movesFirst()) {
            CgroupPlace leaf = home.below(CgroupRule.LEAF);
            CgroupFiles.make(leaf);
            int round = 0;
            while (moveOurs(home, leaf) && round < MOST_ROUNDS) {
                round++;
            }
        }
        CgroupFiles.write(
                home,
                CgroupFiles.SUBTREE_CONTROL,
                enable.controllers().stream().map(one -> "+" + one).collect(Collectors.joining(" ")));
    }

    /** Whether there was somebody. */
    private static boolean moveOurs(CgroupPlace home, CgroupPlace leaf) throws PosixException {
        List<Integer> ours = new ArrayList<>();
        for (int pid : CgroupFiles.processes(home)) {
            if (isOurs(pid)) {
                ours.add(pid);
            }
        }
        for (int pid : ours) {
            CgroupFiles.move(pid, leaf);
        }
        return !ours.isEmpty();
    }

    /** Empty groups that nobody has removed; who is about to use one makes it again. */
    private static void sweep(CgroupPlace home) throws PosixException {
        if (SWEPT.add(home.directory())) {
            for (String name : CgroupFiles.directoriesIn(home)) {
                if (OURS.matcher(name).matches()) {
                    CgroupFiles.remove(home.below(name).directory());
                }
            }
        }
    }
}
