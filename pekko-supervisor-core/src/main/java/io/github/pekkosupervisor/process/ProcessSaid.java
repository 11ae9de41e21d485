package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.process.ProcessNotice.Phase;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What counts of all that a process has said of itself by {@code sd_notify(3)} for who takes it up after another: to be
 * written down.
 *
 * @param phase how it says it is; empty if that is not known
 * @param main the process that it has handed the work to, which may speak for it
 * @param silence how long its watchdog allows it to be silent, where it has said so itself
 */
public record ProcessSaid(Optional<Phase> phase, Optional<ProcessIdentity> main, Optional<Duration> silence) {

    /** Nothing is known. */
    public static final ProcessSaid NOTHING = new ProcessSaid(Optional.empty(), Optional.empty(), Optional.empty());

    /** What is known of one whose words have been heard by somebody else, who has seen whether it is ready. */
    ProcessNotice notice(boolean isReady) {
        return new ProcessNotice(
                isReady ? phase.filter(said -> said != Phase.STARTING).orElse(Phase.READY) : Phase.STARTING,
                "",
                main.map(process -> OptionalInt.of(process.pid())).orElseGet(OptionalInt::empty),
                OptionalInt.empty(),
                "");
    }
}
