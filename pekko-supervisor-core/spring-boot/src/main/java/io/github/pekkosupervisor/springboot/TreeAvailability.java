package io.github.pekkosupervisor.springboot;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;

/**
 * What the tree means for the availability of the application: it refuses traffic while the tree is not ready, and is
 * broken when the tree has failed. A refusal of somebody else's is left alone.
 */
final class TreeAvailability implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

    private static final Logger LOG = LoggerFactory.getLogger(TreeAvailability.class);

    /** Others may say something at the same time; each time that is looked at once more. */
    private static final int ROUNDS = 3;

    private final ApplicationEventPublisher publisher;
    private final ApplicationAvailability availability;
    private volatile boolean refuses;

    /**
     * Nothing is said yet.
     *
     * @param availability a listener too, which has heard of each change before this one does, since it was there first
     */
    TreeAvailability(ApplicationEventPublisher publisher, ApplicationAvailability availability) {
        this.publisher = publisher;
        this.availability = availability;
    }

    /** The tree is ready, or is not. */
    void ready(boolean isReady) {
        refuses = !isReady;
        settle();
    }

    /** The tree has failed, for good. */
    void broken() {
        publish(LivenessState.BROKEN);
    }

    /** The application says that it accepts traffic, at the end of its start for one, but the tree does not. */
    @Override
    public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
        if (event.getSource() != this) {
            settle();
        }
    }

    private void settle() {
        for (int round = 0; round < ROUNDS; round++) {
            ReadinessState state = availability.getReadinessState();
            if (refuses && state == ReadinessState.ACCEPTING_TRAFFIC) {
                publish(ReadinessState.REFUSING_TRAFFIC);
            } else if (!refuses && state == ReadinessState.REFUSING_TRAFFIC && isOurs()) {
                publish(ReadinessState.ACCEPTING_TRAFFIC);
            } else {
                return;
            }
        }
    }

    /** Who listens is the application's: if one of them fails, what the tree is has to be known all the same. */
    private void publish(AvailabilityState state) {
        try {
            AvailabilityChangeEvent.publish(publisher, this, state);
        } catch (RuntimeException e) {
            LOG.error("a listener has failed when it was told that the application is [{}]", state, e);
        }
    }

    private boolean isOurs() {
        AvailabilityChangeEvent<ReadinessState> last = availability.getLastChangeEvent(ReadinessState.class);
        return last != null && last.getSource() == this;
    }
}
