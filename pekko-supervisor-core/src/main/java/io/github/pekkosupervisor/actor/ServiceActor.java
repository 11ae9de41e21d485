package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.spec.ChildSpec.Service;
import io.github.pekkosupervisor.spec.ExitReason;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** One incarnation of a {@link Service}: its start and its stop on a thread made for blocking, one after the other. */
final class ServiceActor {

    private final LiveContext child;
    private final ActorRef<Object> self;
    private final ServiceThreads threads;
    private final Callable<? extends Service> make;

    /** Set by the thread that starts it, read by the one that stops it, later. */
    private volatile @Nullable Service service;

    /** The thread that is in {@link Service#start}. */
    private volatile @Nullable Thread starter;

    /** The start itself has said that it is over. Others may say so while it lasts: of a service that then runs. */
    private volatile boolean startRefused;

    private final PendingSignals signals = new PendingSignals();

    private boolean startReturned;
    private boolean left;

    private enum Done implements ServiceMessage {
        STARTED,
        STOPPED,
        /** To a signal. */
        REACTED,
        /** The service says by itself that it is over. */
        OVER
    }

    private record Threw(Throwable cause) implements ServiceMessage {}

    private ServiceActor(ActorContext<Object> context, Callable<? extends Service> make, LiveContext child) {
        this.child = child;
        this.self = context.getSelf();
        this.threads = ServiceThreads.get(context.getSystem());
        this.make = make;
    }

    static Behavior<Object> create(Callable<? extends Service> make, LiveContext child) {
        return Behaviors.setup(context -> {
            ServiceActor actor = new ServiceActor(context, make, child);
            child.whenOver(actor::saysItIsOver);
            actor.perform(actor::startService, Done.STARTED);
            return actor.starting(false);
        });
    }

    private void startService() throws Exception {
        if (child.handle().isAskedToStop() || child.handle().isKilled()) {
            // before there was a thread to interrupt
            throw new InterruptedException("stopped before it began to start");
        }
        Service made = make.call();
        if (made == null) {
            throw new NullPointerException("child \"" + child.id() + "\": its function returned no service but null");
        }
        service = made;
        starter = Thread.currentThread();
        try {
            made.start(child);
        } finally {
            starter = null;
        }
        if (hasReturnedTooLate() && !startRefused) {
            made.stop();
        }
    }

    private synchronized boolean hasReturnedTooLate() {
        startReturned = true;
        return left;
    }

    /** True if the start has returned, and the service is left to the caller. */
    private synchronized boolean leave() {
        left = true;
        return startReturned;
    }

    /** On any thread. */
    private void saysItIsOver() {
        if (Thread.currentThread() == starter && !child.handle().isReady()) {
            startRefused = true;
        }
        self.tell(Done.OVER);
    }

    private void stopService() throws Exception {
        Service made = service;
        if (made != null) {
            made.stop();
        }
    }

    private void perform(ServiceThreads.Work work, Done afterwards) {
        threads.run(
                child.handle(),
                child.logContext(),
                work,
                () -> self.tell(afterwards),
                thrown -> self.tell(new Threw(thrown)));
    }

    /** A start cannot be cut short, only interrupted; what is asked meanwhile follows when it has returned. */
    private Behavior<Object> starting(boolean toBeStopped) {
        return Behaviors.receive(Object.class)
                .onMessageEquals(Done.STARTED, () -> started(toBeStopped))
                .onMessage(Threw.class, this::startThrew)
                .onMessageEquals(Done.OVER, Behaviors::same)
                .onMessage(ServiceMessage.React.class, this::reactLater)
                .onMessageEquals(ServiceMessage.Order.STOP, () -> starting(true))
                .onMessage(ServiceMessage.Order.class, hurryOrKill -> {
                    interrupt();
                    return starting(true);
                })
                .onSignal(PostStop.class, signal -> leftWhileStarting())
                .build();
    }

