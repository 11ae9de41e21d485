package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.FileStatus;
import java.util.Optional;

/**
 * A point in a stream of bytes and the place in a log directory that goes with it: all before the point is in the log
 * up to this place, and nothing of what follows.
 *
 * @param file {@code current}; empty while none is open, and then nothing that is in the log belongs to what follows
 * @param size how much of it
 * @param behind how many of the last bytes taken follow the point: the beginning of a line, or of a piece of one
 * @param skipped how many bytes of what is made of those are in files before this one
 * @param inLongLine the point is within a line longer than patterns look
 * @param selected the rest of that line goes to the log
 */
public record LogMark(
        Optional<FileStatus.Id> file, long size, int behind, int skipped, boolean inLongLine, boolean selected) {

    /** Nothing was taken and nothing is open. */
    public static final LogMark NOWHERE = new LogMark(Optional.empty(), 0, 0, 0, false, true);

    // written out: a record's own go through invokedynamic, which a launcher's start would pay for

    @Override
    public boolean equals(Object other) {
        return other instanceof LogMark that
                && file.equals(that.file)
                && size == that.size
                && behind == that.behind
                && skipped == that.skipped
                && inLongLine == that.inLongLine
                && selected == that.selected;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(size) * 31 + behind;
    }
}
