package io.github.pekkosupervisor.posix;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An open file descriptor of this process; closed on exec unless it is one of the standard three.
 *
 * <p>Whoever opened it closes it, once; using it afterwards is an {@link IllegalStateException}. It may be used from
 * any thread.
 */
public final class Descriptor implements AutoCloseable {

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final int number;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final @Nullable DescriptorShare share;
    private volatile boolean isLocked;

    Descriptor(int number) {
        this(number, BorrowedRights.shareOfThread());
    }

    private Descriptor(int number, @Nullable DescriptorShare share) {
        this.number = number;
        this.share = share;
        OPEN.incrementAndGet();
        if (share != null) {
            share.opened();
        }
    }

    /** One that is this process's own, whichever thread opens it. */
    static Descriptor ofNoShare(int number) {
        return new Descriptor(number, null);
    }

    /** How many of them are open in this process. */
    static int openNow() {
        return OPEN.get();
    }

    static Descriptor open(int directory, OsString path, int flags, int mode) throws PosixException {
        return new Descriptor(FileCalls.open(directory, path, flags, mode));
    }

    /** One that some other call makes. */
    static Descriptor opened(String call, OpenFilesGate.Opening opening) throws PosixException {
        int result = OpenFilesGate.open(opening);
        if (result < 0) {
            throw PosixException.ofLastCall(call, "");
        }
        return new Descriptor(result);
    }

    /** Another descriptor, not one of the standard three, of the same open file. */
    static Descriptor copyOf(int number) throws PosixException {
        return opened("fcntl", () -> DescriptorCalls.copy(number));
    }

    /** Standard input, output or error of this process (0, 1 or 2); closing it closes the standard stream. */
    public static Descriptor standard(int number) {
        if (number < 0 || number > 2) {
            throw new IllegalArgumentException("a standard descriptor is 0, 1 or 2, was " + number);
        }
        return new Descriptor(number);
    }

    /** The number under which the kernel knows it. */
    public int number() {
        if (closed.get()) {
            throw new IllegalStateException("descriptor " + number + " is already closed");
        }
        return number;
    }

    /** Opens a file for reading; reads wait for data. */
    public static Descriptor openRead(OsString path) throws PosixException {
        return blocking(open(FileCalls.AT_FDCWD, path, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK, 0));
    }

    /**
     * Opens a file for writing, and creates it with mode 0666 less the umask if it is not there.
     *
     * @param append whether what is there stays
     */
    public static Descriptor openWrite(OsString path, boolean append) throws PosixException {
        int position = append ? FileCalls.O_APPEND : FileCalls.O_TRUNC;
        return blocking(open(
                FileCalls.AT_FDCWD,
                path,
                FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_NONBLOCK | position,
                0666));
    }

    /** Opens a FIFO; without waiting, but reads and writes wait. */
    static Descriptor openFifo(int directory, OsString path, int way) throws PosixException {
        return onlyFifo(open(directory, path, way | FileCalls.O_NONBLOCK, 0), path);
    }

    /** The same of a pipe under its name in {@code /proc}. */
    static Descriptor openPipeAgain(OsString path, int way) throws PosixException {
        return onlyFifo(new Descriptor(FileCalls.openAgain(path, way | FileCalls.O_NONBLOCK)), path);
    }

    private static Descriptor onlyFifo(Descriptor opened, OsString path) throws PosixException {
        boolean isFifo = false;
        try {
            isFifo = opened.status().isFifo();
        } finally {
            if (!isFifo) {
                opened.close();
            }
        }
        if (!isFifo) {
            throw new PosixException("openat", path.toString(), Errno.EINVAL.name(), "is not a FIFO");
        }
        return blocking(opened);
    }

    /** Opened without waiting, so that a FIFO cannot hold up the caller; used with waiting, as a program expects. */
    private static Descriptor blocking(Descriptor opened) throws PosixException {
        try {
            DescriptorCalls.setBlocking(opened.number(), true);
            return opened;
        } catch (PosixException e) {
            opened.close();
            throw e;
        }
    }

    /**
     * Writes all bytes with as few {@code write(2)} calls as the kernel allows, usually one.
     *
     * @throws PosixException as write(2); some of the bytes may have been written
     */
    public void write(byte[] bytes) throws PosixException {
        DescriptorCalls.writeAll(number(), bytes, toString());
    }

    /**
     * Writes all bytes from a place of the file on, usually in one call. Where it is read and written otherwise does
     * not change.
     *
     * @param offset of the first byte, from the beginning of the file
     * @throws PosixException as pwrite(2); some of the bytes may have been written
     */
    public void writeAt(byte[] bytes, long offset) throws PosixException {
        DescriptorCalls.writeAllAt(number(), bytes, offset, toString());
    }

    /**
     * Reads once.
     *
     * @param limit the largest number of bytes to return, 1 to 65536
     * @return the bytes; none at the end of the stream
     * @throws PosixException as read(2), {@code EAGAIN} included
     */
    public byte[] read(int limit) throws PosixException {
        return DescriptorCalls.read(number(), limit, toString());
    }

    /**
     * Reads once, without waiting, from a descriptor that is non-blocking.
     *
     * @param limit the largest number of bytes to return, 1 to 65536
     * @return the bytes, none at the end of the stream; empty if there is nothing to read now
     * @throws PosixException as read(2)
     */
    public Optional<byte[]> tryRead(int limit) throws PosixException {
        return Optional.ofNullable(DescriptorCalls.readIfReady(number(), limit, toString()));
    }

