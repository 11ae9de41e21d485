package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Standstill;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** How a child that is a process comes to rest before its JVM becomes another program, which goes on with it. */
final class ProcessRest implements Standstill.Part {

    private final LiveContext child;
    private final ProcessSpec spec;
    private final KeptChildren kept;
    private volatile CompletableFuture<Optional<String>> answer = new CompletableFuture<>();

    private ProcessRest(LiveContext child, ProcessSpec spec, KeptChildren kept) {
        this.child = child;
        this.spec = spec;
        this.kept = kept;
    }

    /** That of a child whose process has begun, until {@link #close}. */
    static ProcessRest of(LiveContext child, ProcessSpec spec, KeptChildren kept) {
        ProcessRest rest = new ProcessRest(child, spec, kept);
        kept.standstill().add(Standstill.Stage.PROCESSES, rest);
        return rest;
    }

    /** Its process has ended. */
    void close() {
        kept.standstill().remove(Standstill.Stage.PROCESSES, this);
        answer.complete(Optional.of("the process of child " + child.path() + " has ended just now"));
    }

    @Override
    public CompletionStage<Optional<String>> rest() {
        Optional<String> stream = spec.streamToApplication();
        if (stream.isPresent()) {
            return CompletableFuture.completedFuture(Optional.of("child " + child.path() + ": its " + stream.get()
                    + " leads to the application, which nobody else can go on with"));
        }
        CompletableFuture<Optional<String>> asked = new CompletableFuture<>();
        answer = asked;
        child.handle().ref().tell(new ProcessActor.Leave(unread -> {
            kept.leaves(child.path(), unread);
            asked.complete(Optional.empty());
        }));
        return asked;
    }

    @Override
    public void goOn() {
        child.handle().ref().tell(ProcessActor.GoOn.INSTANCE);
    }
}
