package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a launcher before this one has left, and for which this one has had no descriptor: it is to end with all others.
 * When these have been stopped there may be room, so it is tried in rounds. Each leaves fewer, or it is the last.
 */
final class NeverTaken {

    private final Map<FileStatus.Id, OsString> entries = new HashMap<>();

    /** Those whose runsv has found no room since all is being stopped, until it has ended. */
    private final Set<OsString> refused = new HashSet<>();

    private int leftByLastRound = Integer.MAX_VALUE;

    /** This one has not been taken, and may run. */
    void add(FileStatus.Id id, OsString entry) {
        entries.put(id, entry);
    }

    /** While all is being stopped the runsv of this service directory says that there is no room, and will end. */
    void refused(OsString directory) {
        refused.add(directory);
    }

    /** Whether the runsv that has ended is one that had no room; said once. */
    boolean wasRefused(OsString directory) {
        return refused.remove(directory);
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** All there are, which now count as taken until they are {@linkplain #add added} again. */
    Round next() {
        Round round = new Round(Map.copyOf(entries), entries.size() >= leftByLastRound);
        entries.clear();
        leftByLastRound = round.entries().size();
        return round;
    }

    /**
     * Those of one round.
     *
     * @param entries the names of their entries
     * @param isInVain whether the round before it has stopped none
     */
    record Round(Map<FileStatus.Id, OsString> entries, boolean isInVain) {

        /** What is to be said of them where there is no other round. */
        Optional<String> complaint() {
            return isInVain
                    ? Optional.of("these cannot be supervised, for want of descriptors, and so not be stopped: "
                            + Names.few(entries.values().stream()
                                    .map(OsString::toString)
                                    .sorted()
                                    .toList())
                            + "; what runs of them goes on, and the next launcher takes it up")
                    : Optional.empty();
        }
    }
}
