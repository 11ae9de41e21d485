package io.github.pekkosupervisor;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;

/** A running tree, for applications that do not use Pekko themselves. */
public final class SupervisionTree implements AutoCloseable {

    /** The tree could not be started; nothing of it is left. */
    public static final class StartFailedException extends RuntimeException {
        private final transient ExitReason reason;

        StartFailedException(ExitReason reason) {
            super("the tree could not be started: " + reason);
            this.reason = reason;
        }

        /** Why, nested as the tree is. */
        public ExitReason reason() {
            return reason;
        }
    }

    /** How a tree is run; everything has a default. */
    public record Options(
            String name,
            Optional<ActorSystem<?>> system,
            List<Consumer<? super SupervisorEvent>> listeners,
            boolean jvmShutdownHook) {
        /** A system of its own, logging, and a JVM shutdown hook. */
        public static Options defaults() {
            throw new UnsupportedOperationException();
        }
    }

    /** Starts a tree and waits until it is up. */
    public static SupervisionTree start(SupervisorSpec spec) {
        throw new UnsupportedOperationException();
    }

    /** Starts a tree and waits until it is up. */
    public static SupervisionTree start(SupervisorSpec spec, Options options) {
        throw new UnsupportedOperationException();
    }

    /** Starts a tree. */
    public static CompletionStage<SupervisionTree> startAsync(SupervisorSpec spec, Options options) {
        throw new UnsupportedOperationException();
    }

    /** The top supervisor. */
    public SupervisorRef root() {
        throw new UnsupportedOperationException();
    }

    /** A supervisor further down, by the ids that lead to it. */
    public CompletionStage<Optional<SupervisorRef>> supervisor(String... path) {
        throw new UnsupportedOperationException();
    }

    /** An address that stays the same while the child is restarted. */
    public <T> ActorRef<T> ref(Class<T> type, String... path) {
        throw new UnsupportedOperationException();
    }

    /** Stops the tree in reverse order. */
    public CompletionStage<ExitReason> stop() {
        throw new UnsupportedOperationException();
    }

    /** What the tree has ended with. */
    public CompletionStage<ExitReason> whenEnded() {
        throw new UnsupportedOperationException();
    }

    /** Stops the tree and waits until nothing of it is left. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }

    private SupervisionTree() {}
}
