package io.github.pekkosupervisor;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;

/**
 * A supervisor as an actor, and what it can be told. As OTP {@code supervisor}: it starts its children in order, each
 * when the one before has acknowledged its start, watches them, restarts them by its strategy, and stops them in
 * reverse order when told to {@link Stop}, when there were too many restarts, or when significant children have ended.
 *
 * <p>It does one thing at a time; what arrives meanwhile waits its turn. Nothing it does blocks a thread. Stopping the
 * actor itself from outside ({@code context.stop}) is the kill: its children are stopped too, but in no order.
 *
 * <p>Whoever does not use Pekko has the same as {@link SupervisionTree} and {@link SupervisorRef}.
 */
public final class Supervisor {

    static final Object NO_INFO = new Object() {
        @Override
        public String toString() {
            return "no info";
        }
    };

    private Supervisor() {}

    /**
     * A supervisor to be spawned by an actor of the application. If its children cannot be started it ends; who must
     * know gives {@link #create(Callable, Consumer, ActorRef)} a listener.
     *
     * @throws InvalidSpecException if the specification is wrong
     */
    public static Behavior<Command> create(SupervisorSpec spec) {
        spec.check();
        return create(() -> spec, SupervisorLog.INSTANCE, null);
    }

    /**
     * A supervisor to be spawned by an actor of the application.
     *
     * @param init asked once at the start what is to be supervised; may return {@link SupervisorSpec#ignore()}
     * @param listener told of every event, one at a time and in order, by the supervisor's actor: must not block
     * @param owner told {@link Up}, and {@link Ended} at the end; null if nobody need know
     */
    public static Behavior<Command> create(
            Callable<SupervisorSpec> init,
            Consumer<? super SupervisorEvent> listener,
            @org.jspecify.annotations.Nullable ActorRef<? super Notice> owner) {
        return SupervisorActor.top(init, listener, owner);
    }

    // ---- what it can be told

    /**
     * What a supervisor can be told. Requests are answered in the order of their arrival; one that a supervisor does
     * not get to before it ends is answered with {@link SupervisorGone} where that is a possible answer, which for
     * {@link WhichChildren} and {@link CountChildren} it is not: watch the supervisor, or use {@link SupervisorRef}.
     */
    public sealed interface Command
            permits StartChild,
                    StartFromTemplate,
                    TerminateChild,
                    TerminateHandle,
                    RestartChild,
                    DeleteChild,
                    WhichChildren,
                    WhichChild,
                    WhichHandle,
                    CountChildren,
                    GetChildSpec,
                    GetHandleSpec,
                    Reconfigure,
                    Stop,
                    Call,
                    Acknowledged,
                    Terminated,
                    Refused,
                    Retry,
                    Wake,
                    Kill,
                    Hurry,
                    DelayOver {}

