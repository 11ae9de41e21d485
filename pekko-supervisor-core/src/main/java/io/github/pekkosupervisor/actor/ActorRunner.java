package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.spec.ActorKind;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;

/** An actor of the application: the incarnation's actor is that actor, wrapped in a {@link ChildActor}. */
record ActorRunner(ActorKind kind) implements ChildRunner {

    @Override
    public Props props() {
        return kind.props();
    }

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        return kind.behavior().apply(child);
    }

    @Override
    public boolean acknowledgesItself() {
        return kind.acknowledgesItself();
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.ofNullable(kind.stopMessage());
    }

    @Override
    public Optional<Object> signalRequest(Signal signal, ChildHandle incarnation) {
        return Optional.ofNullable(kind.signalMessages().get(signal));
    }

    @Override
    public boolean cleansUpWhenKilled() {
        return false;
    }
}
