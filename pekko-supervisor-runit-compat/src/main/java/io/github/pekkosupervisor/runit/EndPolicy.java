package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.config.ConfigSection;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.ConfiguredStop;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.ProcessGroup;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.process.StopSequence;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Program;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Ties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What {@code service.conf} says of the end of {@code run}: how it is asked to, who goes with it, and with whom it
 * goes.
 *
 * @param stop the signals in the place of TERM; empty for TERM alone
 * @param group who belongs to it; empty for nobody, or for those that it must lead to be killed with
 * @param diesWithLauncher whether it is killed when the launcher has died
 * @param isEssential whether its end is the launcher's
 */
record EndPolicy(
        Optional<StopSequence> stop, Optional<ProcessGroup> group, boolean diesWithLauncher, boolean isEssential) {

    /** As runit has it. */
    static final EndPolicy RUNIT = new EndPolicy(Optional.empty(), Optional.empty(), false, false);

    /** Longer than any process is waited for. */
    private static final Duration NO_LIMIT = Duration.ofDays(100_000);

    static EndPolicy read(ConfigSection top) {
        EndPolicy read = new EndPolicy(
                ConfiguredStop.sequence(top),
                ConfiguredStop.group(top),
                ConfiguredStop.whenSupervisorDies(top)
                        .filter(WhenSupervisorDies.KILL::equals)
                        .isPresent(),
                top.get("essential", ConfigValues::bool).orElse(false));
        return read.equals(RUNIT) ? RUNIT : read;
    }

    /** The keys by which it differs from runit. */
    List<String> keys() {
        List<String> keys = new ArrayList<>();
        stop.ifPresent(said -> keys.add("stop"));
        group.ifPresent(said -> keys.add("process-group"));
        if (diesWithLauncher) {
            keys.add("when-supervisor-dies");
        }
        if (isEssential) {
            keys.add("essential");
        }
        return keys;
    }

    /** The same for a launcher that does not end by it. */
    EndPolicy withoutEssential() {
        return isEssential ? new EndPolicy(stop, group, diesWithLauncher, false) : this;
    }

    /** Whether all of its control group belong to {@code run}. */
    private boolean isCgroup() {
        return group.filter(ProcessGroup.CGROUP::equals).isPresent();
    }

    /** Whether a program leads a session and a group of its own though the launcher gives it none. */
    boolean leadsGroup(Program program) {
        return program == Program.RUN
                ? group.orElse(diesWithLauncher ? ProcessGroup.LEADER : ProcessGroup.NONE) != ProcessGroup.NONE
                : diesWithLauncher && group.orElse(ProcessGroup.LEADER) != ProcessGroup.NONE;
    }

    /** What there is to know of a process that is started so, for as long as it lives. */
    Ties ties(Program program) {
        boolean whole = program == Program.RUN
                && group.filter(who -> who == ProcessGroup.WHOLE || who == ProcessGroup.CGROUP)
                        .isPresent();
        return diesWithLauncher || whole ? new Ties(diesWithLauncher, whole) : Ties.NONE;
    }

    /** A program as it is to be started. */
    ProcessSpec of(ProcessSpec bare, Program program) {
        if (equals(RUNIT)) {
            return bare;
        }
        ProcessSpec spec = bare;
        if (program == Program.RUN) {
            spec = group.map(spec::withProcessGroup).orElse(spec);
            spec = stop.map(spec::withStop).orElse(spec);
        }
        if (group.isEmpty() || program != Program.RUN) {
            spec = leadsGroup(program) ? spec.withProcessGroup(ProcessGroup.LEADER) : spec;
        }
        return diesWithLauncher ? spec.withWhenSupervisorDies(WhenSupervisorDies.KILL) : spec;
    }

    /** {@code run} as it was started, and stopped as is said now. */
    ProcessSpec ofAdopted(ProcessSpec bare, Ties ties) {
        ProcessSpec spec = stop.map(bare::withStop).orElse(bare);
        spec = ties.whole() ? spec.withProcessGroup(isCgroup() ? ProcessGroup.CGROUP : ProcessGroup.WHOLE) : spec;
        return ties.diesWithSupervisor() ? spec.withWhenSupervisorDies(WhenSupervisorDies.KILL) : spec;
    }

    /** How long the actor of a process is given to stop it, where it is that who does; empty where TERM is sent. */
    Optional<Duration> timeToStop() {
        boolean groupIsAsked = group.filter(who -> who != ProcessGroup.NONE).isPresent();
        return stop.isPresent() || groupIsAsked ? Optional.of(NO_LIMIT) : Optional.empty();
    }

    /** How long all the signals take, until the last of them. */
    Duration lengthOfStop() {
        return stop.map(StopSequence::steps).orElse(List.of()).stream()
                .map(StopSequence.Step::after)
                .reduce(Duration.ZERO, Duration::plus);
    }
}
