package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.TransferBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Splits a stream of bytes into lines and writes each to every log directory whose patterns select it, as
 * {@code svlogd(8)}.
 *
 * <p>Used by one thread at a time. After each call that gives it something to do, {@link #advance} is to be called
 * until it says {@link Progress#DONE}; nothing else may be asked of it before.
 */
public final class LogWriter {

    private static final int TRANSFER = 64 * 1024;
    private static final byte[] LONG = {'.', '.', '.'};
    private static final byte[] NEWLINE = {'\n'};

    private final LogOptions options;
    private final LogReports reports;
    private final Clock clock;
    private final LogDirectory[] logs;
    private final Timestamps.Stamp stamps;
    private final byte[] translation;
    private final Bytes copies = new Bytes();
    private final Bytes datagram = new Bytes();
    private final Datagrams datagrams = new Datagrams();

    /** The beginning of a line whose end has not been seen. */
    private final Bytes line = new Bytes();
    /** The line was longer than patterns look, and its rest goes where its beginning went. */
    private boolean inLongLine;

    private byte[] stamp = new byte[0];
    private @Nullable Ledger ledger;
    /** How many bytes of the stream the piece has that was taken last, and whether a long line had begun before it. */
    private int pieceLength;

    private boolean pieceInLongLine;

    /**
     * @param directories where to write
     * @param clock for stamps and the names of files
     */
    public LogWriter(
            List<LogPlace> directories, LogOptions options, LogReports reports, Clock clock, Processors processors) {
        this.options = options;
        this.reports = reports;
        this.clock = clock;
        this.stamps = new Timestamps.Stamp(options.timestamps());
        this.translation = options.translation();
        TransferBuffer transfer = new TransferBuffer(TRANSFER);
        this.logs = directories.stream()
                .map(place -> new LogDirectory(place, options, reports, clock, transfer, processors))
                .toArray(LogDirectory[]::new);
    }

    /**
     * From now on it is kept how far this has got, in such a way that who comes after this process goes on with
     * {@link #resume}; of one directory only, and before it is opened.
     */
    public void keepIn(Ledger kept) {
        if (logs.length != 1) {
            throw new IllegalStateException("the place in one log can be kept, there are " + logs.length);
        }
        ledger = kept;
        logs[0].bookmark()
                .keep((file, size, rest, ofPiece) -> kept.keep(
                        rest == 0
                                ? new LogMark(Optional.of(file), size, line.count, 0, inLongLine, isSelected())
                                : new LogMark(
                                        Optional.of(file), size, pieceLength, ofPiece, pieceInLongLine, isSelected())));
    }

    /** It is not kept any more. */
    public void keepNothing() {
        ledger = null;
        logs[0].bookmark().keepNothing();
    }

    /** Goes on where somebody was killed who had kept this; before anything is opened. */
    public void resume(LogMark from) {
        inLongLine = from.inLongLine();
        logs[0].bookmark().resume(from);
    }

    /** Keeps how far this has got, if it is to be kept; when everything is done. */
    public void keep() throws PosixException {
        if (ledger != null) {
            ledger.keep(logs[0].mark(line.count, inLongLine));
        }
    }

    private boolean isSelected() {
        return logs[0].selector().selected();
    }

    /**
     * Makes room on a full disk, if the configuration of a directory says how.
     *
     * @return whether there may be some now
     */
    public boolean makeRoom() {
        boolean made = false;
        for (LogDirectory log : logs) {
            made |= log.isOpen() && log.makeRoom();
        }
        return made;
    }

    /**
     * Opens the directories.
     *
     * @return false if none can be used
     */
    public boolean open() {
        boolean any = false;
        for (LogDirectory log : logs) {
            if (log.open()) {
                any = true;
                // one directory after the other, unless something is in the way
                log.advance();
            }
        }
        return any;
    }

    /** Closes the directories, after their processors have ended. Lines may be taken again after {@link #open}. */
    public void close() {
        for (LogDirectory log : logs) {
            log.awaitProcessor();
            log.close();
            log.advance();
        }
        datagrams.close();
    }

    /** Closes the directories, to be opened again; processors go on. */
    public void closeForReopening() {
        for (LogDirectory log : logs) {
            log.close();
            log.advance();
        }
    }

    /** Lets go of the directories as they are; nothing more can be asked of this. */
    public void abandon() {
        for (LogDirectory log : logs) {
            log.abandon();
        }
        datagrams.close();
    }

    /** Rotates whatever is not empty. */
    public void rotate() {
        for (LogDirectory log : logs) {
            log.rotate();
        }
    }

    /** Rotates what has reached its age. */
    public void rotateAged() {
        Instant now = clock.instant();
        for (LogDirectory log : logs) {
            if (log.deadline().isBefore(now)) {
                log.rotate();
            }
        }
    }

    /** When {@link #rotateAged} will next have something to do; {@link Instant#MAX} if never. */
    public Instant deadline() {
        Instant first = Instant.MAX;
        for (LogDirectory log : logs) {
            if (log.deadline().isBefore(first)) {
                first = log.deadline();
            }
        }
        return first;
    }

    /** Does as much of what is due as the system lets it. */
    public Progress advance() {
        Progress progress = Progress.DONE;
        for (LogDirectory log : logs) {
            Progress ofLog = log.advance();
            if (ofLog == Progress.PAUSE || progress == Progress.DONE) {
                progress = ofLog;
            }
        }
        return progress;
    }

    /**
     * Takes the next bytes of the stream; they may be changed.
     *
     * @return how many; all of them, unless it is kept how far this has got: then not beyond a line that leads to a
     *     rotation
     */
    public int take(byte[] bytes, int count) {
        return take(bytes, 0, count);
    }

    /**
     * The same with those from an index up to and without another; returns the index of the first that is not taken.
     */
    public int take(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && !(ledger != null && logs[0].isMarked())) {
            int room = inLongLine ? to - at : Math.min(options.lineLength() - line.count, to - at);
            int end = newline(bytes, at, at + room);
            boolean ends = end < at + room;
            if (inLongLine) {
                rest(bytes, at, end, ends);
            } else {
                ordinary(bytes, at, end, ends);
            }
            at = ends ? end + 1 : end;
        }
        tellCopies();
        return at;
    }

    /** The stream is over. */
    public void endOfStream() {
        if (inLongLine) {
            beginPiece(0, true);
            endLine();
        } else if (line.count > 0 && options.keepUnfinished()) {
            beginPiece(line.count, false);
            begin(line.bytes, 0, line.count, false);
            endLine();
        }
        line.count = 0;
        inLongLine = false;
        tellCopies();
    }

    /** How many of the last bytes taken are the beginning of a line that no log has got yet, for its end is missing. */
    public int unfinished() {
        return line.count;
    }

    private static int newline(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != '\n') {
            i++;
        }
        return i;
    }

    /** A part of a line that has not been longer than patterns look. */
    private void ordinary(byte[] bytes, int from, int to, boolean ends) {
        if (line.count == 0) {
            stamp = stamps.at(clock.instant());
        }
        boolean full = !ends && line.count + to - from == options.lineLength();
        if (!ends && !full) {
            line.add(bytes, from, to - from);
            return;
        }
        beginPiece(line.count + to - from + (ends ? 1 : 0), false);
        if (line.count == 0) {
            begin(bytes, from, to, full);
        } else {
            line.add(bytes, from, to - from);
            begin(line.bytes, 0, line.count, full);
            line.count = 0;
        }
        if (full) {
            inLongLine = true;
        } else {
            endLine();
        }
    }

    /** All of a line that patterns look at. */
    private void begin(byte[] bytes, int from, int to, boolean isLong) {
        if (options.replaces()) {
            for (int i = from; i < to; i++) {
                bytes[i] = translation[bytes[i] & 0xff];
            }
        }
        for (LogDirectory log : logs) {
            if (!log.isOpen()) {
                continue;
            }
            LogConfig.Selector selector = log.selector();
            if (selector.looks()) {
                selector.look(bytes, from, to);
            }
            if (selector.copied()) {
                whole(copies, log, bytes, from, to, isLong);
            }
            if (selector.selected()) {
                send(log, bytes, from, to, isLong);
                write(log, bytes, from, to);
            }
        }
    }

    private void whole(Bytes target, LogDirectory log, byte[] bytes, int from, int to, boolean isLong) {
        target.add(stamp, 0, stamp.length);
        byte[] prefix = log.prefix();
        target.add(prefix, 0, prefix.length);
        target.add(bytes, from, to - from);
        if (isLong) {
            target.add(LONG, 0, LONG.length);
        }
        target.add(NEWLINE, 0, 1);
    }

    private void send(LogDirectory log, byte[] bytes, int from, int to, boolean isLong) {
        if (!log.config().target().isSet()) {
            return;
        }
        datagram.count = 0;
        whole(datagram, log, bytes, from, to, isLong);
        String failure = datagrams.send(log.config().target(), datagram.bytes, datagram.count);
        if (!failure.isEmpty()) {
            byte[] warning = OsString.of("warning: " + failure + ": ").bytes();
            log.take(warning, 0, warning.length);
            log.take(datagram.bytes, 0, datagram.count - 1);
            log.endLine();
        }
    }

    private void write(LogDirectory log, byte[] bytes, int from, int to) {
        if (log.config().onlySend()) {
            return;
        }
        log.take(stamp, 0, stamp.length);
        byte[] prefix = log.prefix();
        log.take(prefix, 0, prefix.length);
        log.take(bytes, from, to - from);
    }

    private void beginPiece(int length, boolean ofLongLine) {
        if (ledger != null) {
            pieceLength = length;
            pieceInLongLine = ofLongLine;
            logs[0].beginPiece();
        }
    }

    private void rest(byte[] bytes, int from, int to, boolean ends) {
        beginPiece(to - from + (ends ? 1 : 0), true);
        for (LogDirectory log : logs) {
            if (isWriting(log)) {
                log.take(bytes, from, to - from);
            }
        }
        if (ends) {
            endLine();
            inLongLine = false;
        }
    }

    private void endLine() {
        for (LogDirectory log : logs) {
            if (isWriting(log)) {
                log.endLine();
            }
        }
    }

    private static boolean isWriting(LogDirectory log) {
        return log.isOpen() && log.selector().selected() && !log.config().onlySend();
    }

    private void tellCopies() {
        if (copies.count > 0) {
            reports.copies(copies.bytes, copies.count);
            copies.count = 0;
        }
    }

    /** Bytes that grow as needed and are used again. */
    private static final class Bytes {
        private byte[] bytes = new byte[1024];
        private int count;

        void add(byte[] source, int from, int length) {
            if (count + length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(count + length, bytes.length * 2));
            }
            System.arraycopy(source, from, bytes, count, length);
            count += length;
        }
    }
}
