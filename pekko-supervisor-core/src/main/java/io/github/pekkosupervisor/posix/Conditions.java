package io.github.pekkosupervisor.posix;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Who a program is to be, and how it is held, from its first instruction on; what is empty it has as the JVM has it.
 *
 * @param umask the rights that new files do not get
 * @param nice how it gives way to others, -20 to 19
 * @param oomScoreAdj how willingly it is killed when memory is short, -1000 to 1000
 * @param limits soft limits, unsigned; a hard limit that is lower is raised with it, if that is allowed
 * @param account whose rights it has
 * @param cgroup where it is, with all that come from it
 */
public record Conditions(
        OptionalInt umask,
        OptionalInt nice,
        OptionalInt oomScoreAdj,
        Map<Resource, Long> limits,
        Optional<Account> account,
        Optional<Cgroup> cgroup) {

    /** As the JVM has it. */
    public static final Conditions NONE = new Conditions(
            OptionalInt.empty(),
            OptionalInt.empty(),
            OptionalInt.empty(),
            Map.of(),
            Optional.empty(),
            Optional.empty());

    /** The key by which {@link #account} is said. A start that is refused for a condition has its key as its call. */
    private static final String ACCOUNT = Account.KEY;

    /** Of files with variables, which belong to the environment. */
    public static final String ENVIRONMENT_FILES = "environment-files";

    /** Of sockets that it is given. */
    public static final String SOCKETS = "sockets";

    static final String NICE = "nice";
    static final String OOM_SCORE_ADJ = "oom-score-adj";
    static final String LIMITS = "limits";

    private static final Set<String> KEYS =
            Set.of(ACCOUNT, NICE, OOM_SCORE_ADJ, LIMITS, ENVIRONMENT_FILES, SOCKETS, CgroupRefusal.KEY);

    /** Copies, in an order of its own. */
    public Conditions {
        Map<Resource, Long> ordered = new EnumMap<>(Resource.class);
        ordered.putAll(limits);
        limits = Collections.unmodifiableMap(ordered);
    }

    /** The same with a umask. */
    public Conditions withUmask(int mask) {
        return new Conditions(OptionalInt.of(mask), nice, oomScoreAdj, limits, account, cgroup);
    }

    /** The same with a level of nice. */
    public Conditions withNice(int level) {
        return new Conditions(umask, OptionalInt.of(level), oomScoreAdj, limits, account, cgroup);
    }

    /** The same with such a score. */
    public Conditions withOomScoreAdj(int score) {
        return new Conditions(umask, nice, OptionalInt.of(score), limits, account, cgroup);
    }

    /** The same with these limits in addition. */
    public Conditions withLimits(Map<Resource, Long> further) {
        Map<Resource, Long> all = new EnumMap<>(Resource.class);
        all.putAll(limits);
        all.putAll(further);
        return new Conditions(umask, nice, oomScoreAdj, all, account, cgroup);
    }

    /** The same as somebody. */
    public Conditions withAccount(Account whose) {
        return new Conditions(umask, nice, oomScoreAdj, limits, Optional.of(whose), cgroup);
    }

    /** The same in a control group. */
    public Conditions withCgroup(Cgroup group) {
        return new Conditions(umask, nice, oomScoreAdj, limits, account, Optional.of(group));
    }

    /** Whether a start was refused for what was asked for the process, and not for its program. */
    public static boolean areRefused(PosixException e) {
        return KEYS.contains(e.call());
    }

    /** Whether there is anything. */
    boolean areNone() {
        return equals(NONE);
    }

    /** Whether something can only be set on a process that is there. */
    boolean needProcess() {
        return nice.isPresent() || oomScoreAdj.isPresent() || !limits.isEmpty() || cgroup.isPresent();
    }

    /** Without what is not said of a group, so that what an earlier version has written down is known. */
    @Override
    public String toString() {
        return "Conditions[umask=" + umask + ", nice=" + nice + ", oomScoreAdj=" + oomScoreAdj + ", limits=" + limits
                + ", account=" + account
                + cgroup.map(group -> ", cgroup=" + group).orElse("") + "]";
    }
}
