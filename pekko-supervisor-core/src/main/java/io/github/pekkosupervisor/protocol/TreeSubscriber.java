package io.github.pekkosupervisor.protocol;

/**
 * Is told how a tree is, and then all that happens in it, each once. Called by one thread at a time, which is not one
 * of the tree's; whoever is slow is treated as any listener of the tree. {@link TreeFold} makes of it how the tree is
 * at any later time.
 */
public interface TreeSubscriber {

    /**
     * How the tree is: the first call. It is made again if something could not be told: if a supervisor was too busy to
     * be asked and has answered since, or if this subscriber did not return for so long that it was given up on, and
     * has returned. What was known before counts no longer then.
     */
    void snapshot(TreeSnapshot present);

    /** What happens after that: whatever the last {@link #snapshot} does not show. */
    void event(TreeEvent event);

    /** Nothing of the tree is left. The last call; also made to who subscribes to a tree that has ended. */
    default void ended(TreeEnd end) {
        // the last events have told
    }
}
