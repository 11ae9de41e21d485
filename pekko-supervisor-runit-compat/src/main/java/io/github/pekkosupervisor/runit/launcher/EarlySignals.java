package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.JvmSignals;
import io.github.pekkosupervisor.posix.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/** Signals on their way to an actor that may not be there yet: none that comes while we start is lost or kills us. */
final class EarlySignals<T> {

    private final List<T> waiting = new ArrayList<>();
    private Optional<ActorRef<T>> receiver = Optional.empty();

    /** From now on the signal is this message to the actor. */
    void on(Signal signal, T message) {
        JvmSignals.handle(signal.name(), () -> tell(message));
    }

    private synchronized void tell(T message) {
        if (receiver.isPresent()) {
            receiver.get().tell(message);
        } else {
            waiting.add(message);
        }
    }

    /** The actor is there. */
    synchronized void deliverTo(ActorRef<T> actor) {
        receiver = Optional.of(actor);
        waiting.forEach(actor::tell);
        waiting.clear();
    }
}
