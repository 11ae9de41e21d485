package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import org.jspecify.annotations.Nullable;

/** What a supervisor is doing: one thing at a time. Each state knows what it waits for and what follows from that. */
sealed interface Doing permits Doing.Idle, Doing.Ended, Asking, AtGate, Starting, Stopping, StoppingAll {

    /** Whether this is what it waits for; everything else waits until the supervisor is idle. */
    default boolean awaits(RuleEvent event) {
        return false;
    }

    /** What it waits for has come. */
    default void proceed(RuleEvent event) {
        throw new IllegalStateException(this + " does not wait for " + event);
    }

    /** A time that somebody asked for has come; perhaps not the one of this state. */
    default void wake() {
        // it asked for none
    }

    /** This has come, and has to wait until the supervisor is idle; it may be about what it is doing. */
    default void holdsUp(RuleEvent event) {
        // which does not take long
    }

    /** The whole tree ends: what is being started is given up. */
    default void hurry() {
        // it is asked to stop, and that is taken now
    }

    /** What it goes down with, if that is what it is doing. */
    default Plan.@Nullable Down goingDown() {
        return null;
    }

    /** What it is a step of; null if it is none. */
    default @Nullable Plan plan() {
        return null;
    }

    /** How its supervisor is seen meanwhile. */
    default State seenAs() {
        if (goingDown() != null) {
            return State.STOPPING;
        }
        Plan plan = plan();
        return plan != null && plan.purpose == Plan.StartUp.INSTANCE ? State.STARTING : State.RUNNING;
    }

    /** Who is being started; null if nobody is. */
    default @Nullable Incarnation starting() {
        return null;
    }

    /** Kills an incarnation whose end it waits for, or will; false if it does not. */
    default boolean kills(Incarnation incarnation) {
        return false;
    }

    /** An incarnation has been held by STOP, or goes on. */
    default void pauses(Incarnation incarnation, boolean isPaused) {
        // its time passes all the same
    }

    /** The supervisor is killed in the midst of it. */
    default void interrupted() {
        // nobody waits for it
    }

    /** Nothing. */
    enum Idle implements Doing {
        /** The only one. */
        INSTANCE
    }

    /** Nothing any more. */
    enum Ended implements Doing {
        /** The only one. */
        INSTANCE;

        @Override
        public State seenAs() {
            return State.STOPPED;
        }
    }
}
