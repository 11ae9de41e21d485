package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeHealth;
import io.github.pekkosupervisor.runit.page.Picture.Row;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What a page shows, and whom its commands go to. */
interface Source {

    /** Its pictures. */
    Watch watch();

    /** How it is, for probes. */
    CompletionStage<TreeHealth> health();

    /** The last lines of its log, the oldest first; empty if there is none that is known. May wait for a disk. */
    Optional<List<String>> lastLines(Row row);

    /**
     * A command to a place where it is possible.
     *
     * @param above the place that it is below
     * @param signal which, for {@link Command#SIGNAL}
     * @return never fails
     */
    CompletionStage<Answered> command(Row row, Row above, Command command, Optional<Signal> signal);
}
