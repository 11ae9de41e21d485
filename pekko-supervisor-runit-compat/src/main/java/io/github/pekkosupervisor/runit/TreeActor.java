package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.process.ProcessActor;
import io.github.pekkosupervisor.process.ProcessEvent;
import io.github.pekkosupervisor.process.Processes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.DispatcherSelector;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * A tree in the place of {@code run}. To runsv it behaves like a process, with this JVM's process id: it starts, is
 * stopped by TERM, looks for new services at ALRM, and ends.
 *
 * <p>TERM, HUP, INT and QUIT stop its services in the way of HUP; KILL kills them. If this actor is stopped without
 * that, the services go on, and the next one takes them up, in this JVM or another.
 */
final class TreeActor {

    /** As runsvdir at HUP. */
    private static final int HUNG_UP = 111;

    private final ActorContext<Object> context;
    private final UserTree.Start start;
    private final Owner owner;

    /** What becomes of it when it has ended. */
    private ExitStatus end = ExitStatus.ofCode(HUNG_UP);

    private interface Owner {
        void tell(ProcessEvent event);
    }

    /** All services have ended, as asked. */
    private enum Stopped {
        INSTANCE
    }

    /** Nothing of the tree is left in this JVM. */
    private enum Ended {
        INSTANCE
    }

    private TreeActor(ActorContext<Object> context, UserTree.Start start, Owner owner) {
        this.context = context;
        this.start = start;
        this.owner = owner;
    }

    /** Where it runs: it opens files, and makes the tree's threads. */
    static DispatcherSelector dispatcher() {
        return Processes.dispatcher();
    }

    /**
     * Begins to supervise the tree.
     *
     * @param successor whether the owner has been told of the start already
     */
    static <T> Behavior<ProcessActor.Command> create(
            UserTree.Start start,
            boolean successor,
            ActorRef<T> owner,
            Function<? super ProcessEvent, ? extends T> translation) {
        return Behaviors.<Object>setup(context -> {
                    Owner translated = event -> owner.tell(translation.apply(event));
                    return new TreeActor(context, start, translated).begin(successor);
                })
                .narrow();
    }

    private Behavior<Object> begin(boolean successor) {
        UserTree tree;
        try {
            tree = start.begin(context.getSystem());
        } catch (PosixException e) {
            owner.tell(
                    successor ? new ProcessEvent.Exited(ExitStatus.ofCode(HUNG_UP)) : new ProcessEvent.StartFailed(e));
            return Behaviors.stopped();
        }
        if (!successor) {
            int pid = Math.toIntExact(ProcessHandle.current().pid());
            owner.tell(new ProcessEvent.Started(
                    // without a descriptor to spare its start time cannot be read, and need not be
                    ProcessIdentity.ofRunning(pid).orElseGet(() -> new ProcessIdentity(pid, 0, "")),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty()));
        }
        context.pipeToSelf(tree.ended(), (done, failure) -> Ended.INSTANCE);
        return running(tree);
    }

    private Behavior<Object> running(UserTree tree) {
        return Behaviors.receive(Object.class)
                .onMessage(ProcessActor.SendSignal.class, send -> signal(tree, send.signal()))
                .onMessage(ProcessActor.Stop.class, stop -> stop(tree, stop))
                .onMessage(ProcessActor.Settle.class, asked -> settle(tree, asked))
                .onMessage(ProcessActor.GoOn.class, goOn -> Behaviors.same())
                .onMessageEquals(Stopped.INSTANCE, Behaviors::same)
                .onMessageEquals(Ended.INSTANCE, this::over)
                .onSignal(PostStop.class, stopped -> leave(tree))
                .build();
    }

    private Behavior<Object> signal(UserTree tree, Signal signal) {
        switch (signal) {
            case TERM, INT, QUIT -> {
                end = ExitStatus.ofCode(0);
                tree.tell(new Runsvdir.Stop(whenStopped()));
            }
            case HUP -> tree.tell(new Runsvdir.Stop(whenStopped()));
            case KILL -> kill(tree);
            case ALRM -> tree.tell(Runsvdir.Rescan.INSTANCE);
            default -> {
                // nothing that could be done to all of a tree
            }
        }
        return Behaviors.same();
    }

    private Behavior<Object> stop(UserTree tree, ProcessActor.Stop stop) {
        if (stop.within().isZero()) {
            kill(tree);
            return Behaviors.same();
        }
        return signal(tree, Signal.TERM);
    }

    private void kill(UserTree tree) {
        end = ExitStatus.ofSignal(Signal.KILL.number());
        tree.tell(new Runsvdir.Kill(whenStopped()));
    }

    private ActorRef<Done> whenStopped() {
        return context.messageAdapter(Done.class, done -> Stopped.INSTANCE);
    }

    private Behavior<Object> over() {
        owner.tell(new ProcessEvent.Exited(end));
        return Behaviors.stopped();
    }

    private Behavior<Object> leave(UserTree tree) {
        tree.leave();
        return Behaviors.same();
    }

    /** Its services go on without it meanwhile; it rests when nothing of it is left. */
    private Behavior<Object> settle(UserTree tree, ProcessActor.Settle asked) {
        tree.leave();
        return resting(Optional.of(asked), false, new ArrayList<>());
    }

    /** @param goesOn whether it is to begin again when it has ended */
    private Behavior<Object> resting(Optional<ProcessActor.Settle> asked, boolean goesOn, List<Object> later) {
        return Behaviors.receive(Object.class)
                .onMessageEquals(Ended.INSTANCE, () -> {
                    asked.ifPresent(who -> who.settled().run());
                    return goesOn ? beginAgain(later) : atRest(later);
                })
                .onMessage(ProcessActor.Settle.class, again -> resting(Optional.of(again), false, later))
                .onMessage(ProcessActor.GoOn.class, goOn -> resting(Optional.empty(), true, later))
                .onAnyMessage(message -> keep(message, later))
                .build();
    }

    private Behavior<Object> atRest(List<Object> later) {
        return Behaviors.receive(Object.class)
                .onMessage(ProcessActor.GoOn.class, goOn -> beginAgain(later))
                .onMessage(ProcessActor.Settle.class, again -> {
                    again.settled().run();
                    return Behaviors.same();
                })
                .onAnyMessage(message -> keep(message, later))
                .build();
    }

    private static Behavior<Object> keep(Object message, List<Object> later) {
        later.add(message);
        return Behaviors.same();
    }

    private Behavior<Object> beginAgain(List<Object> later) {
        later.forEach(context.getSelf()::tell);
        return begin(true);
    }
}
