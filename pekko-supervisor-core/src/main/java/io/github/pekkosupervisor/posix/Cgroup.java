package io.github.pekkosupervisor.posix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The control group of one process and of all that come from it, whatever sessions and process groups they make: a
 * directory of cgroup v2 below the group that this JVM is in. It may be used from any thread.
 */
public final class Cgroup {

    private static final int LONGEST_NAME = 40;
    private static final int HASH_BYTES = 8;

    /** For kernels that cannot kill a group at once, while its members may be making others. */
    private static final int MOST_ROUNDS = 10;

    private static final int KILLED_IN_A_SHELL = 128 + Signal.KILL.number();

    private final CgroupPlace place;
    private final CgroupLimits limits;

    /** How many had been killed for want of memory when we came. */
    private final long killedBefore;

    private Cgroup(CgroupPlace place, CgroupLimits limits, long killedBefore) {
        this.place = place;
        this.limits = limits;
        this.killedBefore = killedBefore;
        // whoever is in it is held while he is looked at
        SpareDescriptor.holdTwo();
    }

    /**
     * The name of a group, the same whenever it is asked for.
     *
     * @param shown what a reader is to find in it
     * @param identity by which it differs from all others
     */
    public static String nameOf(String shown, String identity) {
        String readable = shown.replaceAll("[^A-Za-z0-9_-]+", "_");
        String part = readable.substring(0, Math.min(readable.length(), LONGEST_NAME));
        byte[] digest;
        try {
            digest = MessageDigest.getInstance("SHA-256").digest(identity.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        return CgroupHome.PREFIX + part + "-" + HexFormat.of().formatHex(digest, 0, HASH_BYTES);
    }

    /**
     * The group of this name with these limits: it is made, or used again as it was left.
     *
     * @throws PosixException a refusal with call {@code cgroup} that says what to do
     */
    public static Cgroup prepare(String name, CgroupLimits limits) throws PosixException {
        CgroupPlace home = CgroupHome.prepared(name, limits);
        try {
            return at(home.below(name), limits);
        } catch (PosixException e) {
            throw CgroupRefusal.of(name, home, e);
        }
    }

    /**
     * The group that somebody has made for a process which runs: it is known by the end of its name.
     *
     * @param name that it would get here; empty if that is not known, for any of ours in the group where we make them
     * @param limits for words; those that it has stay as they are
     * @return empty if the process is in none of ours
     */
    public static Optional<Cgroup> of(int pid, Optional<String> name, CgroupLimits limits) {
        try {
            Optional<CgroupPlace> home = CgroupHome.find();
            return CgroupPlace.parse(ProcFs.read("/proc/" + pid + "/cgroup"), ProcFs.read("/proc/self/mountinfo"))
                    .flatMap(place -> ours(place, name, home.map(CgroupPlace::group)))
                    .filter(place -> !isAround(place))
                    .map(place -> known(place, limits));
        } catch (PosixException e) {
            // it has ended, and perhaps others have not
            return name.flatMap(Cgroup::existing).map(place -> known(place, limits));
        }
    }

    /** This JVM may be somebody's service itself. */
    private static boolean isAround(CgroupPlace place) {
        try {
            return CgroupPlace.groupOf(ProcFs.read("/proc/self/cgroup"))
                    .filter(own -> own.equals(place.group()) || own.startsWith(place.group() + "/"))
                    .isPresent();
        } catch (PosixException e) {
            return true;
        }
    }

    /**
     * Which of the groups that a process is in, the innermost first, is the one that was made for it: by the end of its
     * name, whatever the service has been called by then. The others may be of a launcher that this one is a service
     * of, or was.
     *
     * @param name that it would get here; empty if that is not known, for any of ours that is where we make them
     * @param home the group in which this JVM makes them; empty if there is none
     */
    static Optional<CgroupPlace> ours(CgroupPlace place, Optional<String> name, Optional<String> home) {
        Optional<String> identity = name.map(known -> known.substring(known.lastIndexOf('-')));
        for (CgroupPlace at = place; !at.name().isEmpty(); at = at.above()) {
            boolean isIt = identity.isPresent()
                    ? at.name().endsWith(identity.get())
                    : home.filter(at.above().group()::equals).isPresent();
            if (isIt && CgroupHome.OURS.matcher(at.name()).matches()) {
                return Optional.of(at);
            }
        }
        return Optional.empty();
    }

    /**
     * The group of this name, if it is there: an earlier run, or an earlier JVM, has left it.
     *
     * @param limits for words
     */
    public static Optional<Cgroup> left(String name, CgroupLimits limits) {
        return existing(name).map(place -> known(place, limits));
    }

    private static Optional<CgroupPlace> existing(String name) {
        try {
            return CgroupHome.find()
                    .map(home -> home.below(name))
                    .filter(place -> Directory.exists(CgroupFiles.path(place.directory())));
        } catch (PosixException e) {
            return Optional.empty();
        }
    }

    private static Cgroup known(CgroupPlace place, CgroupLimits limits) {
        Cgroup group = new Cgroup(place, limits, 0);
        return new Cgroup(place, limits, group.killed());
    }

    /** The group that is, or is to be, here, with these limits and no others. */
    static Cgroup at(CgroupPlace place, CgroupLimits limits) throws PosixException {
        return new Cgroup(place, limits, 0).made();
    }

    private Cgroup made() throws PosixException {
        make();
        return new Cgroup(place, limits, killed());
    }

    private void make() throws PosixException {
        boolean isNew = CgroupFiles.make(place);
        for (CgroupLimits.Setting setting : limits.settings()) {
            if (setting.value().isPresent()) {
                CgroupFiles.write(place, setting.file(), setting.value().get());
            } else if (!isNew && CgroupFiles.readIfThere(place, setting.file()).isPresent()) {
                CgroupFiles.write(place, setting.file(), "max");
            }
        }
    }

    // ---- who is in it

    /** Puts a process into it, which is to be one that has no others yet. */
    void add(int pid) throws PosixException {
        try {
            try {
                CgroupFiles.write(place, CgroupFiles.PROCS, Integer.toString(pid));
            } catch (PosixException e) {
                if (!CgroupFiles.isGone(e)) {
                    throw e;
                }
                // somebody has found it empty
                make();
                CgroupFiles.write(place, CgroupFiles.PROCS, Integer.toString(pid));
            }
        } catch (PosixException e) {
            throw CgroupRefusal.of(place.name(), place.above(), e);
        }
    }

    /** Who runs in it, and in groups that were made in it; nobody where that cannot be seen. */
    public List<GroupMember> members() {
        try {
            return processes().stream().map(ProcFs::member).toList();
        } catch (PosixException e) {
            return List.of();
        }
    }

    private List<Integer> processes() throws PosixException {
        List<Integer> all = new ArrayList<>(CgroupFiles.processes(place));
        for (CgroupPlace one : CgroupFiles.below(place)) {
            all.addAll(CgroupFiles.processes(one));
        }
        return all;
    }

    /** Whether anybody runs in it; what cannot be seen counts as yes. */
    public boolean isInhabited() {
        try {
            return CgroupFiles.isPopulated(place);
        } catch (PosixException e) {
            return true;
        }
    }

    /** Whether a process is in it, or in a group that was made in it. */
    boolean holds(int pid) {
        try {
            return isMember(pid);
        } catch (PosixException e) {
            return false;
        }
    }

    private boolean isMember(int pid) throws PosixException {
        return CgroupPlace.groupOf(ProcFs.read("/proc/" + pid + "/cgroup"))
                .filter(this::isHere)
                .isPresent();
    }

    /**
     * Sends a signal to all who are in it.
     *
     * @return false if nobody is
     */
    boolean signal(Signal signal) throws PosixException {
        if (signal == Signal.KILL) {
            return kill();
        }
        List<Integer> all = processes();
        signalAll(all, signal);
        return !all.isEmpty();
    }

    /**
     * Kills all who are in it, and whom they are making, at once.
     *
     * @return false if nobody was in it
     */
    public boolean kill() throws PosixException {
        boolean wasInhabited = isInhabited();
        try {
            CgroupFiles.write(place, CgroupFiles.KILL, "1");
        } catch (PosixException e) {
            if (CgroupFiles.isGone(e)) {
                killOneByOne();
            } else {
                throw e;
            }
        }
        return wasInhabited;
    }

    /** Before Linux 5.14. */
    private void killOneByOne() throws PosixException {
        List<Integer> left = processes();
        for (int round = 0; round < MOST_ROUNDS && !left.isEmpty(); round++) {
            signalAll(left, Signal.KILL);
            left = processes();
        }
    }

    /** One that cannot be signalled keeps none of the others from it. */
    private void signalAll(List<Integer> all, Signal signal) throws PosixException {
        PosixException refusal = null;
        for (int pid : all) {
            try {
                signal(pid, signal);
            } catch (PosixException e) {
                refusal = refusal == null ? e : refusal;
            }
        }
        if (refusal != null) {
            throw refusal;
        }
    }

    /** It is still the one that we have seen there, and not another that has got its number. */
    private void signal(int pid, Signal signal) throws PosixException {
        try {
            SpareDescriptor.look(() -> sendIfMember(pid, signal));
        } catch (PosixException e) {
            if (!e.is("ESRCH") && !e.is("ENOENT")) {
                throw e;
            }
            // it has ended
        }
    }

    /** It is held while it is looked at. */
    private boolean sendIfMember(int pid, Signal signal) throws PosixException {
        try (Descriptor process = ProcessCalls.openPidfd(pid)) {
            return isMember(pid) && ProcessCalls.sendSignal(process, signal);
        }
    }

    private boolean isHere(String group) {
        return group.equals(place.group()) || group.startsWith(place.group() + "/");
    }

    // ---- its end

    /**
     * Whether a process of it has ended since memory was short, in words; empty if not, or where nobody counts that.
     *
     * @param status how it ended; a shell says of its program that it was killed by an exit code
     */
    public Optional<String> outOfMemory(ExitStatus status) {
        boolean isKilled = status.signal() == Signal.KILL.number() || status.code() == KILLED_IN_A_SHELL;
        if (!isKilled || killed() <= killedBefore) {
            return Optional.empty();
        }
        return Optional.of("out of memory (cgroup " + place.name()
                + limits.memoryText().map(most -> ", memory-max " + most).orElse("") + ")");
    }

    private long killed() {
        try {
            return CgroupFiles.killedForMemory(place);
        } catch (PosixException e) {
            return 0;
        }
    }

    /** Removes it, with what was made in it, unless somebody is there; it is kept for those then. */
    public void remove() {
        if (CgroupFiles.remove(place.directory()) || isInhabited()) {
            return;
        }
        try {
            List<CgroupPlace> below = new ArrayList<>(CgroupFiles.below(place));
            Collections.reverse(below);
            below.forEach(one -> CgroupFiles.remove(one.directory()));
        } catch (PosixException e) {
            // it stays, empty, and the next one in it finds it as it is
        }
        CgroupFiles.remove(place.directory());
    }

    /** The name of its directory. */
    public String name() {
        return place.name();
    }

    /** Where it is. */
    public OsString directory() {
        return CgroupFiles.path(place.directory());
    }

    @Override
    public String toString() {
        return "cgroup " + place.group();
    }
}
