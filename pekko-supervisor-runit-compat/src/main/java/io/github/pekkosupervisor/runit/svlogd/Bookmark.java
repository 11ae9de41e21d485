package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.PosixException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The place in one log directory that somebody keeps where it survives this process, and where somebody who was killed
 * has got to. Without one who keeps it, nothing happens here.
 */
final class Bookmark {

    private @Nullable Keeper keeper;
    private FileStatus.@Nullable Id file;
    private LogMark left = LogMark.NOWHERE;
    private boolean resumes;
    /** How many of the next bytes are in the log already. */
    private int skip;
    /** Where in what was taken the last piece begins, less what of it was in the log. */
    private int pieceAt;

    /** Is told where {@code current} is cut off, before that is done. */
    interface Keeper {
        /**
         * All that was taken before the last piece is in the log, up to this place.
         *
         * @param rest how many of the bytes that were taken follow
         * @param ofPiece how many bytes of the last piece are before that
         */
        void keep(FileStatus.Id file, long size, int rest, int ofPiece) throws PosixException;
    }

    /** From now on somebody is told; to be called before the directory is opened. */
    void keep(Keeper told) {
        keeper = told;
    }

    /** Nobody is told any more. */
    void keepNothing() {
        keeper = null;
    }

    /** Goes on where somebody was killed; to be called before the directory is opened. */
    void resume(LogMark from) {
        left = from;
        resumes = true;
        skip = from.skipped();
    }

    /** Patterns have looked at the line that goes on. */
    void resume(LogConfig.Selector selector) {
        if (resumes) {
            selector.resume(left.selected());
        }
    }

    /** How much of a file is known to be right, if it is the one that somebody who was killed had open. */
    Optional<Long> sizeOf(FileStatus found) {
        return resumes && left.file().isPresent() && left.file().get().equals(found.id()) && found.size() >= left.size()
                ? Optional.of(left.size())
                : Optional.empty();
    }

    /** This is {@code current} from now on. */
    void opened(Descriptor current) throws PosixException {
        if (keeper != null) {
            file = current.status().id();
        }
    }

    void closed() {
        file = null;
    }

    /** The place when everything is done. */
    LogMark mark(long size, int behind, boolean inLongLine, boolean selected) {
        // nothing has been taken since, and what was in the log then still is
        int skipped = resumes ? skip : 0;
        return new LogMark(Optional.ofNullable(file), file == null ? 0 : size, behind, skipped, inLongLine, selected);
    }

    /**
     * What is taken from now on is a piece of a line that is kept as a whole.
     *
     * @param taken how much was taken before
     */
    void beginPiece(int taken) {
        pieceAt = taken;
        skip = resumes ? skip : 0;
        resumes = false;
    }

    /** How many of the next bytes are in the log already; they count as taken by this. */
    int known(int count) {
        int known = Math.min(skip, count);
        skip -= known;
        pieceAt -= known;
        return known;
    }

    /**
     * The file is cut off.
     *
     * @param taken how much was taken
     * @param end how much of that is in the log, up to this size
     */
    void keepUpTo(long size, int taken, int end) throws PosixException {
        if (keeper != null && file != null) {
            keeper.keep(file, size, taken - end, end - pieceAt);
        }
    }
}
