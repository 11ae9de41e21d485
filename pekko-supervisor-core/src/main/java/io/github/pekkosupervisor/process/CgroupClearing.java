package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.PosixException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;

/**
 * Before a process is started: those whom an earlier run has left in its control group are killed, and named, and it is
 * not started before they are gone.
 *
 * @param <T> what its actor can be asked to do
 */
final class CgroupClearing<T> {

    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final Cgroup group;
    private final TimerScheduler<T> timers;
    private final T again;
    private final Class<? extends T> stop;
    private final Supplier<Behavior<T>> start;
    private final Function<String, Behavior<T>> refused;
    private List<GroupMember> seen;

    /**
     * @param again to be sent to the actor when it is time to look again
     * @param stop by which it may be told not to begin at all
     * @param start what follows when all are gone
     * @param refused what follows if that is not so, with the reason
     */
    private CgroupClearing(
            Cgroup group,
            TimerScheduler<T> timers,
            T again,
            Class<? extends T> stop,
            Supplier<Behavior<T>> start,
            Function<String, Behavior<T>> refused) {
        this.group = group;
        this.timers = timers;
        this.again = again;
        this.stop = stop;
        this.start = start;
        this.refused = refused;
        this.seen = group.members();
    }

    /** @param told what is to be read behind the name of the process; the other parameters stand above */
    static <T> Behavior<T> before(
            ProcessSpec spec,
            Consumer<String> told,
            TimerScheduler<T> timers,
            T again,
            Class<? extends T> stop,
            Supplier<Behavior<T>> start,
            Function<String, Behavior<T>> refused) {
        Optional<Cgroup> left = ProcessCgroup.leftOf(spec);
        if (left.isEmpty()) {
            return start.get();
        }
        CgroupClearing<T> clearing = new CgroupClearing<>(left.get(), timers, again, stop, start, refused);
        told.accept("is to be started, and those whom an earlier run has left in its cgroup "
                + left.get().name() + " are killed before: " + ProcessCgroup.told(clearing.seen));
        return clearing.kill();
    }

    private Behavior<T> kill() {
        try {
            group.kill();
        } catch (PosixException e) {
            return refused.apply("those of an earlier run in " + group + " cannot be killed: " + e.getMessage());
        }
        return look(Pauses.FIRST, Duration.ZERO);
    }

    private Behavior<T> look(Duration pause, Duration waited) {
        if (!group.isInhabited()) {
            return start.get();
        }
        if (waited.compareTo(LONGEST) > 0) {
            return refused.apply("those of an earlier run in " + group + " were killed and still exist: "
                    + ProcessCgroup.told(seen));
        }
        timers.startSingleTimer(again, again, pause);
        return Behaviors.receiveMessage(message -> {
            if (message.equals(again)) {
                return look(Pauses.after(pause), waited.plus(pause));
            }
            return stop.isInstance(message)
                    ? refused.apply("stopped while those of an earlier run in " + group + " were killed")
                    : Behaviors.same();
        });
    }
}
