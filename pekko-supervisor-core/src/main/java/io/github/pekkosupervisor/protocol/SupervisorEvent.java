package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.posix.GroupMember;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What happens in a tree, each once; the events of one supervisor are in order. As OTP's supervisor reports, and what
 * OTP does not report.
 */
public sealed interface SupervisorEvent extends TreeEvent {

    /** Where the supervisor stands in its tree: ids joined by {@code /}, the top is {@code /}. */
    String supervisor();

    @Override
    default String path() {
        return supervisor();
    }

    /** Why a child was started. */
    enum StartCause {
        /** With its supervisor. */
        START_UP,
        /** By the supervisor, after a death. */
        RESTART,
        /** Asked for by a call. */
        CALL,
        /** Asked for by a call, and to run once: its end is followed by no restart. */
        ONCE,
        /** A call has had it replaced by a new incarnation, or a sibling that takes it along. */
        RENEWAL,
        /** It ran already: a process that an earlier JVM had started, and which has been taken over. */
        ADOPTED;

        /** Whether somebody has asked for this start, and not the supervisor by itself. */
        public boolean isCall() {
            return this == CALL || this == ONCE || this == RENEWAL;
        }
    }

    /**
     * The child that an event is about; OTP's offender.
     *
     * @param spec its specification
     * @param handle its incarnation, the dead one in {@link ChildTerminated}; empty if it has none
     * @param restarting whether that incarnation is the last one of a child that is being restarted
     * @param count how many children this is about; more than one only in a {@link ShutdownError} of a dynamic
     *     supervisor
     */
    record Offender(ChildSpec spec, Optional<ChildHandle> handle, boolean restarting, int count) {
        /** The child's id. */
        public String id() {
            return spec.id();
        }

        @Override
        public String toString() {
            if (count > 1) {
                return Excerpt.line(id()) + " (" + count + " children)";
            }
            return handle.map(ChildHandle::toString).orElseGet(() -> Excerpt.line(id()));
        }
    }

    /** One that is about a child. */
    sealed interface OfChild extends SupervisorEvent {
        /** Which. */
        Offender child();
    }

    /**
     * A child is on its way up or down, or its process is paused. Told only where that is asked for, by an option of
     * the tree, since it happens as often as all else.
     */
    sealed interface Transition extends OfChild {}

    /** The end of an incarnation that had been started. */
    sealed interface ChildEnd extends OfChild {
        /** Why. */
        ExitReason reason();

        /** How long, from when it was made until it ended; its start is a part of that. */
        Duration ran();
    }

    /** Who or what had a child stopped. */
    sealed interface StopCause {
        /** Somebody asked for it, by a call. */
        enum Call implements StopCause {
            /** The only one. */
            INSTANCE
        }

        /** A call has it replaced by a new incarnation, which follows. */
        enum Renewal implements StopCause {
            /** The only one. */
            INSTANCE
        }

        /** It runs and does not work any more; it is started again when it has ended. */
        enum Hung implements StopCause {
            /** The only one. */
            INSTANCE
        }

        /**
         * A sibling has ended, and the strategy takes this child along; it is to be started again with it.
         *
         * @param child the sibling, by the incarnation that has ended
         */
        record Sibling(Offender child) implements StopCause {}

        /**
         * Its supervisor ends.
         *
         * @param end why: it was asked to, gave up, shuts down for a child, failed or was killed
         */
        record SupervisorEnds(TreeEnd end) implements StopCause {}
    }

    /**
     * One of the restarts that have used up what a supervisor allows.
     *
     * @param child id of the child that was to be restarted
     * @param incarnation number of the one that had ended, or had failed to start
     * @param reason why, as text of at most 200 characters: what has crashed is not kept for it
     * @param ran how long that incarnation had lasted
     * @param ago how long before the supervisor gave up
     */
    record CountedRestart(String child, long incarnation, String reason, Duration ran, Duration ago) {}

    /**
     * All children of the supervisor have been started.
     *
     * @param by what it goes by
     */
    record SupervisorStarted(String supervisor, TreeSnapshot.Supervision by) implements SupervisorEvent {}

    /**
     * The supervisor ends; its children are gone.
     *
     * @param end how
     */
    record SupervisorStopped(String supervisor, TreeEnd end) implements SupervisorEvent {
        /** What it ends with. */
        public ExitReason reason() {
            return end.reason();
        }
    }

    /**
     * Flags and children have been changed by a call, and count from now on; nobody was started or stopped. OTP:
     * code_change.
     *
     * @param by what it goes by now
     * @param children all of them in start order, new ones stopped; the template of a simple one for one, and none of
     *     another dynamic one, whose children stay as they are
     */
    record SupervisorChanged(String supervisor, TreeSnapshot.Supervision by, List<ChildSpec> children)
            implements SupervisorEvent {
        /** Copies. */
        public SupervisorChanged {
            children = List.copyOf(children);
        }
    }

