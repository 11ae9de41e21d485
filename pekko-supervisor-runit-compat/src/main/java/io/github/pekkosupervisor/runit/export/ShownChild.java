package io.github.pekkosupervisor.runit.export;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a child that is shown, and what has been asked of it and not been answered; a value.
 * {@link ExportRule} makes the next one of it.
 *
 * @param phase how it is
 * @param since when its incarnation was started, or it went down
 * @param pid of its own process; 0 if it has none
 * @param once whether the end of this incarnation is followed by no restart
 * @param paused whether its process has been paused, by a command or a call
 * @param hung whether its incarnation counts as hung
 * @param done whether it is down since it is a oneshot that is done
 * @param again while it is being stopped: whether another incarnation follows
 * @param exits whether it was asked to go by {@code x}, and has not been seen to
 * @param closed whether it has, and for a while nobody is to be seen behind it
 * @param held whether a command has put it down, so that neither its group nor its supervisor starts it
 * @param coming whether it was down when somebody asked if it may be started, and nothing more has been heard of that
 * @param call the call that is in progress; null if there is none
 * @param renewed whether the renewal that is in progress has begun its new incarnation already
 * @param wishes what is to be asked for then: {@code t}, one of {@code u d o x}, both or neither, in their order
 * @param urgent those of the calls that do not wait which are in progress
 */
public record ShownChild(
        Phase phase,
        Instant since,
        int pid,
        boolean once,
        boolean paused,
        boolean hung,
        boolean done,
        boolean again,
        boolean exits,
        boolean closed,
        boolean held,
        boolean coming,
        @Nullable Call call,
        boolean renewed,
        String wishes,
        Set<Call> urgent) {

    /** How a child is. */
    public enum Phase {
        /** It has no incarnation, and its supervisor starts none by itself. */
        DOWN,
        /** It has none, and its supervisor will start one, since it has ended or its last start has failed. */
        RESTARTING,
        /** It has none, and one is started with others: those of its group, or who is renewed. */
        WAITING,
        /** It has one, which has not said yet that it runs. */
        STARTING,
        /** It runs. */
        RUNNING,
        /** It has been told to stop. */
        STOPPING;

        /** Whether it has an incarnation. */
        public boolean hasIncarnation() {
            return switch (this) {
                case DOWN, RESTARTING, WAITING -> false;
                case STARTING, RUNNING, STOPPING -> true;
            };
        }
    }

    /** One that has been seen for the first time, and is down. */
    public static ShownChild downSince(Instant time) {
        return new ShownChild(
                Phase.DOWN,
                time,
                0,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                false,
                null,
                false,
                "",
                Set.of());
    }
}
