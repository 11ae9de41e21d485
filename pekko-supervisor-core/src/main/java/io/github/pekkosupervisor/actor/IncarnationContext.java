package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.ChildContext;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What one incarnation can tell its supervisor and its tree, for who runs it: see {@link ChildRunner}. May be used from
 * any thread.
 */
public interface IncarnationContext extends ChildContext {

    /** Where the child stands in its tree. */
    String path();

    /** What others know this incarnation by. */
    ChildHandle handle();

    /** This incarnation is a process, which {@link ChildHandle#process()} is to know; said once, when it has one. */
    void runs(ProcessIdentity process);

    /** Why it was started. */
    StartGate.Cause startCause();

    /** Whether its end is followed by no restart; it may be told so later. */
    boolean isOnce();

    /** It has been asked to stop: whether another one is to follow at once, as with a sibling that is restarted. */
    boolean comesBack();

    /** The keeper of its child, see {@link ChildRunner#keeper}; only where it has one. */
    ActorRef<Object> keeper();

    /**
     * Until this has happened the incarnation is not ready; if it is not in time, its start has failed since it waited
     * for that.
     *
     * @param what in words; replaces what was said before
     */
    void waitsFor(String what);

    /**
     * It runs and does not work any more. Told once until {@link #hasRecovered}.
     *
     * @param why in words
     * @param isToBeStopped whether its supervisor is to stop it for that, and to restart it by its type as after a
     *     crash; else that is told, and it is left as it is
     */
    void isHung(String why, boolean isToBeStopped);

    /** It works again, and was left as it was. */
    void hasRecovered();

    /**
     * Tells something to all who listen to the tree. May wait for one of them that is slow, as supervisors do; whatever
     * one of them throws is logged and goes no further.
     *
     * @param event whose path is that of the child, or of something below it
     */
    void tell(TreeEvent event);
}
