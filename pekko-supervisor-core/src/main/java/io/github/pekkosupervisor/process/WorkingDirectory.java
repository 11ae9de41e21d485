package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import java.nio.file.Path;
import java.util.Optional;

/** Where a process begins. */
public sealed interface WorkingDirectory {

    /** The working directory of the JVM. */
    record Inherited() implements WorkingDirectory {}

    /**
     * A directory by its path.
     *
     * @param path looked up when the process is started
     */
    record At(Path path) implements WorkingDirectory {}

    /**
     * A directory that is open already, wherever it has been moved to since.
     *
     * @param directory open when the process is started; not closed by it
     * @param below a name in it to begin in instead
     */
    record Open(Directory directory, Optional<OsString> below) implements WorkingDirectory {}
}
