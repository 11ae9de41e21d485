package io.github.pekkosupervisor.runit.export;

import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * The actor that an {@link Exporter} is at work in. One that has failed is made anew, and goes on from what is known of
 * the tree: whatever it meets, an error too, ends neither what is shown nor the actor system, and changes nothing in
 * the tree.
 */
final class ExporterActor {

    /** How long it is until one that could not even be made is made again. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final ActorContext<ExporterMessage> context;
    private final TimerScheduler<ExporterMessage> timers;
    private final Workshop workshop;
    private @Nullable Worker worker;
    private boolean ends;

    /** Who does the work. */
    interface Worker {
        /** Takes a message; false when nothing more is to be done. */
        boolean take(ExporterMessage message);

        /** Gives back all that it has open; another may follow. */
        void leave();
    }

    /** Where workers are made. */
    interface Workshop {
        /**
         * Makes one.
         *
         * @param isAnew whether one before has failed
         */
        Worker make(ActorContext<ExporterMessage> context, TimerScheduler<ExporterMessage> timers, boolean isAnew);

        /** One has failed, and if the tree has not ended is made anew. */
        void failed(Throwable failure);

        /** All is over, and nobody follows. */
        void over();
    }

    private ExporterActor(
            ActorContext<ExporterMessage> context, TimerScheduler<ExporterMessage> timers, Workshop workshop) {
        this.context = context;
        this.timers = timers;
        this.workshop = workshop;
        make(false);
    }

    static Behavior<ExporterMessage> create(Workshop workshop) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new ExporterActor(context, timers, workshop).working()));
    }

    private Behavior<ExporterMessage> working() {
        return Behaviors.receive(ExporterMessage.class)
                .onAnyMessage(message -> take(message) ? Behaviors.same() : Behaviors.stopped())
                .onSignal(PostStop.class, stopped -> {
                    over();
                    return Behaviors.same();
                })
                .build();
    }

    private boolean take(ExporterMessage message) {
        ends |= message == ExporterMessage.End.INSTANCE;
        Worker present = worker;
        if (present == null) {
            if (!ends && message == ExporterMessage.Retry.INSTANCE) {
                make(true);
            }
            return !ends;
        }
        try {
            return present.take(message);
        } catch (RuntimeException | Error e) {
            failed(e);
            // at the end there is no later
            return !ends;
        }
    }

    private void make(boolean isAnew) {
        try {
            worker = workshop.make(context, timers, isAnew);
        } catch (RuntimeException | Error e) {
            tell(e);
            timers.startSingleTimer(ExporterMessage.Retry.INSTANCE, PAUSE);
        }
    }

    private void failed(Throwable failure) {
        tell(failure);
        leave();
        timers.cancelAll();
        if (!ends) {
            make(true);
        }
    }

    private void tell(Throwable failure) {
        try {
            workshop.failed(failure);
        } catch (RuntimeException | Error alsoThat) {
            // there is nobody left to tell, and the tree has done nothing wrong
        }
    }

    private void leave() {
        Worker present = worker;
        worker = null;
        if (present != null) {
            try {
                present.leave();
            } catch (RuntimeException | Error e) {
                tell(e);
            }
        }
    }

    private void over() {
        try {
            leave();
        } finally {
            workshop.over();
        }
    }
}
