package io.github.pekkosupervisor.process;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.BehaviorInterceptor;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Stands around an actor that works on one process or service: an {@code Error} is a failure of that actor like any
 * exception, and its parent decides.
 *
 * <p>By itself Pekko ends the JVM for a {@code StackOverflowError}, {@code OutOfMemoryError} or {@code LinkageError} in
 * any actor, which would leave all services unattended for the sake of one.
 */
public final class ContainedErrors<T> extends BehaviorInterceptor<T, T> {

    @SuppressWarnings("unchecked") // of any class, since an actor's own messages are not of those that it is sent
    private ContainedErrors() {
        super((Class<T>) Object.class);
    }

    /** It has nothing of its own. */
    private static final ContainedErrors<?> OF_ANY = new ContainedErrors<>();

    /** The same behavior, whose errors are exceptions. */
    @SuppressWarnings("unchecked") // it does nothing with messages
    public static <T> Behavior<T> of(Behavior<T> behavior) {
        return Behaviors.intercept(() -> (ContainedErrors<T>) OF_ANY, behavior);
    }

    @Override
    public Behavior<T> aroundStart(TypedActorContext<T> context, PreStartTarget<T> target) {
        try {
            return target.start(context);
        } catch (Error e) {
            throw failure(e);
        }
    }

    @Override
    public Behavior<T> aroundReceive(TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
        try {
            return target.apply(context, message);
        } catch (Error e) {
            throw failure(e);
        }
    }

    @Override
    public Behavior<T> aroundSignal(TypedActorContext<T> context, Signal signal, SignalTarget<T> target) {
        try {
            return target.apply(context, signal);
        } catch (Error e) {
            throw failure(e);
        }
    }

    private static IllegalStateException failure(Error e) {
        return new IllegalStateException(e.toString(), e);
    }
}
