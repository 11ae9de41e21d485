package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;
import java.util.List;

/** A program. */
public interface Tool {

    /**
     * Does all that the program does; returns when it is over, or never where the program is replaced by another.
     *
     * @param name the name it was called by, without directories
     * @param words the arguments, bytes unchanged
     * @return the exit code
     */
    int run(OsString name, List<OsString> words);
}
