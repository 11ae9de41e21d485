package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.actor.KeeperContext;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.runit.export.Call;
import io.github.pekkosupervisor.runit.export.CallRequests;
import java.util.Optional;
import java.util.function.Consumer;

/** What a {@link ServiceKeeper} asks of its child's supervisor. */
final class KeeperCalls {

    private final KeeperContext child;
    private final Consumer<KeeperEvent.Answered> answered;

    /** @param answered told by any thread */
    KeeperCalls(KeeperContext child, Consumer<KeeperEvent.Answered> answered) {
        this.child = child;
        this.answered = answered;
    }

    /**
     * Asks for this.
     *
     * @param incarnation the last one, by which a child of a dynamic supervisor is addressed
     */
    void ask(Optional<ChildHandle> incarnation, Call call) {
        Optional<Request<? extends SupervisorResult>> request = child.isOfDynamic()
                ? incarnation.map(handle -> CallRequests.byHandle(handle, call))
                : Optional.of(CallRequests.byId(child.id(), call));
        if (request.isEmpty()) {
            answered.accept(new KeeperEvent.Answered(call, false));
            return;
        }
        var told = child.supervisor().ask(request.get()).handle((answer, failure) -> {
            boolean isDone = answer == SupervisorResult.Ok.INSTANCE || answer instanceof SupervisorResult.Started;
            answered.accept(new KeeperEvent.Answered(call, isDone));
            return isDone;
        });
        assert told != null;
    }
}
