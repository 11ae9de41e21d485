package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildHandle;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;

/**
 * Plain Java. The incarnation's actor is a {@link ServiceActor} that starts and stops it, or a {@link RunnableActor}
 * that runs it.
 *
 * @param actor makes that
 */
record ServiceRunner(Function<LiveContext, Behavior<?>> actor) implements ChildRunner {

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        return actor.apply(LiveContext.of(child));
    }

    @Override
    public Class<?> messages() {
        return ServiceMessage.class;
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(ServiceMessage.Order.STOP);
    }

    @Override
    public Optional<Object> signalRequest(Signal signal, ChildHandle incarnation) {
        return ((LiveChild) incarnation).reaction(signal) == null
                ? Optional.empty()
                : Optional.of(new ServiceMessage.React(signal));
    }

    @Override
    public Optional<Object> hurryRequest(Map<ChildHandle, String> lost) {
        return Optional.of(ServiceMessage.Order.HURRY);
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(ServiceMessage.Order.KILL);
    }
}
