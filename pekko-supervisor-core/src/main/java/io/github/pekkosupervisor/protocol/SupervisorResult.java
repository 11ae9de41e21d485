package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.spec.ChildContext;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.util.List;
import java.util.Optional;

/**
 * What a supervisor answers to a {@link Request}, by the names that OTP's {@code supervisor} has for it. Each kind of
 * request has its own kind of answers, one type for each outcome.
 */
public sealed interface SupervisorResult {

    /** What came of a request to start a child. */
    sealed interface StartingResult extends SupervisorResult permits StartResult, RestartResult, NowResult {

        /**
         * The incarnation that was started, for who has no use for anything else.
         *
         * @throws ChildNotStartedException with this answer, if it is another one than {@link Started}; an answer of
         *     {@link Ignored} too, since there is no incarnation then
         */
        default ChildHandle orThrow() {
            if (this instanceof Started started) {
                return started.child();
            }
            throw new ChildNotStartedException(this);
        }
    }

    /** What came of {@link Request.StartChild}. */
    sealed interface StartResult extends StartingResult
            permits Started,
                    Ignored,
                    AlreadyStarted,
                    AlreadyPresent,
                    StartFailed,
                    InvalidSpec,
                    MaxChildren,
                    NotDynamic,
                    NoTemplate,
                    SupervisorGone {}

