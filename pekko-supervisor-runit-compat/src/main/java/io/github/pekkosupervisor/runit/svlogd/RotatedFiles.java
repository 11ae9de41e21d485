package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The files {@code @STAMP.X} of a log directory: rotated and finished ({@code s}), not processed ({@code u}), or what a
 * processor has written so far ({@code t}).
 */
final class RotatedFiles {

    /** {@code @}, 24 digits, a dot and a letter. */
    private static final int NAME_LENGTH = 27;

    private static final int STAMP_LENGTH = 25;

    private final Directory directory;
    private final List<OsString> names;

    private RotatedFiles(Directory directory, List<OsString> names) {
        this.directory = directory;
        this.names = names;
    }

    static RotatedFiles list(Directory directory) throws PosixException {
        return new RotatedFiles(
                directory,
                directory.list().stream().filter(RotatedFiles::isRotated).toList());
    }

    /** Whether a name is that of such a file. */
    static boolean isRotated(OsString name) {
        return name.length() == NAME_LENGTH && name.startsWith("@");
    }

    /** A name of now that nothing has. */
    static OsString freeName(Directory directory, Clock clock, char letter) throws PosixException {
        Timestamps.Stamp stamp = new Timestamps.Stamp(Timestamps.TAI64N);
        while (true) {
            byte[] text = Arrays.copyOf(stamp.at(clock.instant()), STAMP_LENGTH);
            OsString name = OsString.of(text).plus("." + letter);
            if (directory.statusIfPresent(name).isEmpty()) {
                return name;
            }
        }
    }

    /** The same file in another state. */
    static OsString withLetter(OsString name, char letter) {
        return OsString.of(Arrays.copyOf(name.bytes(), NAME_LENGTH - 1)).plus(String.valueOf(letter));
    }

    private static char letter(OsString name) {
        return (char) name.bytes()[NAME_LENGTH - 1];
    }

    /**
     * Removes what processors have left, and the oldest of the finished files if there are too many; those that are not
     * processed do not count.
     *
     * @param keep how many may stay, 0 for all
     * @param log the directory's name in reports
     */
    void removeOldest(long keep, LogReports reports, OsString log) {
        for (OsString name : names) {
            if (letter(name) == 't') {
                remove(
                        name,
                        OsString.of("unable to unlink processor leftover: ").plus(name),
                        reports);
            }
        }
        List<OsString> finished = names.stream()
                .filter(name -> letter(name) != 't' && letter(name) != 'u')
                .sorted()
                .toList();
        if (keep != 0 && Long.compareUnsigned(finished.size(), keep) > 0) {
            OsString oldest = finished.get(0);
            reports.info(OsString.of("delete: ").plus(log).plus("/").plus(oldest));
            remove(oldest, OsString.of("unable to unlink oldest logfile: ").plus(log), reports);
        }
    }

    /**
     * Removes the oldest because the disk is full, if more than {@code keep} are there.
     *
     * @return whether one was removed
     */
    boolean makeRoom(long keep, LogReports reports, OsString log) {
        Optional<OsString> oldest = names.stream().sorted().findFirst();
        if (oldest.isEmpty() || Long.compareUnsigned(names.size(), keep) <= 0) {
            return false;
        }
        reports.warning(
                OsString.of("out of disk space, delete: ").plus(log).plus("/").plus(oldest.get()));
        return remove(
                oldest.get(), OsString.of("unable to unlink oldest logfile: ").plus(log), reports);
    }

    private boolean remove(OsString name, OsString complaint, LogReports reports) {
        try {
            return directory.remove(name);
        } catch (PosixException e) {
            reports.warning(complaint, e);
            return false;
        }
    }
}
