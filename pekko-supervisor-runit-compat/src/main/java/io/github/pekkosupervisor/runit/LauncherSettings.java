package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * What a {@link Runsvdir} that is all of a launcher has, and one in an application has not.
 *
 * @param essential told the exit code that the launcher is to have, on some thread, when all have been stopped since an
 *     essential {@code run} has ended
 * @param inOrder whether services that are found together are started in the order of their names, and whether
 *     {@link Runsvdir.StopAsTold} stops them one after the other, the last one first
 * @param stopWithin how long that may take, until whoever is left is killed; empty for as long as it takes
 * @param superviseIn the directory in which a service directory gets what it has no place for; empty for in itself
 */
public record LauncherSettings(
        IntConsumer essential, boolean inOrder, Optional<Duration> stopWithin, Optional<OsString> superviseIn) {

    /** As runit has it. */
    public static LauncherSettings of(IntConsumer essential) {
        return new LauncherSettings(essential, false, Optional.empty(), Optional.empty());
    }
}
