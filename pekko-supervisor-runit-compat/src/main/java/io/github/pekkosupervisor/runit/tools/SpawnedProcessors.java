package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.InheritedDescriptors;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.Posix;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.PosixSettings;
import io.github.pekkosupervisor.runit.svlogd.Processors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Processes of a program that has no actors; what watches them is made with the first one. */
final class SpawnedProcessors implements Processors {

    private final Runnable ended;
    private @Nullable Posix posix;

    /** @param ended told of each end, on another thread */
    SpawnedProcessors(Runnable ended) {
        this.ended = ended;
    }

    @Override
    public void start(List<OsString> command, Directory directory, Descriptor stdin, Descriptor stdout, Run run)
            throws PosixException {
        if (posix == null) {
            posix = Posix.open(PosixSettings.defaults()
                    .withPassedOn(InheritedDescriptors.ofThisJvm().further()));
        }
        Processors.of(posix, ended).start(command, directory, stdin, stdout, run);
    }
}
