package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.Addresses;
import io.github.pekkosupervisor.actor.Inside;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorSystem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Those who show one tree: what they throw stays here. */
final class Exports implements Consumer<TreeEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(SupervisorLog.NAME);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<TreeExport.Exporting> all = new ArrayList<>();

    private record Exported(SupervisorSpec spec, ActorSystem<?> system, Addresses addresses)
            implements TreeExport.Exported {
        @Override
        public Optional<SupervisorRef> supervisor(String path) {
            return addresses.supervisor(path);
        }

        @Override
        public <R extends SupervisorResult> CompletionStage<R> ask(String path, Request<R> request) {
            return addresses.askInTurn(path, request).minimalCompletionStage();
        }
    }

    /**
     * All begin.
     *
     * @throws Exception one could not; the others have ended
     */
    static Exports begin(List<TreeExport> exports, SupervisorSpec spec, ActorSystem<?> system, Addresses addresses)
            throws Exception {
        Exports begun = new Exports();
        try {
            for (TreeExport export : exports) {
                begun.all.add(Objects.requireNonNull(
                        export.begin(new Exported(spec, system, addresses)),
                        "an export has begun and returned nothing"));
            }
        } catch (Throwable e) {
            begun.end(new TreeEnd.Failed(ExitReason.crash(e))).join();
            throw e;
        }
        return begun;
    }

    /** What an incarnation tells that was abandoned is not about the one that they show in its place. */
    @Override
    public void accept(TreeEvent event) {
        if (all.isEmpty() || Inside.isLetGo()) {
            return;
        }
        for (int i = 0; i < all.size(); i++) {
            TreeExport.Exporting one = all.get(i);
            try {
                one.event(event);
            } catch (Throwable thrown) {
                LOG.error("export [{}] failed at [{}]", name(one), event, thrown);
            }
        }
    }

    /** What they have to say on starts. */
    List<StartGate> gates() {
        return all.stream().flatMap(one -> one.startGate().stream()).toList();
    }

    /** The end of the tree with them, which is its end for all others. */
    CompletableFuture<TreeEnd> endsAfter(CompletableFuture<TreeEnd> tree) {
        return all.isEmpty() ? tree : tree.thenCompose(end -> end(end).thenApply(done -> end));
    }

    private CompletableFuture<Void> end(TreeEnd end) {
        return CompletableFuture.allOf(all.stream().map(one -> end(one, end)).toArray(CompletableFuture[]::new));
    }

    private static CompletableFuture<Void> end(TreeExport.Exporting one, TreeEnd end) {
        CompletableFuture<Void> over;
        try {
            over = one.ended(end).toCompletableFuture().copy();
        } catch (Throwable thrown) {
            over = CompletableFuture.failedFuture(thrown);
        }
        return over.orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).exceptionally(failure -> {
            LOG.error("export [{}] could not end in order", name(one), failure);
            return null;
        });
    }

    private static String name(TreeExport.Exporting one) {
        return one.getClass().getName();
    }
}
