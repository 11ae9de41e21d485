package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.EventLoop;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.DeadLetterSuppression;
import org.jspecify.annotations.Nullable;

/** What an {@link Exporter} takes; when it has ended nobody misses it. */
sealed interface ExporterMessage extends DeadLetterSuppression {

    /** Something is marked. */
    enum Write implements ExporterMessage {
        INSTANCE
    }

    /** What could not be done may be tried again. */
    enum Retry implements ExporterMessage {
        INSTANCE
    }

    /**
     * The directory has been opened for the first time, or could not be.
     *
     * @param opened null if it could not
     * @param refusal why, if it could not
     */
    record FirstOpened(@Nullable OpenExport opened, IOException refusal) implements ExporterMessage {}

    /** A group that there was not may be there now. */
    enum LookForGroup implements ExporterMessage {
        INSTANCE
    }

    /** The tree is up; what is none of it is to go after a while. */
    enum TreeIsUp implements ExporterMessage {
        INSTANCE
    }

    /** What an earlier JVM has left is to go. */
    enum Sweep implements ExporterMessage {
        INSTANCE
    }

    /** Letters have come in by the control FIFO of a place. */
    record Came(ShownPlace place, String letters, EventLoop.Watch watch) implements ExporterMessage {}

    /** A call has been answered. */
    record Answered(ShownPlace place, Call call, Callers.Answer answer) implements ExporterMessage {}

    /** It is to be said how much of a flood has not been said. */
    record LinesOver(ShownPlace place) implements ExporterMessage {}

    /** A place has been closed for long enough. */
    record Reopen(ShownPlace place) implements ExporterMessage {}

    /** A place that was forgotten has been shown for long enough. */
    record Vanish(ShownPlace place) implements ExporterMessage {}

    /** What could not be removed is tried again. */
    record Remove(ShownPlace place, ShownEntry entry, ExportDirectory from) implements ExporterMessage {}

    /**
     * Do nothing any more until {@link GoOn}, since this process becomes another program.
     *
     * @param answer empty if a command is being carried out, so that this cannot be now; else what is to stay open
     */
    record Rest(CompletableFuture<Optional<List<Descriptor>>> answer) implements ExporterMessage {}

    /** Go on as before {@link Rest}. */
    enum GoOn implements ExporterMessage {
        INSTANCE
    }

    /** The tree is over. */
    enum End implements ExporterMessage {
        INSTANCE
    }
}