    /**
     * A child has been started; OTP's progress report.
     *
     * @param succeeds number of the incarnation that it follows: the last one of this child that had started; empty for
     *     the first
     */
    record ChildStarted(String supervisor, Offender child, StartCause cause, OptionalLong succeeds)
            implements OfChild {}

    /**
     * A child is starting: it has an incarnation, which has not said yet that it runs. Of a process it is told when it
     * has a pid.
     */
    record ChildStarting(String supervisor, Offender child) implements Transition {}

    /**
     * A child has been told to stop, by its supervisor.
     *
     * @param within how long it has until it is killed; zero if it is killed at once, empty for as long as it takes
     * @param cause whether it is started again follows from it
     */
    record ChildStopping(String supervisor, Offender child, Optional<Duration> within, StopCause cause)
            implements Transition {}

    /**
     * A child has ended while its supervisor was at something else, as at a start that takes its time. What follows is
     * told when the supervisor gets to it, the end itself included.
     *
     * @param ran as in {@link ChildEnd}
     * @param again whether it is to be started again then, as far as that is up to the child
     */
    record ChildGone(String supervisor, Offender child, ExitReason reason, Duration ran, boolean again)
            implements Transition {}

    /**
     * The process of a child was sent STOP, or CONT, by a call.
     *
     * @param paused whether it was STOP
     */
    record ChildPaused(String supervisor, Offender child, boolean paused) implements Transition {}

    /**
     * A child runs and does not work any more, by what its specification says of that. Told once until
     * {@link ChildRecovered} or its end.
     *
     * @param why in words
     * @param isStopped whether it is stopped for that, killed if need be; its end is then told with
     *     {@link ExitReason.Hung}, and it is restarted by its type as after a crash. Else it is left as it is
     */
    record ChildHung(String supervisor, Offender child, String why, boolean isStopped) implements OfChild {}

    /**
     * A child works again that was hung, and was left as it was.
     *
     * @param hung for how long, since that was told
     */
    record ChildRecovered(String supervisor, Offender child, Duration hung) implements OfChild {}

    /** A call has asked that the end of a child that runs is followed by no restart. */
    record ChildRunsOnce(String supervisor, Offender child) implements OfChild {}

    /**
     * A call has sent a child a signal that it has no reaction to; it was ignored. Told once for each child and signal.
     */
    record SignalIgnored(String supervisor, Offender child, Signal signal) implements OfChild {}

    /**
     * A child has said instead of its start that it need not run, or a start gate has said that it must not: it stays
     * down; OTP is silent about it.
     *
     * @param child by the incarnation that said so; by none if it was a start gate
     * @param succeeds number of the last one that had started; empty if none has
     */
    record ChildIgnored(String supervisor, Offender child, OptionalLong succeeds) implements OfChild {}

    /**
     * A oneshot has ended normally, which is what its start is acknowledged by: it is down now, and done.
     *
     * @param reason how it ended
     * @param ran how long, from when it was made until it ended
     * @param cause of its start
     * @param succeeds as in {@link ChildStarted}
     */
    record ChildDone(
            String supervisor, Offender child, ExitReason reason, Duration ran, StartCause cause, OptionalLong succeeds)
            implements OfChild {}

    /**
     * A start failed that a call had asked for, and who called is told why; OTP is silent about it.
     *
     * @param child by the incarnation that could not be started
     * @param stays how the child is, which is as it was; empty if the call had added it: then it is gone again
     */
    record ChildNotStarted(String supervisor, Offender child, ExitReason reason, Optional<TreeSnapshot.State> stays)
            implements OfChild {}

    /** A child that is down has been deleted by a call; OTP is silent about it. */
    record ChildDeleted(String supervisor, Offender child) implements OfChild {}

    /**
     * A start failed, at start-up or in a restart; one asked for by a call is not reported. OTP: start_error.
     *
     * @param child as in OTP by its last incarnation that had started, if that is known
     * @param attempt the incarnation that could not be started
     * @param took how long it was tried
     * @param restart the next attempt, which is told of next; empty if there is none, or if it is decided on only when
     *     all that has arrived at the supervisor has been taken
     */
    record StartError(
            String supervisor,
            Offender child,
            ExitReason reason,
            ChildHandle attempt,
            Duration took,
            Optional<RestartScheduled> restart)
            implements OfChild {}

