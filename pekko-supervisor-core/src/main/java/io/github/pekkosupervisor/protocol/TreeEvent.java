package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What happens in a tree, each once: to its supervisors and their children ({@link SupervisorEvent}), and to what other
 * modules bring in as children. The events of one place are in order. Whoever defines a kind of child may add events of
 * its own; a listener passes over those that it does not know.
 */
public interface TreeEvent {

    /** The place that tells: ids joined by {@code /}, the top is {@code /}. */
    String path();

    /**
     * How the log of a tree tells of it; empty if it does not. For events that a module adds: the log knows those of
     * supervisors by itself.
     */
    default Optional<LogEntry> logEntry() {
        return Optional.empty();
    }

    /**
     * How a child of a tree is after this event, with all that is below it: for who follows a tree without asking it
     * again, as {@link TreeFold} does. For events that a module adds about children of its own kinds; called when the
     * event is taken, by the thread that takes it.
     *
     * @param child the child that the event is about, or below which it has happened
     * @return the same if nothing is to be seen of it
     */
    default Node applyTo(Node child) {
        return child;
    }

    /**
     * What it is for somebody who counts; empty if nothing starts or ends by it. For events that a module adds:
     * {@link Happenings#of} knows those of supervisors by itself.
     */
    default Optional<Happening> happening() {
        return Optional.empty();
    }

    /**
     * A listener of events of one type, which is not told of others: {@code TreeEvent.only(SupervisorEvent.class, event
     * -> ...)}.
     */
    static <E extends TreeEvent> Only<E> only(Class<E> type, Consumer<? super E> listener) {
        return new Only<>(type, listener);
    }

    /**
     * A listener that is told of some events only.
     *
     * @param type of those
     * @param listener told of them
     */
    record Only<E extends TreeEvent>(Class<E> type, Consumer<? super E> listener) implements Consumer<TreeEvent> {
        /** Refuses null. */
        public Only {
            Objects.requireNonNull(type, "there is no type of events");
            Objects.requireNonNull(listener, "there is nobody to be told");
        }

        @Override
        public void accept(TreeEvent event) {
            if (type.isInstance(event)) {
                listener.accept(type.cast(event));
            }
        }
    }
}
