package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Cgroup;
import io.github.pekkosupervisor.posix.CgroupLimits;
import io.github.pekkosupervisor.posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A program for {@link CgroupTest}: another launcher beside the one of the test, which makes its first control group
 * and so removes what it takes to be left over. Writes a file when that is done.
 *
 * <p>Argument: a directory.
 */
final class SweepingHost {

    private SweepingHost() {}

    public static void main(String[] arguments) throws PosixException, IOException {
        Cgroup.prepare(Cgroup.nameOf("sweeper", UUID.randomUUID().toString()), CgroupLimits.none())
                .remove();
        Files.writeString(Path.of(arguments[0]).resolve("swept"), "");
    }
}
