package io.github.pekkosupervisor;

import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

final class SupervisorActor {
    static Behavior<Supervisor.Command> top(
            Callable<SupervisorSpec> init,
            Consumer<? super SupervisorEvent> listener,
            @Nullable ActorRef<? super Supervisor.Notice> owner) {
        throw new UnsupportedOperationException();
    }

    static Behavior<?> below(Callable<SupervisorSpec> init, ChildContext child) {
        throw new UnsupportedOperationException();
    }

    private SupervisorActor() {}
}
