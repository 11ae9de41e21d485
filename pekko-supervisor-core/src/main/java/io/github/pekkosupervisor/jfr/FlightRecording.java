package io.github.pekkosupervisor.jfr;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.Happening;
import io.github.pekkosupervisor.protocol.TreeEvent;
import io.github.pekkosupervisor.protocol.TreeFold;
import io.github.pekkosupervisor.protocol.TreeHappenings;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.protocol.TreeSubscriber;
import io.github.pekkosupervisor.protocol.TreeSubscription;
import java.time.Duration;
import java.time.InstantSource;

/**
 * What happens in a tree, in recordings that JDK Flight Recorder makes of this JVM: beside a pause of the garbage
 * collector or a lock that was waited for stands the child that ended then.
 *
 * <pre>{@code
 * FlightRecording.follow(tree);
 * }</pre>
 *
 * <p>While nobody records it costs next to nothing. The events are {@code io.github.pekkosupervisor.Started}
 * ({@code path}, {@code restart}, {@code took} in milliseconds), {@code Ended} ({@code path}, {@code reason},
 * {@code code}, {@code signal}, {@code cause}, {@code ran} in milliseconds), {@code Stopping} and {@code Abandoned}
 * ({@code path}); their words are those of {@link Happening}. The JVM must have the module {@code jdk.jfr}.
 */
public final class FlightRecording implements AutoCloseable {

    private static final InstantSource CALENDAR = InstantSource.system();

    private final TreeSubscription subscription;

    private FlightRecording(TreeSubscription subscription) {
        this.subscription = subscription;
    }

    /**
     * Follows a tree until it ends, or this is closed. With the option {@link SupervisionTree.Options#withTransitions}
     * of the tree {@code Stopping} is told too.
     *
     * @throws IllegalStateException if this Java was made without the module {@code jdk.jfr}
     */
    public static FlightRecording follow(SupervisionTree tree) {
        if (ModuleLayer.boot().findModule("jdk.jfr").isEmpty()) {
            throw new IllegalStateException("this Java has no Flight Recorder; add the module jdk.jfr to its image");
        }
        return new FlightRecording(tree.subscribe(new TreeSubscriber() {
            private final TreeFold fold = new TreeFold();
            private final TreeHappenings happenings = new TreeHappenings(fold);

            @Override
            public void snapshot(TreeSnapshot present) {
                // what runs already did not happen now
                fold.snapshot(present);
            }

            @Override
            public void event(TreeEvent event) {
                fold.event(event);
                happenings.of(event).ifPresent(FlightRecording::record);
            }
        }));
    }

    private static void record(Happening happening) {
        FlightEvents.OfPlace event;
        if (happening instanceof Happening.Started started) {
            event = started(started);
        } else if (happening instanceof Happening.Ended ended) {
            event = ended(ended);
        } else if (happening instanceof Happening.Stopping) {
            event = new FlightEvents.Stopping();
        } else {
            event = new FlightEvents.Abandoned();
        }
        event.path = happening.path();
        event.commit();
    }

    private static FlightEvents.OfPlace started(Happening.Started started) {
        FlightEvents.Started event = new FlightEvents.Started();
        event.restart = started.again();
        event.took =
                Math.max(0, Duration.between(started.at(), CALENDAR.instant()).toMillis());
        return event;
    }

    private static FlightEvents.OfPlace ended(Happening.Ended ended) {
        FlightEvents.Ended event = new FlightEvents.Ended();
        event.reason = ended.exit().reason();
        event.code = ended.exit().code();
        event.signal = ended.exit().signal();
        event.cause = ended.cause();
        event.ran = ended.ran().toMillis();
        return event;
    }

    /** Follows it no more. What has been recorded stays. */
    @Override
    public void close() {
        subscription.close();
    }
}
