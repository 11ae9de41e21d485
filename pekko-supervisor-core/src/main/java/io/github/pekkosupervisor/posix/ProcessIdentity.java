package io.github.pekkosupervisor.posix;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What tells one process from every other one that ever had its number on this machine.
 *
 * @param pid process id
 * @param startTicks when it was started, in clock ticks since boot (field 22 of {@code proc(5)}'s stat); 0 if the
 *     platform does not tell
 * @param bootId the kernel's id of this boot; empty if the platform does not tell
 */
public record ProcessIdentity(int pid, long startTicks, String bootId) {

    /** The longest line that {@link #toLine()} makes, in bytes. */
    private static final int LINE_LENGTH = 72;

    /** The process that has this number now, if there is one. */
    public static Optional<ProcessIdentity> ofRunning(int pid) {
        return ProcFs.startTicks(pid).map(ticks -> new ProcessIdentity(pid, ticks, ProcFs.bootId()));
    }

    /** The process of which this is told. */
    static ProcessIdentity of(ProcStat stat) {
        return new ProcessIdentity(stat.pid(), stat.startTicks(), ProcFs.bootId());
    }

    /** Whether this very process still exists (a zombie does). */
    public boolean exists() {
        return ofRunning(pid).filter(this::isSameAs).isPresent();
    }

    /**
     * The same for who may do harm if it only seems to be gone.
     *
     * @throws PosixException if that cannot be looked at, for want of a descriptor or of rights
     */
    public boolean isThere() throws PosixException {
        return ProcStat.of(pid).map(ProcessIdentity::of).filter(this::isSameAs).isPresent();
    }

    /**
     * The same of one that has not ended: a zombie is there and does not run.
     *
     * @throws PosixException if that cannot be looked at, for want of a descriptor or of rights
     */
    public boolean runs() throws PosixException {
        return ProcStat.of(pid)
                .filter(ProcStat::isRunning)
                .map(ProcessIdentity::of)
                .filter(this::isSameAs)
                .isPresent();
    }

    private boolean isSameAs(ProcessIdentity other) {
        return pid == other.pid && startTicks == other.startTicks && maySameBoot(bootId, other.bootId);
    }

    /**
     * Whether two boots may be the same: those that are known and differ are not. Where one is not known, as in a
     * container that hides it, pid and start tick have to do.
     */
    public static boolean maySameBoot(String bootId, String other) {
        return bootId.isEmpty() || other.isEmpty() || bootId.equals(other);
    }

    // equals and hashCode are written out: a record's own go through invokedynamic, which a launcher's start would pay
    // for

    @Override
    public boolean equals(Object other) {
        return other instanceof ProcessIdentity that
                && pid == that.pid
                && startTicks == that.startTicks
                && bootId.equals(that.bootId);
    }

    @Override
    public int hashCode() {
        return pid;
    }

    /** One line of constant length, so that a rewrite in place replaces all of it in a single write. */
    public byte[] toLine() {
        String text = pid + " " + startTicks + " " + bootId;
        return (text + " ".repeat(Math.max(0, LINE_LENGTH - 1 - text.length())) + "\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads what {@link #toLine()} made; empty if it is anything else. */
    public static Optional<ProcessIdentity> parse(byte[] line) {
        String text = new String(line, StandardCharsets.US_ASCII);
        String[] fields = text.trim().split(" ", -1);
        // no boot id: all blanks up to the end of the line
        boolean bootUnknown = fields.length == 2 && text.endsWith("\n");
        try {
            return fields.length == 3 || bootUnknown
                    ? Optional.of(new ProcessIdentity(
                            Integer.parseInt(fields[0]), Long.parseLong(fields[1]), bootUnknown ? "" : fields[2]))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            // half a line, or another program's file: no identity
            return Optional.empty();
        }
    }
}
