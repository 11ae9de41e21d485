package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.rule.RuleEvent;
import io.github.pekkosupervisor.rule.SupervisorAction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The start gates of a tree: they are asked one after another, until one says no. */
final class Gates {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);

    private Gates() {}

    /**
     * What they say, if they know it at once; else null, and the supervisor is told later.
     *
     * @param isUp whether it is there already: they hear of it, and have no say
     */
    static RuleEvent.@Nullable GateAnswered ask(
            List<StartGate> gates,
            SupervisorAction.AskGates question,
            boolean isUp,
            ActorRef<SupervisorCommand> supervisor) {
        CompletableFuture<Boolean> said = areOpen(gates, question.start());
        CompletableFuture<Boolean> open = isUp ? said.thenApply(whatever -> true) : said;
        if (open.isDone()) {
            return new RuleEvent.GateAnswered(question.question(), open.join());
        }
        var told = open.thenAccept(
                isOpen -> supervisor.tell(new SupervisorMessage.GatesSaid(question.question(), isOpen)));
        assert told != null;
        return null;
    }

    /** Never fails: who fails has said no. */
    private static CompletableFuture<Boolean> areOpen(List<StartGate> gates, StartGate.Start start) {
        for (int i = 0; i < gates.size(); i++) {
            CompletableFuture<Boolean> open = isOpen(gates.get(i), start);
            if (!open.isDone()) {
                List<StartGate> others = gates.subList(i + 1, gates.size());
                return open.thenCompose(
                        isOpen -> isOpen ? areOpen(others, start) : CompletableFuture.completedFuture(false));
            }
            if (!open.join()) {
                return open;
            }
        }
        return CompletableFuture.completedFuture(true);
    }

    private static CompletableFuture<Boolean> isOpen(StartGate gate, StartGate.Start start) {
        CompletionStage<Boolean> said;
        try {
            said = gate.mayStart(start);
        } catch (Throwable thrown) {
            said = CompletableFuture.failedFuture(thrown);
        }
        if (said == null) {
            said = CompletableFuture.failedFuture(new NullPointerException("it has returned null"));
        }
        if (said instanceof CompletableFuture<Boolean> known && hasSaid(known)) {
            return known;
        }
        return said.handle((isOpen, failure) -> {
                    if (failure != null || isOpen == null) {
                        LOG.error(
                                "start gate [{}] has failed for [{}], which counts as no",
                                gate.getClass().getName(),
                                start.path(),
                                failure);
                        return false;
                    }
                    return isOpen;
                })
                .toCompletableFuture();
    }

    /** Whether it has said yes or no already, as most do for most children: then nothing is made of it. */
    private static boolean hasSaid(CompletableFuture<Boolean> said) {
        return said.isDone() && !said.isCompletedExceptionally() && said.join() != null;
    }
}
