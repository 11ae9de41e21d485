package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.Shutdown;
import java.util.List;
import org.apache.pekko.actor.typed.ActorRef;

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

    /**
     * Those of the same supervisor that had been told to leave when this one was made, and had not ended: what they
     * have one of these may still have, and this one is to wait for that.
     */
    List<Leaving> leaving();

    /**
     * A keeper that was told to leave.
     *
     * @param kind of its child
     * @param keeper to be watched
     */
    record Leaving(ChildKind kind, ActorRef<Object> keeper) {}

    /** Tells something to all who listen to the tree, see {@link IncarnationContext#tell}. */
    void tell(TreeEvent event);
}
