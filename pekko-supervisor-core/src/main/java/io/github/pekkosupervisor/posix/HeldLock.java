package io.github.pekkosupervisor.posix;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive {@code flock(2)} that is held for long, as a rule without a descriptor: such a lock belongs to the open
 * file, and a mapping keeps a file open whose descriptor has been closed ({@code mmap(2)}). The page that is mapped
 * cannot be read and takes no memory. Who keeps thousands of locks is not bounded by the limit of open files then.
 *
 * <p>Whether a mapping holds a lock is tried with the first one on each device, since not every file system does it so:
 * in an overlay what is mapped is another file than the one that is open. There, where no more may be mapped, and where
 * the file may not be read, the descriptor stays open. It may be used from any thread. Linux only.
 */
public final class HeldLock implements AutoCloseable {

    /** A process may have 65,530 mappings, and one that gets none for itself ends. */
    private static final int MOST = 30_000;

    private static final int ROUNDS = 3;

    private static final int PROT_NONE = 0;
    private static final int MAP_PRIVATE = 2;
    private static final long NO_PAGE = -1;

    private static final CFunction MMAP = CFunction.of("mmap");
    private static final CFunction MUNMAP = CFunction.of("munmap");

    private static final AtomicInteger MAPPED = new AtomicInteger();

    /** By the number of a device whether a mapping there holds a lock. */
    private static final Map<Long, Boolean> HOLDING = new ConcurrentHashMap<>();

    private final LockFile file;
    private @Nullable Descriptor descriptor;
    private long page = NO_PAGE;
    private boolean isTaken;

    /** The file, by its name. */
    public interface LockFile {
        /** Opens it once more, for reading and writing; does not make it. */
        Descriptor open() throws PosixException;
    }

    /**
     * A lock that nobody has yet.
     *
     * @param opened the file; closed by this
     * @param file the same
     */
    public HeldLock(Descriptor opened, LockFile file) {
        this.descriptor = opened;
        this.file = file;
    }

    /** As at the beginning, for a test. */
    static void forget() {
        HOLDING.clear();
    }

    /**
     * Takes it without waiting; does nothing if this has it.
     *
     * @throws PosixException {@code EAGAIN} if another process, or another open of the file, holds it
     */
    public synchronized void take() throws PosixException {
        if (descriptor != null && !isTaken) {
            descriptor.lock();
            isTaken = true;
            doWithout(descriptor);
        }
    }

    /**
     * The descriptor that holds it, from now on, so that it is held on while this process becomes another program; to
     * be followed by {@link #letGo} if it does not.
     *
     * @return empty if the file is not there any more, so that nobody else finds it either
     * @throws PosixException if there is no descriptor for it; {@code EAGAIN} if somebody has got it in the moment
     *     between the two
     */
    public synchronized Optional<Descriptor> keep() throws PosixException {
        if (descriptor != null) {
            return Optional.of(descriptor);
        }
        Descriptor again;
        try {
            again = file.open();
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return Optional.empty();
        }
        unmap();
        descriptor = again;
        isTaken = false;
        again.lock();
        isTaken = true;
        return Optional.of(again);
    }

    /** From now on it is held without a descriptor again, where that can be. */
    public synchronized void letGo() {
        if (descriptor == null || !isTaken) {
            return;
        }
        try {
            doWithout(descriptor);
        } catch (PosixException e) {
            // it has been tried on this device, and nothing else is taken from it
        }
    }

    private void doWithout(Descriptor locked) throws PosixException {
        if (MAPPED.get() >= MOST) {
            return;
        }
        long device;
        try {
            device = locked.status().id().device();
        } catch (PosixException e) {
            // it keeps its descriptor
            return;
        }
        Boolean holds = HOLDING.get(device);
        if (holds == null) {
            tryIt(device, locked);
        } else if (holds && map(locked)) {
            locked.closeStillLocked();
            descriptor = null;
        }
    }

    /**
     * The mapping holds it if nobody else gets it while there is nothing but that, and gets it when that has gone: then
     * it was not somebody else who had it. A child that is being made may have a copy of the descriptor for a moment,
     * which looks the same, but not several times.
     *
     * @throws PosixException {@code EAGAIN} if somebody else has got it meanwhile
     */
    private void tryIt(long device, Descriptor locked) throws PosixException {
        Descriptor tried = locked;
        boolean holds = true;
        for (int round = 0; round < ROUNDS && holds; round++) {
            Descriptor again;
            try {
                again = file.open();
            } catch (PosixException e) {
                // another one may try it
                return;
            }
            if (!map(tried)) {
                again.close();
                return;
            }
            tried.closeStillLocked();
            tried = again;
            descriptor = again;
            isTaken = false;
            try {
                holds = !getsIt(again);
            } finally {
                unmap();
            }
            again.lock();
            isTaken = true;
        }
        HOLDING.put(device, holds);
        if (holds && map(tried)) {
            tried.closeStillLocked();
            descriptor = null;
        }
    }

    private static boolean getsIt(Descriptor opened) throws PosixException {
        try {
            opened.lock();
            return true;
        } catch (PosixException e) {
            if (e.is("EAGAIN")) {
                return false;
            }
            throw e;
        }
    }

    /** False if that is not possible. */
    private boolean map(Descriptor locked) {
        page = MMAP.word(0, 1, PROT_NONE, MAP_PRIVATE, locked.number(), 0);
        if (page == NO_PAGE) {
            return false;
        }
        MAPPED.incrementAndGet();
        return true;
    }

    private void unmap() {
        if (page != NO_PAGE) {
            MUNMAP.call(page, 1);
            MAPPED.decrementAndGet();
            page = NO_PAGE;
        }
    }

    @Override
    public synchronized void close() {
        unmap();
        if (descriptor != null) {
            descriptor.close();
            descriptor = null;
        }
        isTaken = false;
    }
}
