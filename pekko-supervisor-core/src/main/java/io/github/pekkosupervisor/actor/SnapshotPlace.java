package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;

/** Takes the answer of an incarnation that is asked how it is, see {@link ChildRunner#snapshotRequest}. */
public interface SnapshotPlace {

    /** Where the child stands in its tree. */
    String path();

    /**
     * Somebody of this child, who tells events of a path of its own, has just said how it is, which will be in the
     * answer. Said in the turn of that actor, before {@link #is}; of a path for which it is not said, {@link #is} says
     * it.
     */
    void seen(String path);

    /**
     * This is how it is now, with all below it. Said in the turn of the actor that tells the events of this place, so
     * that what it tells before is known to be seen, and what it tells later is news. What is said again, or too late,
     * is not heard.
     */
    void is(Node node);
}
