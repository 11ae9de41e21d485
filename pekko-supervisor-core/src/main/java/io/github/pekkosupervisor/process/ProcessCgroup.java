package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.CgroupProcess;
import io.github.pekkosupervisor.posix.ChildProcess;
import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * The control group of one process, as far as it has one of its own.
 *
 * @param cgroup which; empty if it has none
 * @param isItsGroup whether who is in it belongs to the process
 */
record ProcessCgroup(Optional<Cgroup> cgroup, boolean isItsGroup) {

    /** It is where the JVM is. */
    static final ProcessCgroup NONE = new ProcessCgroup(Optional.empty(), false);

    private static final AtomicLong NAMES = new AtomicLong();

    /** Those of processes of this JVM; where two are to have the same one gets another. */
    private static final Set<String> IN_USE = ConcurrentHashMap.newKeySet();

    /**
     * Made for a process that is to be started in it.
     *
     * @throws PosixException a refusal in words
     */
    static ProcessCgroup prepare(ProcessSpec spec) throws PosixException {
        if (spec.cgroup().isEmpty()) {
            return NONE;
        }
        String name = spec.cgroupName().filter(IN_USE::add).orElseGet(() -> unnamed(spec));
        boolean done = false;
        try {
            ProcessCgroup prepared =
                    of(spec, Optional.of(Cgroup.prepare(name, spec.cgroup().get())));
            done = true;
            return prepared;
        } finally {
            if (!done) {
                IN_USE.remove(name);
            }
        }
    }

    private static String unnamed(ProcessSpec spec) {
        return Cgroup.nameOf(spec.name(), KeptProcesses.ourselves() + " " + NAMES.incrementAndGet());
    }

    /** That of a process which runs, if somebody has made one for it. */
    static ProcessCgroup of(ProcessSpec spec, ChildProcess running) {
        if (spec.cgroup().isEmpty()) {
            return NONE;
        }
        Optional<Cgroup> found =
                Cgroup.of(running.pid(), spec.cgroupName(), spec.cgroup().get());
        found.ifPresent(group -> IN_USE.add(group.name()));
        return of(spec, found);
    }

    private static ProcessCgroup of(ProcessSpec spec, Optional<Cgroup> cgroup) {
        return new ProcessCgroup(cgroup, spec.processGroup() == ProcessGroup.CGROUP);
    }

    /** What an end that nobody has seen has left of one that is to be gone with all of its group; empty if nothing. */
    static Optional<Cgroup> leftOf(ProcessSpec spec) {
        Optional<String> name = spec.cgroupName().filter(one -> !IN_USE.contains(one));
        if (spec.processGroup() != ProcessGroup.CGROUP || name.isEmpty()) {
            return Optional.empty();
        }
        return Cgroup.left(name.get(), spec.cgroup().orElseThrow()).filter(Cgroup::isInhabited);
    }

    /** The process as one whose group it is, where it is. */
    ChildProcess around(ChildProcess process) {
        return cgroup.isPresent() && isItsGroup ? new CgroupProcess(process, cgroup.get()) : process;
    }

    /** Has it killed with this JVM, where the process is and it belongs to that. */
    void guard(ProcessSpec spec, ChildProcess process, Processes processes) {
        if (isItsGroup && spec.whenSupervisorDies() == WhenSupervisorDies.KILL) {
            cgroup.ifPresent(group -> processes.guardCgroup(process.identity(), group.directory()));
        }
    }

    /** Whether memory was short when it ended so, in words. */
    Optional<String> outOfMemory(ExitStatus status) {
        return cgroup.flatMap(group -> group.outOfMemory(status));
    }

    /**
     * The process has ended: nothing is kept of its group unless others are in it.
     *
     * @return what is to be told of these, to be read behind the name of the process
     */
    Optional<String> leave() {
        if (cgroup.isEmpty()) {
            return Optional.empty();
        }
        List<GroupMember> left = cgroup.get().members();
        cgroup.get().remove();
        IN_USE.remove(cgroup.get().name());
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of("has ended, and others go on in its cgroup "
                        + cgroup.get().name() + ": " + told(left));
    }

    /** As messages have them. */
    static String told(List<GroupMember> members) {
        return members.stream().map(GroupMember::toString).collect(Collectors.joining(", "));
    }
}