    /** What came of {@link Request.TerminateChild}. */
    sealed interface TerminateResult extends SupervisorResult permits Ok, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.RestartChild}. */
    sealed interface RestartResult extends StartingResult
            permits Started, Ignored, StartFailed, Running, Restarting, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.RenewChild}, {@link Request.RenewHandle} or {@link Request.RenewAll}. */
    sealed interface RenewResult extends SupervisorResult
            permits Started,
                    Ignored,
                    StartFailed,
                    Ok,
                    NotRunning,
                    Restarting,
                    NotKept,
                    NotFound,
                    SimpleOneForOne,
                    SupervisorGone {}

    /** What came of {@link Request.KillChild} or {@link Request.KillHandle}. */
    sealed interface KillResult extends SupervisorResult
            permits Ok, NotRunning, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.StartOnce} or {@link Request.StartOnceHandle}. */
    sealed interface OnceResult extends SupervisorResult
            permits Started, Ignored, StartFailed, Ok, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.StartNow} or {@link Request.StartNowHandle}. */
    sealed interface NowResult extends StartingResult
            permits Started, Ignored, StartFailed, Running, NotRunning, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.SignalChild} or {@link Request.SignalHandle}. */
    sealed interface SignalResult extends SupervisorResult
            permits Ok, NoReaction, NotRunning, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.DeleteChild}. */
    sealed interface DeleteResult extends SupervisorResult
            permits Ok, Running, Restarting, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.WhichChild}. */
    sealed interface WhichResult extends SupervisorResult
            permits ChildInfo, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link Request.GetChildSpec}. */
    sealed interface SpecResult extends SupervisorResult permits FoundSpec, NotFound, SupervisorGone {}

    /** What came of {@link Request.Reconfigure}. */
    sealed interface ReconfigureResult extends SupervisorResult permits Ok, InvalidSpec, BadInit, SupervisorGone {}

    /**
     * It runs.
     *
     * @param child the new incarnation
     * @param info what it said with {@link ChildContext#ready(Object)}
     */
    record Started(ChildHandle child, Optional<Object> info)
            implements StartResult, RestartResult, RenewResult, OnceResult, NowResult {}

    /** It need not run. Its specification is kept, unless it is temporary or the supervisor dynamic. */
    enum Ignored implements StartResult, RestartResult, RenewResult, OnceResult, NowResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "ignored";
        }
    }

    /**
     * There is one that runs.
     *
     * @param child its incarnation, or whatever already holds the name that the child wanted
     */
    record AlreadyStarted(Object child) implements StartResult {}

    /** There is one with this id, which does not run or is being restarted. */
    enum AlreadyPresent implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "already_present";
        }
    }

    /**
     * The start failed; nothing is kept of a new child, and it is not tried again. In a renewal, and where a restart
     * was made at once, it is tried again as any restart that failed, and counts.
     *
     * @param reason why
     * @param child what was to be started
     */
    record StartFailed(ExitReason reason, ChildSpec child)
            implements StartResult, RestartResult, RenewResult, OnceResult, NowResult {}

    /**
     * The specification is wrong; nothing has changed.
     *
     * @param problems all that is wrong with it
     */
    record InvalidSpec(List<InvalidSpecException.Problem> problems) implements StartResult, ReconfigureResult {}

    /** There are as many children as there may be. */
    enum MaxChildren implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "max_children";
        }
    }

    /** A child was to be started from a template by a supervisor that has none. */
    enum NoTemplate implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "no_template";
        }
    }

    /** Arguments were given for a child of a supervisor that is not dynamic, or a specification where is a template. */
    enum NotDynamic implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "not_dynamic";
        }
    }

    /** Done. */
    enum Ok
            implements
                    TerminateResult, DeleteResult, ReconfigureResult, RenewResult, KillResult, OnceResult,
                    SignalResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "ok";
        }
    }

    /** There is no such child. */
    enum NotFound
            implements
                    TerminateResult, RestartResult, DeleteResult, WhichResult, SpecResult, RenewResult, KillResult,
                    OnceResult, NowResult, SignalResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "not_found";
        }
    }

    /** Not with a dynamic supervisor, or not by id. */
    enum SimpleOneForOne
            implements
                    TerminateResult, RestartResult, DeleteResult, WhichResult, RenewResult, KillResult, OnceResult,
                    NowResult, SignalResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "simple_one_for_one";
        }
    }

    /** It runs. */
    enum Running implements RestartResult, DeleteResult, NowResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "running";
        }
    }

    /** It is being restarted by the supervisor. */
    enum Restarting implements RestartResult, DeleteResult, RenewResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "restarting";
        }
    }

    /** It has no incarnation, or not the one that was named; nothing was done. OTP has no such answer. */
    enum NotRunning implements RenewResult, KillResult, NowResult, SignalResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "not_running";
        }
    }

    /** It is temporary, and what it was made from is not kept, as in OTP: it cannot be made anew. It runs on. */
    enum NotKept implements RenewResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "not_kept";
        }
    }

    /** It has nothing to say to that signal, which was ignored. */
    enum NoReaction implements SignalResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "no_reaction";
        }
    }

    /**
     * Here it is.
     *
     * @param spec with all defaults
     */
    record FoundSpec(ChildSpec spec) implements SpecResult {}

    /**
     * The function that was to return a specification did not.
     *
     * @param reason what it threw, or returned instead
     */
    record BadInit(ExitReason reason) implements ReconfigureResult {}

    /** The supervisor has ended, or did before it got to this. */
    enum SupervisorGone
            implements
                    StartResult, TerminateResult, RestartResult, DeleteResult, WhichResult, SpecResult,
                    ReconfigureResult, RenewResult, KillResult, OnceResult, NowResult, SignalResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "supervisor_gone";
        }
    }

    /**
     * One child as it is now.
     *
     * @param id the child's
     * @param state how it is
     * @param handle its incarnation; the last one while it is restarting
     * @param isSupervisor whether it counts as a supervisor
     */
    record ChildInfo(String id, ChildState state, Optional<ChildHandle> handle, boolean isSupervisor)
            implements WhichResult {}

    /**
     * How many there are.
     *
     * @param specs children known; 1 under simple one for one
     * @param active children that run
     * @param supervisors children that are supervisors, running or not
     * @param workers all other children, running or not
     * @param abandoned incarnations that were given up and still have not ended; OTP has no such thing
     */
    record ChildCounts(int specs, int active, int supervisors, int workers, int abandoned)
            implements SupervisorResult {}

    /**
     * All of them.
     *
     * @param list in start order, those of a dynamic supervisor in the order they were added
     */
    record Children(List<ChildInfo> list) implements SupervisorResult {
        /** Copies. */
        public Children {
            list = List.copyOf(list);
        }
    }
}
