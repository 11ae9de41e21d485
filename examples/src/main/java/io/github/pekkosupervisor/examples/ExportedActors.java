package io.github.pekkosupervisor.examples;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.SupervisionTree.Options;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.runit.export.ServiceExport;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** A tree of trivial actors, shown in a directory or not. */
final class ExportedActors implements AutoCloseable {

    private final SupervisionTree tree;
    private final Optional<ServiceExport> export;

    private ExportedActors(SupervisionTree tree, Optional<ServiceExport> export) {
        this.tree = tree;
        this.export = export;
    }

    /**
     * @param directory where it is shown, if it is
     * @param started is told of each start of a child
     */
    static ExportedActors start(
            ActorSystem<?> system, int children, Optional<Path> directory, Consumer<TreeEvent> started) {
        SupervisorSpec spec = SupervisorSpec.oneForOne()
                .withIntensity(1_000_000, Duration.ofHours(1))
                .withChildren(IntStream.range(0, children)
                        .mapToObj(i -> ChildSpec.actor("a" + i, Behaviors.receiveMessage(message -> {
                            throw new Crash();
                        })))
                        .toList());
        Options options = Options.defaults()
                .withSystem(system)
                .withLogging(false)
                .withListener(event -> {
                    if (event instanceof SupervisorEvent.ChildStarted) {
                        started.accept(event);
                    }
                });
        Optional<ServiceExport> export = directory.map(ServiceExport::to);
        Options with = export.map(options::withExport).orElse(options);
        return new ExportedActors(SupervisionTree.start(spec, with), export);
    }

    /** Without a trace, as in any benchmark of crashes. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Crash() {
            super("as it was told", null, false, false);
        }
    }

    /** Waits until all that has happened is in the directory. */
    void awaitShown() {
        export.ifPresent(shown -> join(shown.written()));
    }

    void crash(String id) {
        tree.ref(Object.class, id).tell("crash");
    }

    void renew(String id) {
        join(tree.root().renewChild(id));
    }

    private static void join(CompletionStage<?> stage) {
        stage.toCompletableFuture().copy().orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        tree.close();
    }
}
