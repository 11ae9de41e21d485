package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Asks the supervisors of a tree for what a letter has led to. */
final class Callers {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private final TreeExport.Exported tree;

    Callers(TreeExport.Exported tree) {
        this.tree = tree;
    }

    /**
     * Makes a call.
     *
     * @param handle the child's incarnation, if it has one or is restarting
     * @param answered told whether what it asked for has been done, by any thread
     */
    void call(ShownPlace place, Optional<ChildHandle> handle, Call call, Consumer<Boolean> answered) {
        Optional<SupervisorRef> supervisor = tree.supervisor(place.supervisor);
        CompletionStage<? extends SupervisorResult> result = supervisor.isEmpty()
                ? CompletableFuture.completedFuture(SupervisorResult.SupervisorGone.INSTANCE)
                : ask(supervisor.get(), place, handle, call);
        var told = result.handle((answer, failure) -> {
            boolean done = failure == null
                    && (answer == SupervisorResult.Ok.INSTANCE || answer instanceof SupervisorResult.Started);
            if (!done && answer != SupervisorResult.NoReaction.INSTANCE) {
                log(place, log -> log.info("control FIFO: it was answered [{}]", failure == null ? answer : failure));
            }
            answered.accept(done);
            return done;
        });
        assert told != null;
    }

    private static CompletionStage<? extends SupervisorResult> ask(
            SupervisorRef supervisor, ShownPlace place, Optional<ChildHandle> handle, Call call) {
        if (call == Call.STOP_TREE) {
            // it is answered when nothing is left, and then nobody listens
            var ends = supervisor.stop(ExitReason.shutdown());
            assert ends != null;
            return CompletableFuture.completedFuture(SupervisorResult.Ok.INSTANCE);
        }
        if (place.kind.isTop()) {
            return supervisor.renewAll();
        }
        if (!place.isOfDynamic) {
            return supervisor.ask(CallRequests.byId(place.id, call));
        }
        return handle.isPresent()
                ? supervisor.ask(CallRequests.byHandle(handle.get(), call))
                : CompletableFuture.completedFuture(SupervisorResult.NotFound.INSTANCE);
    }

    /** Says something of a child, which the MDC names. */
    void log(ShownPlace place, Consumer<Logger> words) {
        MDC.put("supervisor", place.supervisor);
        if (!place.id.equals(TreePath.TOP)) {
            MDC.put("child", place.id);
        }
        try {
            words.accept(LOG);
        } finally {
            MDC.remove("supervisor");
            MDC.remove("child");
        }
    }
}
