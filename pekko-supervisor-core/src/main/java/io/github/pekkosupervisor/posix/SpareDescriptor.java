package io.github.pekkosupervisor.posix;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A descriptor that is open for nothing but to be given up, so that a file of {@code /proc} can be read where all
 * others are used: whoever is to be signalled or ended must be known for who he is, and that takes one for a moment.
 * With rights of other users there are two: who is not to be signalled must not get it instead of another, so he is
 * held while he is looked at. It may be used from any thread.
 */
final class SpareDescriptor {

    private static final OsString ANYTHING = OsString.of("/");

    /** Whoever else has taken the room closes his own soon, if he is one of those who look at something too. */
    private static final int ATTEMPTS = 200;

    private static final Deque<Descriptor> HELD = new ArrayDeque<>();
    private static int most = 1;

    private SpareDescriptor() {}

    /** Opens something, and closes it at once. */
    interface Look<T> {
        T look() throws PosixException;
    }

    /** From now on there are two. */
    static synchronized void holdTwo() {
        most = 2;
        hold();
    }

    /** Sees to it that there are as many as there should be; the next look tries again to have those that are not. */
    static synchronized void hold() {
        try {
            while (HELD.size() < most) {
                HELD.push(Descriptor.ofNoShare(FileCalls.open(FileCalls.AT_FDCWD, ANYTHING, FileCalls.O_PATH, 0)));
            }
        } catch (PosixException e) {
            // the next look tries again
        }
    }

    /**
     * Looks, and if there is no descriptor for that, once more with the room of this one. Nor is it refused for want of
     * a share of them, see {@link OpenFilesGate#brieflyLook}.
     *
     * @throws PosixException as the look; {@code EMFILE} if somebody else has taken that room
     */
    static <T> T look(Look<T> look) throws PosixException {
        OpenFilesGate.BriefLook brief = OpenFilesGate.brieflyLook();
        try {
            return look.look();
        } catch (PosixException e) {
            if (!e.is("EMFILE")) {
                throw e;
            }
            return lookInItsPlace(look);
        } finally {
            brief.close();
        }
    }

    /** The hint that others may go on is no more than that: the number of attempts is what ends it. */
    @SuppressWarnings("ThreadPriorityCheck")
    private static synchronized <T> T lookInItsPlace(Look<T> look) throws PosixException {
        HELD.forEach(Descriptor::close);
        HELD.clear();
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