    /**
     * A child has ended by itself, and that is to be reported. OTP: child_terminated.
     *
     * @param restart what follows, which is told of next; empty if it stays down, or if the supervisor gives up
     */
    record ChildTerminated(
            String supervisor, Offender child, ExitReason reason, Duration ran, Optional<RestartScheduled> restart)
            implements ChildEnd {}

    /** A child has ended by itself, as it may; OTP is silent about it. */
    record ChildFinished(String supervisor, Offender child, ExitReason reason, Duration ran) implements ChildEnd {}

    /** A child was stopped by the supervisor, and ended well; OTP is silent about it. */
    record ChildStopped(String supervisor, Offender child, ExitReason reason, Duration ran, StopCause cause)
            implements ChildEnd {}

    /**
     * A child that was being stopped ended badly, or not in time. OTP: shutdown_error.
     *
     * @param ran of the last one, if there are several
     */
    record ShutdownError(String supervisor, Offender child, ExitReason reason, Duration ran, StopCause cause)
            implements ChildEnd {}

    /**
     * A child will be started again: one for each restart that the supervisor has decided on, with or without a wait,
     * the retry of a restart that failed included. Told before the wait, and before siblings are stopped. What follows
     * is {@link ChildStarted} or {@link StartError}; where it waits {@link RestartBegun} before that, or
     * {@link GaveUp}, since a restart is counted when it is attempted, or {@link RestartCancelled}, if the child is
     * stopped meanwhile.
     *
     * @param child the one that has ended; its siblings, where the strategy takes them along, have no event of their
     *     own
     * @param delay after how long; zero for at once
     * @param recent restarts within the period so far, this one not counted; at most 1,000 where there is no limit
     * @param limit how many the supervisor allows within the period; empty if it never gives up
     * @param period the length of the window that they are counted in
     * @param again whether it follows a restart that failed, and not an end
     */
    record RestartScheduled(
            String supervisor,
            Offender child,
            Duration delay,
            int recent,
            OptionalInt limit,
            Duration period,
            boolean again)
            implements OfChild {}

    /**
     * The wait before a restart is over: it has been counted, and is carried out.
     *
     * @param recent restarts within the period, with this one; at most 1,000 where there is no limit
     */
    record RestartBegun(String supervisor, Offender child, int recent) implements OfChild {}

    /**
     * A child that was to be started again stays down: it was stopped, as far as there was anything to stop.
     *
     * @param child by its last incarnation that had started, if that is known
     * @param cause of the stop; with a sibling it will be started again, as all that are stopped for that
     */
    record RestartCancelled(String supervisor, Offender child, StopCause cause) implements OfChild {}

    /**
     * Too many restarts: the supervisor stops its children and ends. OTP: shutdown.
     *
     * @param child the last straw
     * @param reason always {@link ExitReason.ReachedMaxRestartIntensity}, or {@link ExitReason.Abandoned}
     * @param limit how many restarts the supervisor allows
     * @param period within which
     * @param counted those that it has had within the period, the oldest first; at most the last 20. Empty for a child
     *     that had to be abandoned, where it is not a matter of how many
     * @param earlier how many more there were within the period, before those
     */
    record GaveUp(
            String supervisor,
            Offender child,
            ExitReason reason,
            int limit,
            Duration period,
            List<CountedRestart> counted,
            int earlier)
            implements OfChild {
        /** Copies. */
        public GaveUp {
            counted = List.copyOf(counted);
        }
    }

    /** Significant children have ended: the supervisor stops its children and ends. */
    record AutoShutdown(String supervisor, Offender child) implements OfChild {}

    /**
     * A child did not end when killed; its supervisor goes on without it.
     *
     * @param stack where its own thread stands, if it has one
     */
    record ChildAbandoned(String supervisor, Offender child, String stack) implements OfChild {}

    /**
     * A process has ended, but members of its group had not when the time for that was over, and were killed. It comes
     * before the event that tells of the end of the child.
     *
     * @param left who, at least one
     */
    record Overrun(String supervisor, Offender child, List<GroupMember> left) implements OfChild {
        /** Copies. */
        public Overrun {
            left = List.copyOf(left);
        }
    }

    /** An abandoned child has ended after all. */
    record AbandonedChildEnded(String supervisor, Offender child) implements OfChild {}

    /**
     * A child was sent a message that it does not take: of another type than its own, or one that its behavior leaves
     * unhandled. It has done no harm: it went to the dead letters, or is Pekko's unhandled message. Told once for each
     * type and incarnation, and once for each type and address.
     *
     * @param type of the message
     */
    record MessageRefused(String supervisor, Offender child, Class<?> type) implements OfChild {}

    /** Something was sent to the supervisor that it does not know. */
    record UnexpectedMessage(String supervisor, Object message) implements SupervisorEvent {}
}
