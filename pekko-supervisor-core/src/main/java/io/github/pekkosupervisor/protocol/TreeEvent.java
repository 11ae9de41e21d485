package io.github.pekkosupervisor.protocol;

/**
 * What happens in a tree, each once: to its supervisors and their children ({@link SupervisorEvent}), and to what other
 * modules bring in as children. The events of one place are in order. Whoever defines a kind of child may add events of
 * its own; a listener passes over those that it does not know.
 */
public interface TreeEvent {

    /** The place that tells: ids joined by {@code /}, the top is {@code /}. */
    String path();
}
