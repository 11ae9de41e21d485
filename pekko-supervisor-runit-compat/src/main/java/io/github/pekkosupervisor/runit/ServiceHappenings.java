package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.Happening;
import io.github.pekkosupervisor.protocol.Happening.Exit;
import java.util.Optional;

/** What events of service directories are for somebody who counts: the start and the end of {@code run}. */
final class ServiceHappenings {

    private ServiceHappenings() {}

    static Optional<Happening> of(ServiceEvent event) {
        if (event instanceof ServiceEvent.Started started && started.program() == ServiceEvent.Program.RUN) {
            // that it follows an end that nobody has asked for is known from that
            return Optional.of(new Happening.Started(event.path(), started.at(), true));
        } else if (event instanceof ServiceEvent.Ended ended && ended.program() == ServiceEvent.Program.RUN) {
            Exit exit = exit(ended.status());
            Exit whole = ended.hung().isPresent() ? exit.hung() : exit;
            return Optional.of(
                    new Happening.Ended(event.path(), whole, ended.asked() ? Exit.NONE : whole.reason(), ended.ran()));
        }
        return Optional.empty();
    }

    private static Exit exit(ExitStatus status) {
        if (!status.isKnown()) {
            return Exit.of("unknown");
        }
        return status.exited() ? Exit.exited(status.code()) : Exit.signalled(Signal.nameOf(status.signal()));
    }
}
