package io.github.pekkosupervisor.posix;

/**
 * Who else has a FIFO open, be they seen in {@code /proc} or not: the FIFO itself tells it to whoever may open it.
 *
 * @param isRead whether somebody can read from it
 * @param isWritten whether somebody can write to it; who has it open both ways can do either
 */
public record FifoUse(boolean isRead, boolean isWritten) {

    /** Nobody has it open. */
    public static final FifoUse NOBODY = new FifoUse(false, false);

    /**
     * Of one that this process does not have open. Nothing is read from it or written to it; who waits for a writer is
     * woken, since one comes and goes.
     */
    static FifoUse of(int directory, OsString name) throws PosixException {
        boolean isRead = isRead(directory, name);
        try (Descriptor reader = Descriptor.openFifo(directory, name, FileCalls.O_RDONLY | FileCalls.O_NOFOLLOW)) {
            // that there is no writer a reader sees only after one has gone
            openToWrite(directory, name).close();
            return new FifoUse(isRead, !DescriptorCalls.isHungUp(reader.number()));
        }
    }

    private static boolean isRead(int directory, OsString name) throws PosixException {
        try {
            openToWrite(directory, name).close();
            return true;
        } catch (PosixException e) {
            if (e.is("ENXIO")) {
                return false;
            }
            throw e;
        }
    }

    private static Descriptor openToWrite(int directory, OsString name) throws PosixException {
        return Descriptor.openFifo(directory, name, FileCalls.O_WRONLY | FileCalls.O_NOFOLLOW);
    }
}
