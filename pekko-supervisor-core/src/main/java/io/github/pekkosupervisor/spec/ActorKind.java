package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.Signal;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
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
 * @param signalMessages what it is told for signals
 */
public record ActorKind(
        Function<ChildContext, ? extends Behavior<?>> behavior,
        Props props,
        boolean acknowledgesItself,
        @Nullable Object stopMessage,
        Map<Signal, Object> signalMessages)
        implements ChildKind {

    private static final Optional<Duration> START_TIMEOUT = Optional.of(Duration.ofSeconds(30));

    ActorKind(Function<ChildContext, ? extends Behavior<?>> behavior) {
        this(behavior, Props.empty(), false, null, Map.of());
    }

    ActorKind explicit() {
        return new ActorKind(behavior, props, true, stopMessage, signalMessages);
    }

    ActorKind withProps(Props newProps) {
        return new ActorKind(behavior, newProps, acknowledgesItself, stopMessage, signalMessages);
    }

    ActorKind withStopMessage(Object message) {
        return new ActorKind(behavior, props, acknowledgesItself, message, signalMessages);
    }

    ActorKind withSignalMessage(Signal signal, Object message) {
        Map<Signal, Object> all = new EnumMap<>(Signal.class);
        all.putAll(signalMessages);
        all.put(signal, message);
        return new ActorKind(behavior, props, acknowledgesItself, stopMessage, Collections.unmodifiableMap(all));
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
        return new ActorKind(ActorKind::startedTwice, Props.empty(), acknowledgesItself, stopMessage, signalMessages);
    }

    private static Behavior<?> startedTwice(ChildContext child) {
        throw new IllegalStateException("child \"" + child.id() + "\" is temporary and was started a second time");
    }
}
