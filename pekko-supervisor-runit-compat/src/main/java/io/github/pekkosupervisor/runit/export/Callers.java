package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.TreeExport;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.Request;
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
     * What a call was answered.
     *
     * @param done whether what it asked for has been done
     * @param isFailure whether something was tried, and has failed
     * @param words for the log
     */
    record Answer(boolean done, boolean isToBeSaid, boolean isFailure, String words) {}

    /**
     * Makes a call.
     *
     * @param handle the child's incarnation, if it has one or is restarting
     * @param answered told by any thread
     */
    void call(ShownPlace place, Optional<ChildHandle> handle, Call call, Consumer<Answer> answered) {
        CompletionStage<? extends SupervisorResult> result;
        try {
            result = ask(place, handle, call);
        } catch (RuntimeException | Error e) {
            // it is in progress until it is answered, whatever has come of it
            result = CompletableFuture.failedFuture(e);
        }
        var told = result.handle((answer, failure) -> {
            boolean done = failure == null
                    && (answer == SupervisorResult.Ok.INSTANCE || answer instanceof SupervisorResult.Started);
            boolean isToBeSaid = !done && answer != SupervisorResult.NoReaction.INSTANCE;
            answered.accept(
                    answer instanceof SupervisorResult.StartFailed failed
                            ? new Answer(
                                    false,
                                    true,
                                    true,
                                    "it could not be started: "
                                            + failed.reason().inWords())
                            : new Answer(
                                    done,
                                    isToBeSaid,
                                    failure != null,
                                    "it was answered [" + (failure == null ? answer : failure) + "]"));
            return done;
        });
        assert told != null;
    }

    private CompletionStage<? extends SupervisorResult> ask(ShownPlace place, Optional<ChildHandle> handle, Call call) {
        if (call == Call.STOP_TREE) {
            return stopTree(place);
        }
        if (place.kind.isTop()) {
            return tree.ask(place.supervisor, new Request.RenewAll());
        }
        if (!place.isOfDynamic) {
            return tree.ask(place.supervisor, CallRequests.byId(place.id, call));
        }
        return handle.isPresent()
                ? tree.ask(place.supervisor, CallRequests.byHandle(handle.get(), call))
                : CompletableFuture.completedFuture(SupervisorResult.NotFound.INSTANCE);
    }

    /** It is answered when nothing is left, and then nobody listens. */
    private CompletionStage<SupervisorResult> stopTree(ShownPlace top) {
        Optional<SupervisorRef> supervisor = tree.supervisor(top.supervisor);
        supervisor.ifPresent(present -> {
            var ends = present.stop(ExitReason.shutdown());
            assert ends != null;
        });
        return CompletableFuture.completedFuture(
                supervisor.isPresent() ? SupervisorResult.Ok.INSTANCE : SupervisorResult.SupervisorGone.INSTANCE);
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