    /**
     * Adds a child at the end and starts it.
     *
     * @param child what
     * @param arguments what it finds among its {@link ChildContext#arguments()}
     */
    public record StartChild(ChildSpec child, List<Object> arguments, ActorRef<? super StartResult> replyTo)
            implements Command {
        /** Refuses null. */
        public StartChild {
            Objects.requireNonNull(arguments, "the arguments are null; use an empty list");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Starts one more child of the template of a simple one for one supervisor. */
    public record StartFromTemplate(List<Object> arguments, ActorRef<? super StartResult> replyTo) implements Command {
        /** Refuses null. */
        public StartFromTemplate {
            Objects.requireNonNull(arguments, "the arguments are null; use an empty list");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Stops a child and does not start it again. */
    public record TerminateChild(String id, ActorRef<? super TerminateResult> replyTo) implements Command {
        /** Refuses null. */
        public TerminateChild {
            Objects.requireNonNull(id, "the id of a child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Stops a child of a dynamic supervisor. */
    public record TerminateHandle(ChildHandle child, ActorRef<? super TerminateResult> replyTo) implements Command {
        /** Refuses null. */
        public TerminateHandle {
            Objects.requireNonNull(child, "the child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Starts a child that was stopped, or has ended and stayed down. */
    public record RestartChild(String id, ActorRef<? super RestartResult> replyTo) implements Command {
        /** Refuses null. */
        public RestartChild {
            Objects.requireNonNull(id, "the id of a child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Forgets a child that is not running. */
    public record DeleteChild(String id, ActorRef<? super DeleteResult> replyTo) implements Command {
        /** Refuses null. */
        public DeleteChild {
            Objects.requireNonNull(id, "the id of a child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Lists the children in start order, those of a dynamic supervisor in the order they were added. */
    public record WhichChildren(ActorRef<? super List<ChildInfo>> replyTo) implements Command {
        /** Refuses null. */
        public WhichChildren {
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Looks at one child. */
    public record WhichChild(String id, ActorRef<? super WhichResult> replyTo) implements Command {
        /** Refuses null. */
        public WhichChild {
            Objects.requireNonNull(id, "the id of a child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Looks at one child of a dynamic supervisor. */
    public record WhichHandle(ChildHandle child, ActorRef<? super WhichResult> replyTo) implements Command {
        /** Refuses null. */
        public WhichHandle {
            Objects.requireNonNull(child, "the child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** The specification of one child of a dynamic supervisor. */
    public record GetHandleSpec(ChildHandle child, ActorRef<? super SpecResult> replyTo) implements Command {
        /** Refuses null. */
        public GetHandleSpec {
            Objects.requireNonNull(child, "the child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** Counts the children. */
    public record CountChildren(ActorRef<? super ChildCounts> replyTo) implements Command {
        /** Refuses null. */
        public CountChildren {
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /** The specification of one child with all defaults filled in. */
    public record GetChildSpec(String id, ActorRef<? super SpecResult> replyTo) implements Command {
        /** Refuses null. */
        public GetChildSpec {
            Objects.requireNonNull(id, "the id of a child is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /**
     * Replaces flags and specifications. As OTP's code change: running children are not touched, new ones are added but
     * not started, those that are missing are kept after the new ones.
     *
     * @param init returns the new specification; {@link SupervisorSpec#ignore()} changes nothing
     */
    public record Reconfigure(Callable<SupervisorSpec> init, ActorRef<? super ReconfigureResult> replyTo)
            implements Command {
        /** Refuses null. */
        public Reconfigure {
            Objects.requireNonNull(init, "the function that returns the specification is null");
            Objects.requireNonNull(replyTo, "there is nobody to answer");
        }
    }

    /**
     * Stops all children in reverse order, then ends. A supervisor that is nobody's child is the top of its tree, which
     * ends with it: so it gives up what is being started, at any depth, before it stops the rest. One inside a tree
     * finishes the start first.
     *
     * @param reason what the supervisor ends with; its children are told to shut down in any case
     */
    public record Stop(ExitReason reason) implements Command {
        /** Refuses null. */
        public Stop {
            Objects.requireNonNull(reason, "the reason to stop is null; use ExitReason.normal()");
        }
    }

    // ---- what it answers

    /** What came of {@link StartChild}. */
    public sealed interface StartResult
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

    /** What came of {@link TerminateChild}. */
    public sealed interface TerminateResult permits Ok, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link RestartChild}. */
    public sealed interface RestartResult
            permits Started, Ignored, StartFailed, Running, Restarting, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link DeleteChild}. */
    public sealed interface DeleteResult permits Ok, Running, Restarting, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link WhichChild}. */
    public sealed interface WhichResult permits ChildInfo, NotFound, SimpleOneForOne, SupervisorGone {}

    /** What came of {@link GetChildSpec}. */
    public sealed interface SpecResult permits FoundSpec, NotFound, SupervisorGone {}

    /** What came of {@link Reconfigure}. */
    public sealed interface ReconfigureResult permits Ok, InvalidSpec, BadInit, SupervisorGone {}

    /**
     * It runs.
     *
     * @param child the new incarnation
     * @param info what it said with {@link ChildContext#ready(Object)}
     */
    public record Started(ChildHandle child, Optional<Object> info) implements StartResult, RestartResult {}

    /** It need not run. Its specification is kept, unless it is temporary or the supervisor dynamic. */
    public enum Ignored implements StartResult, RestartResult, Notice {
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
    public record AlreadyStarted(Object child) implements StartResult {}

    /** There is one with this id, which does not run or is being restarted. */
    public enum AlreadyPresent implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "already_present";
        }
    }

    /**
     * The start failed; nothing is kept of a new child, and it is not tried again.
     *
     * @param reason why
     * @param child what was to be started
     */
    public record StartFailed(ExitReason reason, ChildSpec child) implements StartResult, RestartResult {}

    /**
     * The specification is wrong; nothing has changed.
     *
     * @param problems all that is wrong with it
     */
    public record InvalidSpec(List<InvalidSpecException.Problem> problems) implements StartResult, ReconfigureResult {}

    /** There are as many children as there may be. */
    public enum MaxChildren implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "max_children";
        }
    }

    /** A child was to be started from a template by a supervisor that has none. */
    public enum NoTemplate implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "no_template";
        }
    }

    /** Arguments were given for a child of a supervisor that is not dynamic, or a specification where is a template. */
    public enum NotDynamic implements StartResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "not_dynamic";
        }
    }

    /** Done. */
    public enum Ok implements TerminateResult, DeleteResult, ReconfigureResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "ok";
        }
    }

    /** There is no such child. */
    public enum NotFound implements TerminateResult, RestartResult, DeleteResult, WhichResult, SpecResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "not_found";
        }
    }

    /** Not with a dynamic supervisor, or not by id. */
    public enum SimpleOneForOne implements TerminateResult, RestartResult, DeleteResult, WhichResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "simple_one_for_one";
        }
    }

    /** It runs. */
    public enum Running implements RestartResult, DeleteResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "running";
        }
    }

    /** It is being restarted by the supervisor. */
    public enum Restarting implements RestartResult, DeleteResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "restarting";
        }
    }

    /**
     * Here it is.
     *
     * @param spec with all defaults
     */
    public record FoundSpec(ChildSpec spec) implements SpecResult {}

    /**
     * The function that was to return a specification did not.
     *
     * @param reason what it threw, or returned instead
     */
    public record BadInit(ExitReason reason) implements ReconfigureResult {}

    /** The supervisor has ended, or did before it got to this. */
    public enum SupervisorGone
            implements
                    StartResult, TerminateResult, RestartResult, DeleteResult, WhichResult, SpecResult,
                    ReconfigureResult {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "supervisor_gone";
        }
    }

    /** How a child is. */
    public enum ChildState {
        /** It has an incarnation. */
        RUNNING,
        /** It has none: stopped, finished, or ignored; OTP's {@code undefined}. */
        STOPPED,
        /** Its last start failed, or waits for its delay; the supervisor tries again. */
        RESTARTING
    }

    /**
     * One child as it is now.
     *
     * @param id the child's
     * @param state how it is
     * @param handle its incarnation; the last one while it is restarting
     * @param isSupervisor whether it counts as a supervisor
     */
    public record ChildInfo(String id, ChildState state, Optional<ChildHandle> handle, boolean isSupervisor)
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
    public record ChildCounts(int specs, int active, int supervisors, int workers, int abandoned) {}

    // ---- what its owner is told

    /** What the owner of a top supervisor is told; {@link Ignored} and nothing else if its init said ignore. */
    public sealed interface Notice permits Up, Ended, Ignored {}

    /**
     * All children have been started.
     *
     * @param supervisor for the dynamic API
     */
    public record Up(SupervisorRef supervisor) implements Notice {}

    /**
     * It has ended, and nothing of it is left; without {@link Up} before, it could not be started.
     *
     * @param end how
     */
    public record Ended(TreeEnd end) implements Notice {
        /** What it has ended with. */
        public ExitReason reason() {
            return end.reason();
        }
    }

    // ---- what the library tells it

    /**
     * A request in the form that the rule knows.
     *
     * @param canBeGone whether {@link SupervisorGone} is an answer to it; what a {@link Desk} sent is answered by that
     */
    record Call(Request request, Consumer<Object> reply, boolean canBeGone) implements Command {}

    /** An incarnation says that it has started. */
    record Acknowledged(ChildHandle handle, Object info) implements Command {}

    /** An incarnation's actor has terminated. */
    record Terminated(ChildHandle handle) implements Command {}

    /**
     * A message for a child was not of a type that it takes. Does not wait its turn.
     *
     * @param child its incarnation, if it got as far
     */
    record Refused(String id, Optional<ChildHandle> child, Class<?> type) implements Command {}

    /** A failed restart is to be tried again, after all that was in the mailbox. */
    record Retry(Child child, long attempt) implements Command {}

    /** A time that the rule asked for has come. */
    enum Wake implements Command {
        /** The only one. */
        INSTANCE
    }

    /** The supervisor above kills it: it kills all below, and has ended when they have. Does not wait its turn. */
    enum Kill implements Command {
        /** The only one. */
        INSTANCE
    }

    /**
     * The whole tree ends, and a {@link Stop} has been sent before: whatever is being started is given up, here and
     * below. Does not wait its turn.
     *
     * @param lost children that have called {@link System#exit}, which waits for the tree, and where they stand: nobody
     *     can wait for them
     */
    record Hurry(Map<ChildHandle, String> lost) implements Command {}

    /** A child has waited for its restart. */
    record DelayOver(Child child, long attempt) implements Command {}
}
