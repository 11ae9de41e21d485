package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.Shutdown;

/** What the keeper of a child knows of its place, see {@link ChildRunner#keeper}. May be used from any thread. */
public interface KeeperContext {

    /** The child's id. */
    String id();

    /** Where the child stands in its tree. */
    String path();

    /** How long the child has to stop. */
    Shutdown shutdown();

    /** Its supervisor. */
    SupervisorRef supervisor();

    /** Whether that is a dynamic one, so that the child is addressed by its incarnation. */
    boolean isOfDynamic();

    /** Tells something to all who listen to the tree, see {@link IncarnationContext#tell}. */
    void tell(TreeEvent event);
}
