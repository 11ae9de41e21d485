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
    private boolean runs() throws PosixException {
        return ProcStat.of(pid)
                .filter(ProcStat::isRunning)
                .map(ProcessIdentity::of)
                .filter(this::isSameAs)
                .isPresent();
    }

    /**
     * Whether it has ended, or is being ended by the kernel, which closes what it had open before anybody can be told
     * that it has ended. Of several threads the first counts. Unknown counts as no.
     */
    public boolean isEnding() {
        try {
            return startTicks != 0
                    && ProcStat.of(pid)
                            .filter(stat -> isSameAs(of(stat)) && stat.state() != 'Z' && stat.state() != 'X')
                            .map(ProcStat::isExiting)
                            .orElse(true);
        } catch (PosixException e) {
            // hidden from us, or no descriptor to look with
            return false;
        }
    }

    /**
     * Whether it runs, by its pidfd where that is known: {@code /proc} may hide it, or who has its number now, which
     * somebody else may have got within the same tick.
     *
     * @param pidfdInode what {@code fstat(2)} of its pidfd has told; 0 if that is not known
     * @throws PosixException if that cannot be looked at, for want of a descriptor, or of rights where the inode is not
     *     known
     */
    public boolean runs(long pidfdInode) throws PosixException {
        return ask(pidfdInode, ProcessIdentity::runs, pidfd -> !DescriptorCalls.poll(new int[] {pidfd.number()}, 0)[0]);
    }

    /**
     * The same of one that is there, though it may have ended.
     *
     * @throws PosixException as {@link #runs(long)}
     */
    public boolean isThere(long pidfdInode) throws PosixException {
        return ask(pidfdInode, ProcessIdentity::isThere, pidfd -> true);
    }

    private interface Question<T> {
        boolean of(T process) throws PosixException;
    }

    private boolean ask(long pidfdInode, Question<ProcessIdentity> byNumber, Question<Descriptor> byPidfd)
            throws PosixException {
        if (!mayBeOfThisBoot()) {
            return false;
        }
        Optional<Descriptor> opened = pidfdInode == 0 ? Optional.empty() : pidfd();
        if (opened.isEmpty()) {
            return byNumber.of(this);
        }
        try (Descriptor pidfd = opened.get()) {
            long its = ProcessCalls.inode(pidfd);
            // before 6.9 there is none
            return its == 0 ? byNumber.of(this) : its == pidfdInode && isOfItsTick() && byPidfd.of(pidfd);
        }
    }

    /** Empty if its number tells as much: nobody has it, or a thread, or there are no pidfds here. */
    private Optional<Descriptor> pidfd() throws PosixException {
        try {
            return Optional.of(ProcessCalls.openPidfd(pid));
        } catch (PosixException e) {
            if (e.mayPass()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** The inode may be that of another boot, where the id of neither can be seen. */
    private boolean isOfItsTick() throws PosixException {
        return startTicks == 0
                || ProcStat.ifShown(pid)
                        .filter(stat -> stat.startTicks() != startTicks)
                        .isEmpty();
    }

    private boolean isSameAs(ProcessIdentity other) {
        return pid == other.pid && startTicks == other.startTicks && maySameBoot(bootId, other.bootId);
    }

    /**
     * Whether both, if they run, are the same process. Of one that {@code /proc} hid when it was written down the start
     * tick is not known: then its number has to do.
     */
    public boolean mayBe(ProcessIdentity other) {
        boolean maySameStart = startTicks == other.startTicks || startTicks == 0 || other.startTicks == 0;
        return pid == other.pid && maySameStart && maySameBoot(bootId, other.bootId);
    }

    /**
     * Whether two boots may be the same: those that are known and differ are not. Where one is not known, as in a
     * container that hides it, pid and start tick have to do.
     */
    public static boolean maySameBoot(String bootId, String other) {
        return bootId.isEmpty() || other.isEmpty() || bootId.equals(other);
    }

    /**
     * When process 1 was started, in ticks since boot: nothing of here is older. What is was in a container that has
     * been started again since, where the id of the boot is the same.
     *
     * @return 0 where that cannot be seen now
     */
    public static long firstTick() {
        return ProcFs.firstTick();
    }

    /** Whether it may be of the machine as it runs now, and of the container. */
    public boolean mayBeOfThisBoot() {
        return maySameBoot(bootId, ProcFs.bootId()) && (startTicks == 0 || startTicks >= firstTick());
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
