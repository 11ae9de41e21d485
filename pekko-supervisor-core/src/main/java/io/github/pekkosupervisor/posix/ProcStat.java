package io.github.pekkosupervisor.posix;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What {@code /proc/PID/stat} tells of a process.
 *
 * @param pid its number
 * @param state a letter: {@code Z} has ended and has not been waited for, {@code X} is about to vanish
 * @param parent the number of its parent; 0 if that is outside of our world
 * @param group its process group
 * @param session its session
 * @param isExiting whether the kernel is ending it, so that it runs no code of its own any more; of several threads the
 *     first
 * @param terminal the number of its controlling terminal; 0 if it has none
 * @param threads how many threads it has
 * @param startTicks when it was started, in clock ticks since boot
 * @param exit its wait status once it has ended; 0 also where we may not know
 */
record ProcStat(
        int pid,
        char state,
        int parent,
        int group,
        int session,
        int terminal,
        boolean isExiting,
        int threads,
        long startTicks,
        int exit) {

    private static final int FIRST_FIELD = 3;
    private static final int FLAGS = 9;

    /** The kernel's PF_EXITING. */
    private static final long EXITING = 4;

    private static final int THREADS = 20;
    private static final int START_TIME = 22;
    private static final int EXIT = 52;

    /**
     * Of the process that has this number now; empty if there is none.
     *
     * @throws PosixException if that cannot be looked at, for want of a descriptor or of rights
     */
    static Optional<ProcStat> of(int pid) throws PosixException {
        String text;
        try {
            text = new String(ProcFs.readBytes("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (PosixException e) {
            if (e.is("ENOENT") || e.is("ESRCH")) {
                return Optional.empty();
            }
            throw e;
        }
        try {
            return Optional.of(parse(pid, text));
        } catch (RuntimeException e) {
            throw new PosixException("read", "/proc/" + pid + "/stat", "EINVAL", "does not look as it should");
        }
    }

    /**
     * The same; empty also of one that {@code hidepid} hides from us: it is another user's, or lets nobody look into
     * it.
     */
    static Optional<ProcStat> ifShown(int pid) throws PosixException {
        try {
            return of(pid);
        } catch (PosixException e) {
            if (e.is("EACCES") || e.is("EPERM")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether this very process exists and has not ended; unknown counts as yes. */
    static boolean isRunning(int pid, long startTicks) {
        try {
            return of(pid).filter(stat -> stat.startTicks == startTicks && stat.isRunning())
                    .isPresent();
        } catch (PosixException e) {
            return true;
        }
    }

    private static ProcStat parse(int pid, String text) {
        // the command in field 2 may hold blanks and parentheses: field 3 begins after its last one
        String[] fields = text.substring(text.lastIndexOf(')') + 2).trim().split(" ");
        return new ProcStat(
                pid,
                fields[0].charAt(0),
                number(fields, 4),
                number(fields, 5),
                number(fields, 6),
                number(fields, 7),
                (Long.parseLong(fields[FLAGS - FIRST_FIELD]) & EXITING) != 0,
                number(fields, THREADS),
                Long.parseLong(fields[START_TIME - FIRST_FIELD]),
                fields.length > EXIT - FIRST_FIELD ? number(fields, EXIT) : 0);
    }

    private static int number(String[] fields, int field) {
        return Integer.parseInt(fields[field - FIRST_FIELD]);
    }

    /** Whether it has not ended; the first of several threads may have, and the process goes on. */
    boolean isRunning() {
        return state != 'X' && (state != 'Z' || threads > 1);
    }

    /** Whether it has ended and nobody has waited for it. */
    boolean isUnreaped() {
        return state == 'Z' && threads <= 1;
    }
}
