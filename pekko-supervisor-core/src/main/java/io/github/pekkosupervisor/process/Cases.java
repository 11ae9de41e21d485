package io.github.pekkosupervisor.process;

import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ExtensibleBehavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.Signal;
import org.apache.pekko.actor.typed.TypedActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/**
 * What the actors of a kind do with each of their messages while they are in one state. Made once for all of them:
 * Pekko's own builder makes its cases anew for each actor, which takes more than a kilobyte of each service.
 *
 * @param <A> the actor's state and what it does
 * @param <M> its messages
 */
public final class Cases<A, M> {

    private final Map<Object, Case<A, M, M>> cases;
    private final @Nullable Case<A, M, M> others;
    private final @Nullable Function<? super A, Behavior<M>> stopped;

    private Cases(Builder<A, M> made) {
        cases = new HashMap<>(made.cases);
        others = made.others;
        stopped = made.stopped;
    }

    /** What is done with a message of one class. */
    public interface Case<A, M, T> {
        /** As {@link Behavior}s have it. */
        Behavior<M> receive(A actor, T message);
    }

    /** Nothing is said yet. */
    public static <A, M> Builder<A, M> begin() {
        return new Builder<>();
    }

    /** Those that are being made. */
    public static final class Builder<A, M> {
        private final Map<Object, Case<A, M, M>> cases = new HashMap<>();
        private @Nullable Case<A, M, M> others;
        private @Nullable Function<? super A, Behavior<M>> stopped;

        private Builder() {}

        /**
         * What is done with the messages of a class.
         *
         * @param type one that has no subclasses, since a message is looked up by its own class
         * @throws IllegalArgumentException if there may be subclasses of it, or it is named twice
         */
        @SuppressWarnings("unchecked") // it gets messages of this class alone
        public <T extends M> Builder<A, M> on(Class<T> type, Case<A, M, ? super T> what) {
            if (!Modifier.isFinal(type.getModifiers())) {
                throw new IllegalArgumentException(type + " is not final");
            }
            return put(type, (Case<A, M, M>) what);
        }

        /**
         * What is done with a message of which there is only one; it goes before its class.
         *
         * @param message a constant of an enum
         * @throws IllegalArgumentException if it is something else, or is named twice
         */
        public Builder<A, M> onEquals(M message, Function<? super A, Behavior<M>> what) {
            if (!(message instanceof Enum)) {
                throw new IllegalArgumentException(message + " is no constant of an enum");
            }
            return put(message, (actor, one) -> what.apply(actor));
        }

        /** What is done with all others; by itself they are not handled. */
        public Builder<A, M> onAny(Case<A, M, M> what) {
            others = what;
            return this;
        }

        /** What is done when the actor has stopped; by itself nothing. */
        public Builder<A, M> onPostStop(Function<? super A, Behavior<M>> what) {
            stopped = what;
            return this;
        }

        private Builder<A, M> put(Object key, Case<A, M, M> what) {
            if (cases.put(key, what) != null) {
                throw new IllegalArgumentException(key + " is named twice");
            }
            return this;
        }

        /** As they are now. */
        public Cases<A, M> build() {
            return new Cases<>(this);
        }
    }

    /** The behavior of one actor that is in this state. */
    public Behavior<M> of(A actor) {
        return new Handling<>(this, actor);
    }

    private Behavior<M> receive(A actor, M message) {
        Case<A, M, M> found = message instanceof Enum ? cases.get(message) : null;
        if (found == null) {
            found = cases.getOrDefault(message.getClass(), others);
        }
        return found == null ? Behaviors.unhandled() : found.receive(actor, message);
    }

    private static final class Handling<A, M> extends ExtensibleBehavior<M> {
        private final Cases<A, M> cases;
        private final A actor;

        Handling(Cases<A, M> cases, A actor) {
            this.cases = cases;
            this.actor = actor;
        }

        @Override
        public Behavior<M> receive(TypedActorContext<M> context, M message) {
            return cases.receive(actor, message);
        }

        @Override
        public Behavior<M> receiveSignal(TypedActorContext<M> context, Signal signal) {
            return signal instanceof PostStop && cases.stopped != null
                    ? cases.stopped.apply(actor)
                    : Behaviors.unhandled();
        }
    }
}
