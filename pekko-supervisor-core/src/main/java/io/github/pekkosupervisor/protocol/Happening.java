package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.Signal;
import java.time.Duration;
import java.time.Instant;

/**
 * What one event of a tree is for somebody who counts: that something has started, or ended and how, in few words,
 * whatever kind of child it is. {@link Happenings#of} says it of each event of a tree.
 */
public sealed interface Happening {

    /** Where: the place in the tree, as {@code /db} or {@code /services/web}. */
    String path();

    /**
     * Something has started.
     *
     * @param path where
     * @param at when that began
     * @param again whether that follows an end, and nobody has asked for it
     */
    record Started(String path, Instant at, boolean again) implements Happening {}

    /**
     * Something has ended, or could not be started.
     *
     * @param path where
     * @param exit how
     * @param cause why it is started again, if it is: a reason of an {@link Exit}, {@code sibling} if it is taken along
     *     by a strategy, {@code start_error} if it could not be started; {@link Exit#NONE} if that was asked for
     * @param ran how long; how long the start took of one that could not be started
     */
    record Ended(String path, Exit exit, String cause, Duration ran) implements Happening {}

    /**
     * Something is being stopped; told by trees that tell transitions.
     *
     * @param path where
     */
    record Stopping(String path) implements Happening {}

    /**
     * Something did not end, and its supervisor goes on without it.
     *
     * @param path where
     */
    record Abandoned(String path) implements Happening {}

    /**
     * How something ended, in words that are few, so that each may be the value of a label.
     *
     * @param reason what kind of end: {@code exit}, {@code signal}, {@code killed}, {@code normal}, {@code shutdown},
     *     {@code crash}, {@code failed}, {@code hung}, {@code start_timeout}, {@code abandoned},
     *     {@code reached_max_restart_intensity} or {@code unknown}
     * @param code the exit code of a process, or {@link #NONE}
     * @param signal the name of the signal that ended a process, as {@code TERM}, or {@link #NONE}
     */
    record Exit(String reason, String code, String signal) {

        /** Where there is no code, or no signal. */
        public static final String NONE = "none";

        private static final String KILLED = "killed";

        /** An end without code and signal. */
        public static Exit of(String reason) {
            return new Exit(reason, NONE, NONE);
        }

        /**
         * A process that has exited.
         *
         * @param code from 0 to 255
         */
        public static Exit exited(int code) {
            return new Exit("exit", String.valueOf(code), NONE);
        }

        /** A process that a signal has ended, by the name of that. */
        public static Exit signalled(String signal) {
            return new Exit(signal.equals(Signal.KILL.name()) ? KILLED : "signal", NONE, signal);
        }

        /** What was killed; of what is no process that stands for the same. */
        public static Exit killed() {
            return new Exit(KILLED, NONE, Signal.KILL.name());
        }

        /** The same end of one that was ended since it hung. */
        public Exit hung() {
            return new Exit("hung", code, signal);
        }
    }
}
