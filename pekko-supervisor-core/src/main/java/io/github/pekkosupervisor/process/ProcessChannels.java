package io.github.pekkosupervisor.process;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * What passes between a process and this JVM.
 *
 * @param readers of the outputs that go through this JVM
 * @param tail the last lines of them
 * @param connection the application's end, which outlives the process
 * @param streams the application's end of this very process
 * @param notifications where it says that it is ready, if that is the sign
 * @param listener where it says how it is, if it has been told so
 */
record ProcessChannels(
        List<OutputReader> readers,
        Tail tail,
        Optional<ProcessConnection> connection,
        Optional<ProcessStreams> streams,
        Optional<PipeReader> notifications,
        Optional<NotifyListener> listener) {

    static final ProcessChannels NONE = of(Optional.empty());

    /** Of a process whose streams are nothing to this JVM. */
    static ProcessChannels of(Optional<NotifyListener> listener) {
        return new ProcessChannels(
                List.of(), new Tail(), Optional.empty(), Optional.empty(), Optional.empty(), listener);
    }

    /** The same, of one that has been told another place where it says how it is. */
    ProcessChannels with(Optional<NotifyListener> other) {
        return new ProcessChannels(readers, tail, connection, streams, notifications, other);
    }

    /** Nothing is read any more until {@link #goOn()}; to be asked while the event loop is held. */
    CompletionStage<Void> rest() {
        return CompletableFuture.allOf(readers.stream().map(OutputReader::rest).toArray(CompletableFuture[]::new));
    }

    /** What is read goes on being read. */
    void goOn() {
        readers.forEach(OutputReader::goOn);
    }

    /** What somebody else goes on reading; to be asked while all rests. */
    List<UnreadOutput> unread() {
        return readers.stream().flatMap(reader -> reader.unread().stream()).toList();
    }

    /**
     * The process has been started; runs the application's own code.
     *
     * @param context for what that logs
     */
    void started(Map<String, String> context) {
        if (streams.isPresent() && connection.isPresent()) {
            LogContext keys = LogContext.with(context);
            try {
                connection.get().started(streams.get());
            } finally {
                keys.close();
            }
        }
    }

    /** The process counts as ready. */
    void ready() {
        streams.ifPresent(ProcessStreams::ready);
        streams.ifPresent(ready -> connection.ifPresent(end -> end.ready(ready)));
    }

    /** The process is being stopped: many a program that is talked to ends by that alone. */
    void endInput() {
        streams.ifPresent(ProcessStreams::closeStdin);
    }

    /** The process itself has ended: who asked it is told, with its last words if these come in time. */
    void itselfEnded(ProcessEvent.Exited exited, Duration rest) {
        if (streams.isPresent()) {
            streams.get()
                    .itselfEnded(new ProcessStreams.End(
                            () -> new ProcessEvent.Exited(exited.status(), exited.outcome(), lastLines()), rest));
        }
    }

    /** What is in the pipes is the rest. */
    void processEnded() {
        readers.forEach(OutputReader::processEnded);
        streams.ifPresent(ProcessStreams::processEnded);
        notifications.ifPresent(PipeReader::close);
    }

    /** Nothing that is said from now on is heard, and somebody else may listen in that place. */
    void endNotices() {
        listener.ifPresent(NotifyListener::close);
    }

    /** Completes when all that is read here has been dealt with. */
    CompletionStage<Void> drained() {
        return CompletableFuture.allOf(Stream.concat(
                        readers.stream().map(OutputReader::done),
                        streams.stream().map(ProcessStreams::heard))
                .toArray(CompletableFuture[]::new));
    }

    List<String> lastLines() {
        return tail.lines();
    }

    /** Nothing passes any more; the application's end is free for the next process. */
    void release(ProcessEvent.Exited exited) {
        streams.ifPresent(ended -> connection.ifPresent(end -> end.release(ended)));
        streams.ifPresent(ended -> ended.exited(exited));
    }
}
