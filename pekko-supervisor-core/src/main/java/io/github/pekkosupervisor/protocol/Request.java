package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildCounts;
import io.github.pekkosupervisor.protocol.SupervisorResult.Children;
import io.github.pekkosupervisor.protocol.SupervisorResult.DeleteResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.KillResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.NowResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.OnceResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.ReconfigureResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.RenewResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.RestartResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.SignalResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.SpecResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.StartResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.SupervisorGone;
import io.github.pekkosupervisor.protocol.SupervisorResult.TerminateResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.WhichResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * A call of the dynamic API. As OTP {@code supervisor}, functions of the same names. {@link SupervisorRef} makes them;
 * an actor sends them in a {@link SupervisorCommand.Call}.
 *
 * @param <R> what it is answered with
 */
public sealed interface Request<R extends SupervisorResult> {

    /** What is said of a missing id. */
    String NO_ID = "the id of a child is null";

    /** What is said of a missing handle. */
    String NO_CHILD = "the child is null";

    /** What is said of a missing signal. */
    String NO_SIGNAL = "the signal is null";

    /** The type of its answers. */
    Class<R> answers();

    /** The answer when the supervisor ends before it gets to it; empty where no answer can say so. */
    default Optional<R> whenGone() {
        Object gone = SupervisorGone.INSTANCE;
        return answers().isInstance(gone) ? Optional.of(answers().cast(gone)) : Optional.empty();
    }

    /** The incarnation that it names, if it names one. */
    default Optional<ChildHandle> named() {
        return Optional.empty();
    }

    /**
     * Adds a child at the end and starts it.
     *
     * @param child what
     * @param arguments what it finds among its {@link io.github.pekkosupervisor.spec.ChildContext#arguments()}; dynamic
     *     supervisors only
     */
    record StartChild(ChildSpec child, List<Object> arguments) implements Request<StartResult> {
        /** Refuses null arguments; a null child is answered with what is wrong with it. */
        public StartChild {
            Objects.requireNonNull(arguments, "the arguments are null; use an empty list");
        }

        @Override
        public Class<StartResult> answers() {
            return StartResult.class;
        }
    }

    /** Simple one for one only: starts one more child of the template. */
    record StartFromTemplate(List<Object> arguments) implements Request<StartResult> {
        /** Refuses null. */
        public StartFromTemplate {
            Objects.requireNonNull(arguments, "the arguments are null; use an empty list");
        }

        @Override
        public Class<StartResult> answers() {
            return StartResult.class;
        }
    }

    /** Stops a child and does not start it again. */
    record TerminateChild(String id) implements Request<TerminateResult> {
        /** Refuses null. */
        public TerminateChild {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<TerminateResult> answers() {
            return TerminateResult.class;
        }
    }

    /** Dynamic supervisors only: stops a child and forgets it. */
    record TerminateHandle(ChildHandle handle) implements Request<TerminateResult> {
        /** Refuses null. */
        public TerminateHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<TerminateResult> answers() {
            return TerminateResult.class;
        }
    }

    /** Starts a child that was stopped, or has ended and stayed down. */
    record RestartChild(String id) implements Request<RestartResult> {
        /** Refuses null. */
        public RestartChild {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<RestartResult> answers() {
            return RestartResult.class;
        }
    }

    /** Forgets a child that is not running. */
    record DeleteChild(String id) implements Request<DeleteResult> {
        /** Refuses null. */
        public DeleteChild {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<DeleteResult> answers() {
            return DeleteResult.class;
        }
    }

    /** Replaces a child by a new incarnation, see {@link SupervisorRef#renewChild(String)}. */
    record RenewChild(String id) implements Request<RenewResult> {
        /** Refuses null. */
        public RenewChild {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<RenewResult> answers() {
            return RenewResult.class;
        }
    }

    /** The same, of the child that runs as this incarnation; of any supervisor. */
    record RenewHandle(ChildHandle handle) implements Request<RenewResult> {
        /** Refuses null. */
        public RenewHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<RenewResult> answers() {
            return RenewResult.class;
        }
    }

    /** Renews all children that run, see {@link SupervisorRef#renewAll()}. */
    record RenewAll() implements Request<RenewResult> {
        @Override
        public Class<RenewResult> answers() {
            return RenewResult.class;
        }
    }

    /** Kills a child at once, see {@link SupervisorRef#killChild(String)}. Does not wait its turn. */
    record KillChild(String id) implements Request<KillResult> {
        /** Refuses null. */
        public KillChild {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<KillResult> answers() {
            return KillResult.class;
        }
    }

