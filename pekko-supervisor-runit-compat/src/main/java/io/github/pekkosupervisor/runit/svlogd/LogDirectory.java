package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.Custody;
import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.TransferBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One log directory: its lock, its configuration, {@code current} and the files that were rotated.
 *
 * <p>Bytes are taken into memory, together with the places where rotation is due, which follow from sizes alone.
 * {@link #advance} brings them to the disk as far as the system lets it.
 */
final class LogDirectory {

    static final OsString CURRENT = OsString.of("current");
    private static final OsString LOCK = OsString.of("lock");
    private static final OsString CONFIG = OsString.of("config");
    private static final Set<OsString> OURS = Set.of(CURRENT, LOCK, CONFIG, Processor.STATE, Processor.NEW_STATE);
    private static final int LONGEST_CONFIG = 1 << 20;
    private static final int LOCK_MODE = 0600;
    private static final int CURRENT_MODE = 0600;
    private static final int ACTIVE_MODE = 0644;
    private static final int FINISHED_MODE = 0744;
    private static final byte[] NEWLINE = {'\n'};

    /** Roughly the longest stretch of lines between two calls of {@link #advance}. */
    private static final int USUAL_PENDING = 16 * 1024;

    private final LogPlace place;
    private final Directory.Links links;
    private final LogReports reports;
    private final Clock clock;
    private final TransferBuffer transfer;
    private final int lineLength;
    private final Chores chores;
    private final Processor processor;
    private OsString rotated = OsString.of("");
    private OsString name = OsString.of("");
    private @Nullable Directory directory;
    private @Nullable Descriptor lock;
    private @Nullable Descriptor current;
    private LogConfig config = LogConfig.DEFAULT;
    private LogConfig.Selector selector = new LogConfig.Selector(config);
    private byte[] prefix = new byte[0];
    private Instant deadline = Instant.MAX;

    private byte[] pending = new byte[USUAL_PENDING];
    private int taken;
    private int written;
    /** Offsets in {@code pending} at which the file is rotated. */
    private int[] marks = new int[4];

    private int marked;
    /** What {@code current} holds. */
    private long size;
    /** What it will hold when everything pending is written. */
    private long planned;

    private final Bookmark bookmark = new Bookmark();

    LogDirectory(
            LogPlace place,
            LogOptions options,
            LogReports reports,
            Clock clock,
            TransferBuffer transfer,
            Processors processors) {
        this.place = place;
        this.links = place.guarded() ? Directory.Links.REFUSE : Directory.Links.FOLLOW;
        this.reports = reports;
        this.clock = clock;
        this.transfer = transfer;
        this.lineLength = options.lineLength();
        this.chores = new Chores(reports, () -> name);
        this.processor = new Processor(links, chores, reports, processors, () -> name);
    }

    // ---- opening and closing

    /**
     * Opens it as far as can be done at once; the rest is left to {@link #advance}.
     *
     * @return false if it cannot be used, which has been reported
     */
    boolean open() {
        Directory opened;
        try {
            Descriptor.openRead(place.path()).close();
        } catch (PosixException e) {
            reports.warning(about("unable to open log directory: ", place.name()), e);
            return false;
        }
        try {
            opened = Directory.open(place.path());
        } catch (PosixException e) {
            return unusable("unable to change directory: ", e);
        }
        directory = opened;
        if (place.guarded() && isRefused(opened)) {
            abandon();
            return false;
        }
        try {
            lock = opened.openAppend(LOCK, LOCK_MODE, links);
            lock.lock();
        } catch (PosixException e) {
            return unusable("unable to lock directory: ", e);
        }
        name = place.name();
        configure(opened);
        bookmark.resume(selector);
        return openCurrent(opened);
    }

    /** What was not ended well is put aside, anything else is gone on with. */
    private boolean openCurrent(Directory opened) {
        Optional<FileStatus> found;
        try {
            found = opened.statusIfPresent(CURRENT);
        } catch (PosixException e) {
            return unusable("unable to stat current: ", e);
        }
        boolean wasActive =
                found.isPresent() && found.get().size() > 0 && !found.get().isOwnerExecutable();
        Optional<Long> known = wasActive ? bookmark.sizeOf(found.get()) : Optional.empty();
        boolean unclean = wasActive && known.isEmpty();
        size = unclean ? 0 : known.orElse(found.map(FileStatus::size).orElse(0L));
        planned = size;
        if (unclean) {
            chores.add("unable to rename current", () -> {
                OsString free = RotatedFiles.freeName(opened, clock, 'u');
                opened.rename(CURRENT, free);
            });
            clean(opened);
        }
        openCurrent(opened, "unable to open current");
        known.ifPresent(
                right -> chores.add("unable to cut current", () -> current().truncate(right)));
        activate();
        String how = found.isPresent() && !unclean ? "append: " : "new: ";
        chores.add(() -> reports.info(about(how, name).plus("/current")));
        return true;
    }

    private void openCurrent(Directory home, String refused) {
        chores.add(refused, () -> current = home.openAppend(CURRENT, CURRENT_MODE, links));
        chores.add(refused, () -> bookmark.opened(current()));
    }

    /** What somebody else could change would have us write, or a processor run, what he wants. */
    private boolean isRefused(Directory opened) {
        try {
            Optional<String> breach = Custody.breach(opened);
            for (OsString file : breach.isPresent() ? List.<OsString>of() : opened.list()) {
                if (breach.isEmpty() && (OURS.contains(file) || RotatedFiles.isRotated(file))) {
                    breach = Custody.breach(opened, file);
                }
            }
            breach.ifPresent(why -> reports.refused(place.name(), why));
            return breach.isPresent();
        } catch (PosixException e) {
            reports.warning(about("unable to see whose it is: ", place.name()), e);
            return true;
        }
    }

    private boolean unusable(String what, PosixException cause) {
        reports.info(about("close: ", name));
        if (directory != null) {
            directory.close();
            directory = null;
        }
        if (lock != null) {
            lock.close();
            lock = null;
        }
        reports.warning(about(what, place.name()), cause);
        return false;
    }

    private void configure(Directory opened) {
        byte[] file = new byte[0];
        boolean present = true;
        try {
            file = opened.readFile(CONFIG, LONGEST_CONFIG, links);
        } catch (PosixException e) {
            present = !e.is("ENOENT");
            if (present) {
                reports.warning(about("unable to read config: ", name), e);
            }
        }
        if (present) {
            reports.info(about("read: ", name).plus("/config"));
        }
        config = LogConfig.parse(file, (what, text) -> reports.warning(about(what + ": ", text)));
        selector = new LogConfig.Selector(config);
        prefix = config.prefix().bytes();
        deadline = Instant.MAX;
        prolong(clock.instant());
        processor.use(config.processor());
    }

    boolean isOpen() {
        return directory != null;
    }

    /** What follows waits for a processor that runs. */
    void awaitProcessor() {
        processor.awaitEnd();
    }

    /** Does nothing if it is not open. */
    void close() {
        if (directory == null) {
            return;
        }
        chores.add(() -> reports.info(about("close: ", name)));
        settleCurrent();
        chores.add(this::abandon);
    }

    /** Closes what is open, whatever is left to be done. */
    void abandon() {
        close(current);
        close(lock);
        close(directory);
        current = null;
        lock = null;
        directory = null;
        bookmark.closed();
    }

    private void settleCurrent() {
        chores.add("unable to fsync current logfile", () -> current().sync());
        chores.add("unable to set mode of current", () -> current().setMode(FINISHED_MODE));
    }

    private void activate() {
        chores.add("unable to set mode of current", () -> current().setMode(ACTIVE_MODE));
    }

    private static void close(@Nullable AutoCloseable resource) {
        try {
            if (resource != null) {
                resource.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException("closing a descriptor failed", e);
        }
    }

    private Descriptor current() {
        if (current == null) {
            throw new IllegalStateException("log " + place.path() + " is not open");
        }
        return current;
    }

    private static OsString about(String what, OsString whom) {
        return OsString.of(what).plus(whom);
    }

    // ---- what survives this process

    Bookmark bookmark() {
        return bookmark;
    }

    /** The place in {@code current} when everything is done. */
    LogMark mark(int behind, boolean inLongLine) {
        return bookmark.mark(size, behind, inLongLine, selector.selected());
    }

    /** What is taken from now on is a piece of a line that is kept as a whole. */
    void beginPiece() {
        bookmark.beginPiece(taken);
    }

    /** Whether a rotation is due when what was taken is written. */
    boolean isMarked() {
        return marked > 0;
    }

    private void keepPlace(int mark) {
        chores.add("unable to keep the place in the log", () -> bookmark.keepUpTo(size, taken, mark));
    }

    // ---- taking bytes

    LogConfig config() {
        return config;
    }

    /** What comes between stamp and line; not to be changed. */
    byte[] prefix() {
        return prefix;
    }

    LogConfig.Selector selector() {
        return selector;
    }

    /** Takes a part of a line. A file never gets larger than its limit, so a part may be cut. */
    void take(byte[] source, int from, int count) {
        long limit = config.maxSize();
        int known = bookmark.known(count);
        int at = from + known;
        int rest = count - known;
        while (rest > 0) {
            int piece = rest;
            if (limit != 0) {
                if (Long.compareUnsigned(planned, limit) >= 0) {
                    mark();
                }
                long room = limit - planned;
                if (Long.compareUnsigned(rest, room) > 0) {
                    piece = (int) room;
                }
            }
            put(source, at, piece);
            at += piece;
            rest -= piece;
        }
    }

    private void put(byte[] source, int from, int count) {
        if (taken + count > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(taken + count, pending.length * 2));
        }
        System.arraycopy(source, from, pending, taken, count);
        taken += count;
        planned += count;
    }

    /** Takes the end of a line. */
    void endLine() {
        take(NEWLINE, 0, 1);
        long limit = config.maxSize();
        // unsigned, as svlogd's: a limit below the length of a line is never reached this way
        if (limit != 0 && Long.compareUnsigned(planned, limit - lineLength) >= 0) {
            mark();
        }
    }

    private void mark() {
        if (marked == marks.length) {
            marks = Arrays.copyOf(marks, marks.length * 2);
        }
        marks[marked++] = taken;
        planned = 0;
    }

    /** Rotates what is there when everything pending has been written. */
    void rotate() {
        if (directory != null) {
            mark();
        }
    }

    /** When it is to be rotated because of its age. */
    Instant deadline() {
        return directory == null ? Instant.MAX : deadline;
    }

    private void prolong(Instant now) {
        if (config.maxAgeSeconds() == 0) {
            return;
        }
        final long forever = 1L << 40;
        long seconds = Long.compareUnsigned(config.maxAgeSeconds(), forever) > 0 ? forever : config.maxAgeSeconds();
        deadline = now.plusSeconds(seconds);
    }

    // ---- bringing them to the disk

    /** Does as much as can be done. */
    Progress advance() {
        processor.look(!chores.isEmpty());
        while (true) {
            Progress progress = chores.advance();
            if (progress != Progress.DONE) {
                return progress;
            }
            int end = marked > 0 ? marks[0] : taken;
            if (written < end) {
                if (!write(end)) {
                    return Progress.PAUSE;
                }
            } else if (marked > 0) {
                int mark = marks[0];
                System.arraycopy(marks, 1, marks, 0, --marked);
                planRotation(mark);
            } else {
                written = 0;
                taken = 0;
                return Progress.DONE;
            }
        }
    }

    private boolean write(int end) {
        while (written < end) {
            try {
                int count = transfer.write(current(), pending, written, end - written);
                written += count;
                size += count;
            } catch (PosixException e) {
                if (!(e.is("ENOSPC") && makeRoom())) {
                    reports.pausing(about("unable to write to current: ", name), e);
                    return false;
                }
            }
        }
        return true;
    }

    /** On a full disk: false if nothing can be removed, and a pause is due. */
    boolean makeRoom() {
        if (Long.compareUnsigned(config.keepOnFullDisk(), config.keep()) >= 0) {
            return false;
        }
        try {
            return RotatedFiles.list(openDirectory()).makeRoom(config.keepOnFullDisk(), reports, name);
        } catch (PosixException e) {
            reports.warning(about("unable to read directory, want remove old logfile: ", name), e);
            return false;
        }
    }

    private void planRotation(int mark) {
        Directory home = openDirectory();
        processor.awaitEnd();
        chores.add(() -> renewDeadline(clock.instant()));
        if (size == 0) {
            return;
        }
        keepPlace(mark);
        settleCurrent();
        chores.add(() -> {
            close(current);
            current = null;
        });
        chores.add("unable to rename current", () -> {
            rotated = RotatedFiles.freeName(home, clock, processor.letter());
            reports.info(about("rename: ", name).plus("/current ").plus(rotated).plus(" " + size));
        });
        chores.add("unable to rename current", () -> home.rename(CURRENT, rotated));
        openCurrent(home, "unable to create new current");
        chores.add(() -> size = 0);
        keepPlace(mark);
        activate();
        clean(home);
        processor.start(home, () -> rotated);
    }

    private void renewDeadline(Instant now) {
        if (deadline.isBefore(now)) {
            prolong(now);
        }
    }

    private void clean(Directory home) {
        chores.add(
                "unable to open directory, want rotate",
                () -> RotatedFiles.list(home).removeOldest(config.keep(), reports, name));
    }

    private Directory openDirectory() {
        if (directory == null) {
            throw new IllegalStateException("log " + place.path() + " is not open");
        }
        return directory;
    }
}
