package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.Standstill;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * How a supervisor comes to rest before its JVM becomes another program: from then on all that it is told waits. For
 * trees with a state directory, since only their children can be found again.
 */
final class SupervisorRest implements Standstill.Part {

    private final ActorRef<SupervisorCommand> self;
    private final Standstill all;
    private @Nullable List<SupervisorCommand> later;

    private SupervisorRest(ActorRef<SupervisorCommand> self, Standstill all) {
        this.self = self;
        this.all = all;
    }

    /** That of a supervisor, until {@link #close}. */
    static SupervisorRest of(ActorRef<SupervisorCommand> self, ActorSystem<?> system) {
        SupervisorRest rest = new SupervisorRest(self, Standstill.get(system));
        rest.all.add(Standstill.Stage.DECISIONS, rest);
        return rest;
    }

    void close() {
        all.remove(Standstill.Stage.DECISIONS, this);
    }

    @Override
    public CompletionStage<Optional<String>> rest() {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        self.tell(new SupervisorMessage.Rest(answer));
        return answer;
    }

    @Override
    public void goOn() {
        self.tell(SupervisorMessage.GoOn.INSTANCE);
    }

    // ---- in the actor

    /** It rests now. */
    void begin() {
        later = new ArrayList<>();
    }

    /** What it has been told meanwhile; it rests no more. */
    List<SupervisorCommand> end() {
        List<SupervisorCommand> told = later == null ? List.of() : later;
        later = null;
        return told;
    }

    /** Whether this waits. */
    boolean holdsBack(SupervisorCommand command) {
        if (later == null || command instanceof SupervisorMessage.LookAt) {
            return false;
        }
        later.add(command);
        return true;
    }
}