    /** The same, of this incarnation; of any supervisor. */
    record KillHandle(ChildHandle handle) implements Request<KillResult> {
        /** Refuses null. */
        public KillHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<KillResult> answers() {
            return KillResult.class;
        }
    }

    /** Has a child run once, see {@link SupervisorRef#startOnce(String)}. */
    record StartOnce(String id) implements Request<OnceResult> {
        /** Refuses null. */
        public StartOnce {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<OnceResult> answers() {
            return OnceResult.class;
        }
    }

    /** The same, of the child that runs as this incarnation; of any supervisor. */
    record StartOnceHandle(ChildHandle handle) implements Request<OnceResult> {
        /** Refuses null. */
        public StartOnceHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<OnceResult> answers() {
            return OnceResult.class;
        }
    }

    /** Makes the restart of a child that waits for it at once, see {@link SupervisorRef#startNow(String)}. */
    record StartNow(String id) implements Request<NowResult> {
        /** Refuses null. */
        public StartNow {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<NowResult> answers() {
            return NowResult.class;
        }
    }

    /** The same, of the child whose last incarnation this was; of any supervisor. */
    record StartNowHandle(ChildHandle handle) implements Request<NowResult> {
        /** Refuses null. */
        public StartNowHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<NowResult> answers() {
            return NowResult.class;
        }
    }

    /** Sends a child a signal, see {@link SupervisorRef#signalChild(String, Signal)}. Does not wait its turn. */
    record SignalChild(String id, Signal signal) implements Request<SignalResult> {
        /** Refuses null. */
        public SignalChild {
            Objects.requireNonNull(id, NO_ID);
            Objects.requireNonNull(signal, NO_SIGNAL);
        }

        @Override
        public Class<SignalResult> answers() {
            return SignalResult.class;
        }
    }

    /** The same, of this incarnation; of any supervisor. */
    record SignalHandle(ChildHandle handle, Signal signal) implements Request<SignalResult> {
        /** Refuses null. */
        public SignalHandle {
            Objects.requireNonNull(handle, NO_CHILD);
            Objects.requireNonNull(signal, NO_SIGNAL);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<SignalResult> answers() {
            return SignalResult.class;
        }
    }

    /** Lists the children in start order, those of a dynamic supervisor in the order they were added. */
    record WhichChildren() implements Request<Children> {
        @Override
        public Class<Children> answers() {
            return Children.class;
        }
    }

    /** Looks at one child. */
    record WhichChild(String id) implements Request<WhichResult> {
        /** Refuses null. */
        public WhichChild {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<WhichResult> answers() {
            return WhichResult.class;
        }
    }

    /** Dynamic supervisors only: looks at one child. */
    record WhichHandle(ChildHandle handle) implements Request<WhichResult> {
        /** Refuses null. */
        public WhichHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<WhichResult> answers() {
            return WhichResult.class;
        }
    }

    /** Counts the children. */
    record CountChildren() implements Request<ChildCounts> {
        @Override
        public Class<ChildCounts> answers() {
            return ChildCounts.class;
        }
    }

    /** The specification of one child with all defaults filled in. */
    record GetChildSpec(String id) implements Request<SpecResult> {
        /** Refuses null. */
        public GetChildSpec {
            Objects.requireNonNull(id, NO_ID);
        }

        @Override
        public Class<SpecResult> answers() {
            return SpecResult.class;
        }
    }

    /** Dynamic supervisors only: the specification of one child. */
    record GetHandleSpec(ChildHandle handle) implements Request<SpecResult> {
        /** Refuses null. */
        public GetHandleSpec {
            Objects.requireNonNull(handle, NO_CHILD);
        }

        @Override
        public Optional<ChildHandle> named() {
            return Optional.of(handle);
        }

        @Override
        public Class<SpecResult> answers() {
            return SpecResult.class;
        }
    }

    /**
     * Replaces flags and specifications. As OTP's code change: running children are not touched, new ones are added but
     * not started, those that are missing are kept after the new ones.
     *
     * @param init returns the new specification; {@link SupervisorSpec#ignore()} changes nothing
     */
    record Reconfigure(Callable<SupervisorSpec> init) implements Request<ReconfigureResult> {
        /** Refuses null. */
        public Reconfigure {
            Objects.requireNonNull(init, "the function that returns the specification is null");
        }

        @Override
        public Class<ReconfigureResult> answers() {
            return ReconfigureResult.class;
        }
    }
}
