package io.github.pekkosupervisor;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.TreeEnd;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Shows a tree to others as long as it lasts, and may pass on what they ask of it: as files, for one. It is there
 * before the first child is started, hears of all that happens, {@link SupervisorEvent.Transition}s included, and has
 * its own say on each start.
 */
public interface TreeExport {

    /** A tree, for who shows it. May be used from any thread. */
    interface Exported {
        /** What its top supervisor supervises at the start. */
        SupervisorSpec spec();

        /** Where it runs. */
        ActorSystem<?> system();

        /**
         * The supervisor that runs at this place now; empty if there is none.
         *
         * @param path as in {@link SupervisorEvent#supervisor()}
         */
        Optional<SupervisorRef> supervisor(String path);

        /**
         * Asks the supervisor that runs at this place now. Whoever is waited for here must not wait himself: the answer
         * is told by a thread of the tree, so that it comes also when the application keeps all those busy that it is
         * answered by.
         *
         * @param path as in {@link SupervisorEvent#supervisor()}
         * @return fails with {@link SupervisorRef.GoneException} if there is none, and the request has no answer for
         *     that
         */
        <R extends SupervisorResult> CompletionStage<R> ask(String path, Request<R> request);
    }

    /** One tree while it is shown. */
    interface Exporting {
        /**
         * Something has happened. Called by the actor of the place concerned: the events of one place come in order,
         * those of several at the same time. Must not block; what it throws is logged, and the tree goes on.
         */
        void event(TreeEvent event);

        /** Asked before each start, after the gates of the tree's options. */
        default Optional<StartGate> startGate() {
            return Optional.empty();
        }

        /**
         * Nothing of the tree is left; the last call, whatever was the reason, and also if the tree did not get up.
         *
         * @return when this is over too; the end of the tree waits for it, up to five seconds
         */
        CompletionStage<Void> ended(TreeEnd end);
    }

    /** What is wrong with how it is to show one, a sentence each; then no tree is started with it. */
    default List<String> problems() {
        return List.of();
    }

    /**
     * Begins to show a tree. Called by the thread that starts the tree, before its first child is started.
     *
     * @throws Exception the tree is not started for that reason
     */
    Exporting begin(Exported tree) throws Exception;
}
