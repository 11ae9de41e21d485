package io.github.pekkosupervisor.spec;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * An actor with a behavior of the application.
 *
 * @param behavior of a new incarnation
 * @param props dispatcher and the like
 * @param acknowledgesItself whether it says itself that it is ready; else it is when its behavior has been set up
 * @param stopMessage what it is told to stop; null to stop the actor
 */
public record ActorKind(
        Function<ChildContext, ? extends Behavior<?>> behavior,
        Props props,
        boolean acknowledgesItself,
        @Nullable Object stopMessage)
        implements ChildKind {

    private static final Optional<Duration> START_TIMEOUT = Optional.of(Duration.ofSeconds(30));

    ActorKind(Function<ChildContext, ? extends Behavior<?>> behavior) {
        this(behavior, Props.empty(), false, null);
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
    public ChildKind spent() {
        return new ActorKind(ActorKind::startedTwice, Props.empty(), acknowledgesItself, stopMessage);
    }

    private static Behavior<?> startedTwice(ChildContext child) {
        throw new IllegalStateException("child \"" + child.id() + "\" is temporary and was started a second time");
    }
}
