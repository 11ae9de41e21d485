package io.github.pekkosupervisor;

import io.github.pekkosupervisor.actor.ChildRunners;
import io.github.pekkosupervisor.actor.ServiceThreads;
import io.github.pekkosupervisor.actor.SupervisorActor;
import io.github.pekkosupervisor.actor.SupervisorLog;
import io.github.pekkosupervisor.actor.TreeContext;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.protocol.SupervisorNotice;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor as an actor, and what it can be told. As OTP {@code supervisor}: it starts its children in order, each
 * when the one before has acknowledged its start, watches them, restarts them by its strategy, and stops them in
 * reverse order when told to {@link SupervisorCommand.Stop}, when there were too many restarts, or when significant
 * children have ended.
 *
 * <p>It does one thing at a time; what arrives meanwhile waits its turn. Nothing it does blocks a thread. Stopping the
 * actor itself from outside ({@code context.stop}) is the kill: its children are stopped too, but in no order.
 *
 * <p>Whoever does not use Pekko has the same as {@link SupervisionTree} and {@link SupervisorRef}.
 */
public final class Supervisor {

    private Supervisor() {}

    /**
     * A supervisor to be spawned by an actor of the application. If its children cannot be started it ends; who must
     * know gives {@link #create(Callable, Consumer, ActorRef)} a listener.
     *
     * @throws InvalidSpecException if the specification is wrong
     */
    public static Behavior<SupervisorCommand> create(SupervisorSpec spec) {
        SpecCheck.check(spec);
        return SupervisorActor.top(
                () -> spec,
                system -> TreeContext.top(
                        system,
                        new SupervisorLog(
                                System::nanoTime, ServiceThreads.get(system).executor())),
                ChildRunners.INSTANCE,
                null);
    }

    /**
     * A supervisor to be spawned by an actor of the application.
     *
     * @param init asked once at the start what is to be supervised; may return {@link SupervisorSpec#ignore()}
     * @param listener told of every event, one at a time and in order, by the supervisor's actor: must not block
     * @param owner told {@link SupervisorNotice.Up}, and {@link SupervisorNotice.Ended} at the end; null if nobody need
     *     know
     */
    public static Behavior<SupervisorCommand> create(
            Callable<SupervisorSpec> init,
            Consumer<? super TreeEvent> listener,
            @Nullable ActorRef<? super SupervisorNotice> owner) {
        return SupervisorActor.top(init, system -> TreeContext.top(system, listener), ChildRunners.INSTANCE, owner);
    }
}
