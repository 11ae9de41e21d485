package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;

/**
 * An output of a process that was read here, and that somebody else goes on reading.
 *
 * @param stream {@code stdout} or {@code stderr}
 * @param source where it is read
 * @param unfinished what has come of a line that is not over
 */
public record UnreadOutput(String stream, Descriptor source, OsString unfinished) {}
