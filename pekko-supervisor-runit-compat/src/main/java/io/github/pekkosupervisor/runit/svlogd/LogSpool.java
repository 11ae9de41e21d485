package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.Intake;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.TransferBuffer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What has left the pipe of a service and is not known to be in its log: a file beside the record of the log. With it
 * nothing is lost and nothing is written twice when this process is killed, at whatever moment.
 *
 * <p>Bytes are moved from the pipe to the end of the file by one call of the system, so each is in one of them; what
 * was written of them is said by a mark in the same file, which tells up to which byte of it the log has got, and up to
 * which byte of {@code current}. Who comes next cuts {@code current} back to that and takes what follows here once
 * more. Looking at what is in the pipe would not do: the lines of a service may all be equal.
 *
 * <p>Used by one thread at a time.
 */
public final class LogSpool implements Ledger, AutoCloseable {

    private static final int MODE = 0600;

    /** What a pipe of ordinary size holds. */
    private static final int CHUNK = 64 * 1024;

    /** When it has got so long it begins anew, as soon as all lines of it are in the log. */
    private static final int LONG = 64 * 1024;

    private static final int SLOT = 64;
    private static final int DATA_AT = 2 * SLOT;
    private static final int MAGIC = 0x696e7431;
    private static final int WHOLE = -1;

    /** Nothing stays in it between two reads, so those of a thread share it. */
    private static final ThreadLocal<TransferBuffer> TRANSFER =
            ThreadLocal.withInitial(() -> new TransferBuffer(CHUNK));

    private final Descriptor file;
    private long sequence;
    /** How many bytes there are, of how many the writer has been told, and how many of those are in the log. */
    private long length;

    private long shown;
    private long written;
    /** The file is longer than that, and is to be cut before anything is added. */
    private boolean tooLong;

    private LogMark mark = LogMark.NOWHERE;
    private byte[] kept = new byte[0];

    private LogSpool(Descriptor file) {
        this.file = file;
    }

    /**
     * Opens it, or makes it.
     *
     * @param home where it is
     * @param name its name from there
     */
    public static LogSpool open(Directory home, OsString name) throws PosixException {
        return open(home, name, false);
    }

    /**
     * The same, if nobody else has it who has opened it so; until it is closed.
     *
     * @throws PosixException {@code EAGAIN} if somebody else has it
     */
    public static LogSpool openAlone(Directory home, OsString name) throws PosixException {
        return open(home, name, true);
    }

    private static LogSpool open(Directory home, OsString name, boolean alone) throws PosixException {
        Descriptor file = home.openOwnBothWays(name, MODE);
        try {
            if (alone) {
                file.lock();
            }
            LogSpool spool = new LogSpool(file);
            spool.load();
            if (spool.tooLong) {
                spool.cut();
            }
            return spool;
        } catch (PosixException e) {
            file.close();
            throw e;
        }
    }

    /** How many bytes of one are in no log, where nobody opens it to write that; 0 if there is none. */
    public static long unwritten(Directory home, OsString name) throws PosixException {
        if (home.linkStatusIfPresent(name).filter(FileStatus::isRegularFile).isEmpty()) {
            return 0;
        }
        try (LogSpool spool = new LogSpool(home.openRead(name, Directory.Links.REFUSE))) {
            spool.load();
            return spool.length - spool.written;
        }
    }

    private void load() throws PosixException {
        byte[] head = new byte[DATA_AT];
        int count = TRANSFER.get().readAt(file, head, DATA_AT, 0);
        Optional<Slot> last = count < DATA_AT ? Optional.empty() : Slot.last(head);
        length = Math.max(0, file.status().size() - DATA_AT);
        if (last.isEmpty()) {
            // nothing that could be known: what may be there belongs to no log
            length = 0;
            tooLong = true;
            return;
        }
        sequence = last.get().sequence();
        mark = last.get().mark();
        if (last.get().end() != WHOLE) {
            length = last.get().end();
            tooLong = true;
        }
        // somebody may have cut it
        written = Math.min(last.get().written(), length);
        shown = written;
    }

    /** Whether there is something that was shown and not taken, or not shown yet, whatever the pipe holds. */
    public boolean hasMore() {
        return shown < length;
    }

    /** Where the log has got to, and what is to follow it is shown next. */
    public LogMark mark() {
        return mark;
    }

    /**
     * Shows the next bytes that have not been taken; after them, those that are in the pipe now.
     *
     * @param pipe non-blocking
     * @return how many are in {@code target}; 0 at the end of the stream; {@link Intake#NOTHING} if there are none now
     * @throws PosixException as splice(2), pread(2)
     */
    public int next(Descriptor pipe, byte[] target) throws PosixException {
        if (shown == length) {
            if (length > LONG) {
                beginAnew();
            }
            if (tooLong) {
                cut();
            }
            int moved = pipe.moveTo(file, DATA_AT + length, CHUNK);
            if (moved <= 0) {
                return moved == 0 ? 0 : Intake.NOTHING;
            }
            length += moved;
        }
        int most = (int) Math.min(target.length, length - shown);
        int count = TRANSFER.get().readAt(file, target, most, DATA_AT + shown);
        if (count == 0) {
            // somebody has cut the file
            shown = length;
            return Intake.NOTHING;
        }
        return count;
    }

