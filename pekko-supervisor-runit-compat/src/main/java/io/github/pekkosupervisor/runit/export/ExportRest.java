package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.process.Standstill;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * How what is shown of a tree comes to rest before its JVM becomes another program: what is written to a FIFO from then
 * on is read by that.
 */
final class ExportRest implements Standstill.Part {

    private final ActorRef<ExporterMessage> exporter;
    private final AtomicReference<@Nullable OpenExport> opened;
    private final ExportTable table;
    private volatile List<Descriptor> lasting = List.of();
    private @Nullable CompletableFuture<Void> written;

    ExportRest(ActorRef<ExporterMessage> exporter, AtomicReference<@Nullable OpenExport> opened, ExportTable table) {
        this.exporter = exporter;
        this.opened = opened;
        this.table = table;
    }

    @Override
    public CompletionStage<Optional<String>> rest() {
        CompletableFuture<Optional<List<Descriptor>>> answer = new CompletableFuture<>();
        exporter.tell(new ExporterMessage.Rest(answer));
        return answer.thenApply(open -> {
            lasting = open.orElse(List.of());
            return open.isPresent()
                    ? Optional.empty()
                    : Optional.of("a command that sv has given is being carried out");
        });
    }

    @Override
    public List<Descriptor> lasting() {
        return lasting;
    }

    @Override
    public void goOn() {
        exporter.tell(ExporterMessage.GoOn.INSTANCE);
    }

    /** When all is shown again that was; where nothing can be shown nobody misses it. */
    @Override
    public synchronized boolean hasTakenUp() {
        if (opened.get() == null) {
            return true;
        }
        CompletableFuture<Void> all = written;
        if (all == null) {
            all = table.whenWritten();
            written = all;
        }
        return all.isDone();
    }
}
