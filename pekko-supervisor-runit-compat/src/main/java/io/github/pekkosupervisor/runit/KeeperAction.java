package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.export.Call;
import io.github.pekkosupervisor.spec.ExitReason;
import java.util.Optional;

/** What a {@link ServiceKeeper} is to do. */
sealed interface KeeperAction {

    /**
     * Order a start of {@code run}.
     *
     * @param obeysFile not if there is a file {@code down}
     */
    record Start(long incarnation, boolean obeysFile) implements KeeperAction {}

    /** Say what keeps its start back. */
    record HoldBack(long incarnation) implements KeeperAction {}

    /**
     * Order a stop of it.
     *
     * @param again whether another start follows at once
     * @param scriptHasRun whether {@code control/t} has had its say
     */
    record Stop(boolean again, boolean scriptHasRun) implements KeeperAction {}

    /**
     * Tell that it runs.
     *
     * @param pid 0 if that is not known
     */
    record TellUp(long incarnation, int pid) implements KeeperAction {}

    /** Tell that it runs and does not work, why, and whether it is to be stopped for that. */
    record TellHung(long incarnation, String why, boolean isToBeStopped) implements KeeperAction {}

    /** Tell that it works again. */
    record TellRecovered(long incarnation) implements KeeperAction {}

    /**
     * Tell that nothing of it is left; the last that it hears.
     *
     * @param reason why; empty if it was asked to
     */
    record TellOver(long incarnation, Optional<ExitReason> reason) implements KeeperAction {}

    /** Tell that it is not to be started now; the last that it hears. */
    record TellNotNow(long incarnation) implements KeeperAction {}

    /** Ask its supervisor for this. */
    record Ask(Call call) implements KeeperAction {}

    /** What is done without anything to be said of it. */
    enum Deed implements KeeperAction {
        /** Have the service directory supervised. */
        OPEN,
        /** Order that nothing is left of {@code run}. */
        KILL,
        /** Order that it is not wanted any more. */
        LEAVE_DOWN,
        /** Say that a file keeps it down. */
        SAY_DOWN_FILE,
        /** Have supervision ended, with the logger, within the time that the child has. */
        END_SUPERVISION,
        /** Wait for what supervision has still told. */
        AWAIT_LAST_WORDS,
        /** Wait for the time to open it again. */
        AWAIT_REOPENING,
        /** End. */
        END
    }
}