    /** The first of the bytes that were shown have been taken by the writer; the others are shown again. */
    public void took(int count) {
        shown += count;
    }

    @Override
    public void keep(LogMark next) throws PosixException {
        write(next, shown - next.behind(), tooLong ? (int) length : WHOLE);
        mark = next;
        written = shown - next.behind();
    }

    /** The beginning of a line is all that is not written: it goes to the beginning, and the rest of the file away. */
    private void beginAnew() throws PosixException {
        long rest = length - written;
        if (rest > CHUNK || rest > written) {
            return;
        }
        byte[] beginning = new byte[(int) rest];
        if (rest > 0) {
            if (TRANSFER.get().readAt(file, beginning, (int) rest, DATA_AT + written) < rest) {
                return;
            }
            file.writeAt(beginning, DATA_AT);
        }
        write(mark, 0, (int) rest);
        tooLong = true;
        length = rest;
        shown = rest;
        written = 0;
    }

    private void cut() throws PosixException {
        file.truncate(DATA_AT + length);
        write(mark, written, WHOLE);
        tooLong = false;
    }

    private void write(LogMark next, long upTo, int end) throws PosixException {
        byte[] slot = new Slot(sequence + 1, upTo, end, next).bytes();
        if (Slot.sameMark(slot, kept)) {
            return;
        }
        file.writeAt(slot, (sequence + 1) % 2 * SLOT);
        sequence++;
        kept = slot;
    }

    /** Forgets where the log has got to: nothing of it is to be taken back. */
    public void forget() throws PosixException {
        keep(new LogMark(Optional.empty(), 0, 0, 0, mark.inLongLine(), mark.selected()));
    }

    @Override
    public void close() {
        file.close();
    }

    /**
     * What is kept; two take turns in the file.
     *
     * @param written how many bytes after the two are in the log
     * @param end where they end; {@link #WHOLE} at the end of the file
     */
    private record Slot(long sequence, long written, int end, LogMark mark) {

        private static final int CHECKED = SLOT - Integer.BYTES;
        private static final int SEQUENCE_END = Integer.BYTES + Long.BYTES;
        private static final int IS_OPEN = 1;
        private static final int IN_LONG_LINE = 2;
        private static final int SELECTED = 4;

        byte[] bytes() {
            ByteBuffer bytes = ByteBuffer.allocate(SLOT);
            bytes.putInt(MAGIC).putLong(sequence).putLong(written).putInt(end);
            bytes.putLong(mark.file().map(FileStatus.Id::device).orElse(0L));
            bytes.putLong(mark.file().map(FileStatus.Id::inode).orElse(0L));
            bytes.putLong(mark.size()).putInt(mark.skipped());
            bytes.putInt((mark.file().isPresent() ? IS_OPEN : 0)
                    | (mark.inLongLine() ? IN_LONG_LINE : 0)
                    | (mark.selected() ? SELECTED : 0));
            return bytes.putInt(CHECKED, checksum(bytes.array(), 0)).array();
        }

        private static int checksum(byte[] bytes, int from) {
            CRC32C sum = new CRC32C();
            sum.update(bytes, from, CHECKED);
            return (int) sum.getValue();
        }

        static boolean sameMark(byte[] slot, byte[] other) {
            return other.length == SLOT && Arrays.equals(slot, SEQUENCE_END, CHECKED, other, SEQUENCE_END, CHECKED);
        }

        static Optional<Slot> last(byte[] head) {
            Optional<Slot> first = at(head, 0);
            Optional<Slot> second = at(head, SLOT);
            if (first.isEmpty() || second.isEmpty()) {
                return first.isEmpty() ? second : first;
            }
            return first.get().sequence() > second.get().sequence() ? first : second;
        }

        private static Optional<Slot> at(byte[] head, int from) {
            ByteBuffer bytes = ByteBuffer.wrap(head, from, SLOT);
            if (bytes.getInt() != MAGIC || bytes.getInt(from + CHECKED) != checksum(head, from)) {
                return Optional.empty();
            }
            long sequence = bytes.getLong();
            long written = bytes.getLong();
            int end = bytes.getInt();
            FileStatus.Id id = new FileStatus.Id(bytes.getLong(), bytes.getLong());
            long size = bytes.getLong();
            int skipped = bytes.getInt();
            int flags = bytes.getInt();
            LogMark mark = new LogMark(
                    (flags & IS_OPEN) != 0 ? Optional.of(id) : Optional.empty(),
                    size,
                    0,
                    skipped,
                    (flags & IN_LONG_LINE) != 0,
                    (flags & SELECTED) != 0);
            return Optional.of(new Slot(sequence, written, end, mark));
        }
    }
}
