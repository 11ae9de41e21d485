package io.github.pekkosupervisor.posix;

import org.jspecify.annotations.Nullable;

/**
 * A descriptor that is open for nothing but to be given up, so that a file of {@code /proc} can be read where all
 * others are used: whoever is to be signalled or ended must be known for who he is, and that takes one for a moment. It
 * may be used from any thread.
 */
final class SpareDescriptor {

    private static final OsString ANYTHING = OsString.of("/");

    /** Whoever else has taken the room closes his own soon, if he is one of those who look at something too. */
    private static final int ATTEMPTS = 200;

    private static @Nullable Descriptor held;

    private SpareDescriptor() {}

    /** Opens and closes something. */
    interface Look<T> {
        T look() throws PosixException;
    }

    /** Sees to it that there is one; without any there is none yet. */
    static synchronized void hold() {
        if (held == null) {
            try {
                held = Descriptor.open(FileCalls.AT_FDCWD, ANYTHING, FileCalls.O_PATH, 0);
            } catch (PosixException e) {
                // the next look tries again
                return;
            }
        }
    }

    /**
     * Looks, and if there is no descriptor for that, once more with the room of this one.
     *
     * @throws PosixException as the look; {@code EMFILE} if somebody else has taken that room
     */
    static <T> T look(Look<T> look) throws PosixException {
        try {
            return look.look();
        } catch (PosixException e) {
            if (!e.is("EMFILE") || OpenFilesGate.isShareUsedUp()) {
                throw e;
            }
            return lookInItsPlace(look);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint that others may go on, no more: the number of attempts is what ends it
    private static synchronized <T> T lookInItsPlace(Look<T> look) throws PosixException {
        if (held != null) {
            held.close();
            held = null;
        }
        try {
            for (int attempt = 1; ; attempt++) {
                try {
                    return look.look();
                } catch (PosixException e) {
                    if (!e.is("EMFILE") || attempt == ATTEMPTS) {
                        throw e;
                    }
                    Thread.yield();
                }
            }
        } finally {
            hold();
        }
    }
}