    /**
     * Writes once, without waiting, to a descriptor that is non-blocking.
     *
     * @param from the first byte to write; all after it are to be written, and not all may be
     * @return how many bytes were taken; 0 if there is no room now
     * @throws PosixException as write(2); {@code EPIPE} if nobody can read it any more
     */
    public int tryWrite(byte[] bytes, int from) throws PosixException {
        return DescriptorCalls.writeIfReady(number(), bytes, from, toString());
    }

    /**
     * Moves what is in this pipe to a place of a file, without waiting. Each byte is in one of them, whenever this
     * process is killed: in the file are as many more as the pipe has lost.
     *
     * @param file opened for writing, not for appending; what it has from that place on is written over
     * @param offset of the first byte, from the beginning of the file
     * @param limit the largest number of bytes
     * @return how many; 0 at the end of the stream; -1 if there are none now
     * @throws PosixException as splice(2), {@code EINVAL} and {@code ENOSYS} where it cannot be done
     */
    public int moveTo(Descriptor file, long offset, int limit) throws PosixException {
        return DescriptorCalls.splice(number(), file.number(), offset, limit);
    }

    /**
     * From now on this end of a pipe, or whatever it is, is read and written without waiting. The other end of a pipe
     * is not affected; other descriptors of the same open file are.
     */
    public void makeNonBlocking() throws PosixException {
        DescriptorCalls.setBlocking(number(), false);
    }

    /**
     * Takes the exclusive {@code flock(2)} without waiting; it is held until this descriptor is closed, whoever else
     * has the open file by then, as a child does that is being made.
     *
     * @throws PosixException {@code EAGAIN} if another process (or another open of the file) holds it
     */
    public void lock() throws PosixException {
        DescriptorCalls.lockExclusive(number(), toString());
        isLocked = true;
    }

    /**
     * Waits until one of these can be read without waiting, which includes that it has come to its end.
     *
     * @param timeoutMillis the longest wait; -1 for any time
     * @return for each in turn whether it can; all false after the timeout or when a signal came
     */
    public static boolean[] awaitReadable(int timeoutMillis, Descriptor... descriptors) throws PosixException {
        int[] numbers = new int[descriptors.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = descriptors[i].number();
        }
        return DescriptorCalls.poll(numbers, timeoutMillis);
    }

    /** Waits until what was written has reached the disk, as {@code fsync(2)}. */
    public void sync() throws PosixException {
        DescriptorCalls.sync(number(), toString());
    }

    /** From now on it is read and written from this byte of the file on. */
    public void seek(long position) throws PosixException {
        DescriptorCalls.seek(number(), position, toString());
    }

    /** Cuts the file to this many bytes. */
    public void truncate(long size) throws PosixException {
        DescriptorCalls.truncate(number(), size, toString());
    }

    /** Gives the open file exactly this mode, whatever the umask. */
    public void setMode(int mode) throws PosixException {
        DescriptorCalls.setMode(number(), mode, toString());
    }

    /** Another descriptor of the same open file; both are to be closed. */
    public Descriptor duplicate() throws PosixException {
        return copyOf(number());
    }

    /**
     * Opens the pipe behind this descriptor once more, for both directions. Who writes to that end is a reader too, so
     * it never finds the pipe broken: it waits for somebody who reads.
     */
    public Descriptor reopenBothWays() throws PosixException {
        return new Descriptor(FileCalls.openAgain(OsString.of("/proc/self/fd/" + number()), FileCalls.O_RDWR));
    }

    /** The same to read only, without waiting for a writer; reads wait. */
    public Descriptor reopenToRead() throws PosixException {
        return blocking(new Descriptor(FileCalls.openAgain(
                OsString.of("/proc/self/fd/" + number()), FileCalls.O_RDONLY | FileCalls.O_NONBLOCK)));
    }

    /** Takes the exclusive {@code flock(2)} as soon as nobody else holds it; blocks until then; as {@link #lock}. */
    public void awaitLock() throws PosixException {
        DescriptorCalls.awaitExclusiveLock(number(), toString());
        isLocked = true;
    }

    /** Opens a file for appending, and creates it with this mode less the umask if it is not there. */
    public static Descriptor openAppend(OsString path, int mode) throws PosixException {
        return open(
                FileCalls.AT_FDCWD,
                path,
                FileCalls.O_WRONLY | FileCalls.O_APPEND | FileCalls.O_CREAT | FileCalls.O_NONBLOCK,
                mode);
    }

    /** Whether this is a terminal. */
    public boolean isTerminal() {
        return DescriptorCalls.isTerminal(number());
    }

    /** What the kernel says of the open file. */
    public FileStatus status() throws PosixException {
        return FileCalls.stat(number(), OsString.of(""), FileCalls.AT_EMPTY_PATH);
    }

    /** Closes it without giving back the lock, which something else holds that has the same open file. */
    void closeStillLocked() {
        isLocked = false;
        close();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            if (isLocked) {
                DescriptorCalls.unlock(number);
            }
            DescriptorCalls.close(number);
            OPEN.decrementAndGet();
            if (share != null) {
                share.closed();
            }
        }
    }

    @Override
    public String toString() {
        return "descriptor " + number;
    }
}