    private Behavior<Object> started(boolean toBeStopped) {
        LiveChild handle = child.handle();
        if (startRefused) {
            return Behaviors.stopped();
        }
        if (toBeStopped) {
            return stopping();
        }
        child.ready();
        return handle.reason() == null ? reactNext() : stopping();
    }

    private Behavior<Object> startThrew(Threw threw) {
        boolean asTold = child.handle().isAskedToStop() && isInterruption(threw.cause());
        child.handle().endsWith(asTold ? ExitReason.shutdown() : ExitReason.crash(threw.cause()));
        return Behaviors.stopped();
    }

    /** Whether it says no more than that its thread was interrupted. */
    private static boolean isInterruption(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at instanceof InterruptedException || at instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }

    private Behavior<Object> running() {
        return Behaviors.receive(Object.class)
                .onMessageEquals(Done.OVER, this::stopping)
                .onMessage(ServiceMessage.React.class, order -> {
                    reactLater(order);
                    return reactNext();
                })
                .onMessageEquals(ServiceMessage.Order.STOP, this::stopping)
                // nothing else can end it; it has not long for that
                .onMessageEquals(ServiceMessage.Order.KILL, this::stopping)
                .onSignal(PostStop.class, signal -> left())
                .build();
    }

    // ---- signals

    private Behavior<Object> reactLater(ServiceMessage.React order) {
        signals.add(order.signal());
        return Behaviors.same();
    }

    private Behavior<Object> reactNext() {
        Signal signal = signals.poll();
        if (signal == null) {
            return running();
        }
        perform(() -> child.handle().react(signal), Done.REACTED);
        return reacting(false);
    }

    /** All else waits until that is over, and is told so if it takes too long. */
    private Behavior<Object> reacting(boolean toBeStopped) {
        return Behaviors.receive(Object.class)
                .onMessageEquals(Done.REACTED, () -> toBeStopped ? stopping() : reactNext())
                .onMessage(Threw.class, this::reactionThrew)
                .onMessage(ServiceMessage.React.class, this::reactLater)
                .onMessageEquals(Done.OVER, () -> reacting(true))
                .onMessageEquals(ServiceMessage.Order.STOP, () -> reacting(true))
                .onMessageEquals(ServiceMessage.Order.KILL, () -> {
                    interrupt();
                    return reacting(true);
                })
                .onMessage(Object.class, other -> Behaviors.same())
                .onSignal(PostStop.class, signal -> {
                    interrupt();
                    return left();
                })
                .build();
    }

    private Behavior<Object> reactionThrew(Threw threw) {
        boolean asTold = child.handle().isAskedToStop() && isInterruption(threw.cause());
        child.handle().endsWith(asTold ? ExitReason.shutdown() : ExitReason.crash(threw.cause()));
        return stopping();
    }

    // ---- the end

    private Behavior<Object> stopping() {
        perform(this::stopService, Done.STOPPED);
        return Behaviors.receive(Object.class)
                .onMessageEquals(Done.STOPPED, Behaviors::stopped)
                .onMessage(Threw.class, threw -> {
                    child.handle().endsBadly(ExitReason.crash(threw.cause()));
                    return Behaviors.stopped();
                })
                .onMessageEquals(ServiceMessage.Order.KILL, () -> {
                    interrupt();
                    return Behaviors.same();
                })
                .onMessage(Object.class, other -> Behaviors.same())
                .build();
    }

    private void interrupt() {
        child.handle().interrupt();
    }

    /** The actor is stopped from outside, as all are when a supervisor is killed: the service must not stay behind. */
    private Behavior<Object> left() {
        perform(this::stopService, Done.STOPPED);
        return Behaviors.same();
    }

    private Behavior<Object> leftWhileStarting() {
        interrupt();
        if (leave() && !startRefused) {
            perform(this::stopService, Done.STOPPED);
        }
        return Behaviors.same();
    }
}
