package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import org.jspecify.annotations.Nullable;

/** This process, asked once. */
final class Ourselves {

    static final int PID = (int) ProcessHandle.current().pid();
    private static volatile @Nullable ProcessIdentity known;

    private Ourselves() {}

    /** Asked again as long as there is no descriptor for the file that tells. */
    static ProcessIdentity identity() {
        ProcessIdentity ours = known;
        if (ours == null || ours.startTicks() == 0) {
            ours = ProcessIdentity.ofRunning(PID).orElseGet(() -> new ProcessIdentity(PID, 0, ""));
            known = ours;
        }
        return ours;
    }
}
