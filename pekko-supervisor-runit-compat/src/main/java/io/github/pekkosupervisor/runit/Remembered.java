package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.runit.supervise.ListedRun;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Known;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the list of services says of a service directory, which a launcher has left that is gone.
 *
 * @param runs by the directory of a unit: which process its {@code run} was; of all units
 * @param before the processes of others that had the name of this one, as far as they ran when the list was read, or as
 *     that could not be told
 * @param isUnwanted whether it has no entry any more, so that nothing is to be started
 */
record Remembered(Map<FileStatus.Id, ListedRun> runs, List<Known> before, boolean isUnwanted) {

    /** Without a list. */
    static final Remembered NOTHING = new Remembered(Map.of(), List.of(), false);

    /**
     * Which process the {@code run} was of the unit in this directory; one that had its number before does not count.
     */
    Optional<ListedRun> run(FileStatus place) {
        return Optional.ofNullable(runs.get(place.id())).filter(run -> !run.isOfAnother(place));
    }
}
