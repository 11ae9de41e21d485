package io.github.pekkosupervisor;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * An actor with a behavior of the application. The incarnation's actor is that actor, wrapped in a {@link ChildActor}.
 */
record ActorKind(
        Function<ChildContext, ? extends Behavior<?>> behavior,
        Props props,
        boolean acknowledgesItself,
        @Nullable Object stopMessage)
        implements ChildKind {

    private static final Optional<Duration> START_TIMEOUT = Optional.of(Duration.ofSeconds(30));

    ActorKind(Function<ChildContext, ? extends Behavior<?>> behavior, Props props, boolean acknowledgesItself) {
        this(behavior, props, acknowledgesItself, null);
    }

    ActorKind explicit() {
        return new ActorKind(behavior, props, true, stopMessage);
    }

    ActorKind withProps(Props newProps) {
        return new ActorKind(behavior, newProps, acknowledgesItself, stopMessage);
    }

    ActorKind withStopMessage(Object message) {
        return new ActorKind(behavior, props, acknowledgesItself, message);
    }

    @Override
    public String name() {
        return "actor";
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return START_TIMEOUT;
    }

    @Override
    public boolean cleansUpWhenKilled() {
        return false;
    }

    @Override
    public Behavior<?> incarnation(ChildContext child) {
        return behavior.apply(child);
    }

    @Override
    public ChildKind spent() {
        return new ActorKind(ActorKind::startedTwice, Props.empty(), acknowledgesItself, stopMessage);
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.ofNullable(stopMessage);
    }

    private static Behavior<?> startedTwice(ChildContext child) {
        throw new IllegalStateException("child \"" + child.id() + "\" is temporary and was started a second time");
    }
}
