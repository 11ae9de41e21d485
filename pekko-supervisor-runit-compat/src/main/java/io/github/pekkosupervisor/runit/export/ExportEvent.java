package io.github.pekkosupervisor.runit.export;

import io.github.pekkosupervisor.protocol.StartGate;
import java.time.Instant;
import java.util.Optional;

/** What happens to a child that is shown, as far as it is to be seen or follows from a command. */
public sealed interface ExportEvent {

    /**
     * It has an incarnation.
     *
     * @param at when that was started
     * @param pid of its process; 0 if it is none
     */
    record Starting(Instant at, int pid) implements ExportEvent {}

    /**
     * That runs.
     *
     * @param at when it was started
     * @param pid of its process; 0 if it is none
     * @param once whether its end is followed by no restart
     */
    record Started(Instant at, int pid, boolean once) implements ExportEvent {}

    /** Its end will be followed by no restart. */
    enum RunsOnce implements ExportEvent {
        /** The only one. */
        INSTANCE
    }

    /** Its process has been paused, or goes on. */
    record Paused(boolean now) implements ExportEvent {}

    /** Its incarnation counts as hung, or works again. */
    record Hung(boolean now) implements ExportEvent {}

    /**
     * It has been told to stop.
     *
     * @param again whether it is started again then
     */
    record Stopping(boolean again) implements ExportEvent {}

    /**
     * It is down, and stays so by itself.
     *
     * @param at since when; empty if it was down already
     * @param forgotten whether its supervisor knows it no longer
     * @param done whether it is a oneshot that has ended normally
     */
    record Down(Optional<Instant> at, boolean forgotten, boolean done) implements ExportEvent {
        /** It is no oneshot that is done. */
        public Down(Optional<Instant> at, boolean forgotten) {
            this(at, forgotten, false);
        }
    }

    /**
     * It is down, and will be started again.
     *
     * @param at since when; empty if it was down already
     */
    record Restarting(Optional<Instant> at) implements ExportEvent {}

    /**
     * It is down, and will be started with others.
     *
     * @param at since when; empty if it was down already
     */
    record Waiting(Optional<Instant> at) implements ExportEvent {}

    /**
     * Its supervisor has ended, and tells no more of it.
     *
     * @param at when
     * @param wasUp whether it had started all its children: then the next one begins anew
     */
    record SupervisorEnded(Instant at, boolean wasUp) implements ExportEvent {}

    /** A start gate was asked for it. */
    record Asked(StartGate.Cause cause) implements ExportEvent {}

    /** A byte has come in by its control FIFO. */
    record Letter(char letter) implements ExportEvent {}

    /**
     * A call has been answered.
     *
     * @param done whether what it asked for has been done
     */
    record Answered(Call call, boolean done) implements ExportEvent {}

    /** It has been closed for long enough. */
    enum Reopened implements ExportEvent {
        /** The only one. */
        INSTANCE
    }
}
