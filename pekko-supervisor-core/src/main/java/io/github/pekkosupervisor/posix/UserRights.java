package io.github.pekkosupervisor.posix;

import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The rights of a user with which threads of this JVM touch files, where the JVM itself is root's: for a tree of
 * somebody else.
 *
 * <p>A thread bears them by its context class loader ({@link #bearer}), which an actor system gives to all its threads.
 * To the kernel it stays root's: only around a single system call that looks at who asks it takes on the user's groups,
 * group and user, as effective ones, and gives them back at once. So nothing is opened, made, renamed or connected to
 * with root's rights by such a thread, ports below 1024, quotas and the blocks that are reserved for root included,
 * since the kernel takes all capabilities away meanwhile; and nothing else happens meanwhile: no class is loaded and no
 * thread is made, which would have these rights for ever. The real and the saved user stay root, so the user can never
 * signal such a thread. Signals are the other way about: what may be signalled is looked at before
 * ({@link #maySignal}).
 */
public final class UserRights {

    /** Where these stand in {@code /proc/PID/status}. */
    private static final int REAL = 0;

    private static final int SAVED = 2;

    private final BorrowedRights borrowed;

    private UserRights(BorrowedRights borrowed) {
        this.borrowed = borrowed;
    }

    /**
     * The rights of somebody else, tried out.
     *
     * @param openFiles how many descriptors of this process the threads that bear them may have open together; empty
     *     for an eighth of what the process may have. Those who bear any such rights have half of that at most
     * @return empty if this process has these and no others: then there is nothing to be taken on
     * @throws PosixException with call {@code user}, in words, if they cannot be had
     */
    public static Optional<UserRights> of(Account account, OptionalInt openFiles) throws PosixException {
        if (account.isOurs()) {
            return Optional.empty();
        }
        refuseUnlessRoot(account);
        account.refuseUnlessAllowed();
        BorrowedRights.@Nullable Numbers numbers = BorrowedRights.Numbers.ofThisMachine();
        if (numbers == null) {
            throw Account.refusal(
                    account.numbers(),
                    "ENOSYS",
                    "a thread cannot take on a user's rights on this processor (" + System.getProperty("os.arch", "")
                            + "), only on amd64 and aarch64; start a runsvdir as that user");
        }
        refuseWhereThreadsAreShown(account);
        refuseWhereLinksLeadAnywhere(account);
        OtherProcess.knowOwnEnvironment();
        loadWhatIsLoadedLate();
        UserRights rights = new UserRights(new BorrowedRights(
                account.user(),
                account.groups(),
                numbers,
                OwnProcess.groups(),
                OwnProcess.effectiveGroup(),
                DescriptorShare.of(openFiles, OpenFiles.limitOfProcess())));
        rights.tryOut();
        SpareDescriptor.holdTwo();
        return Optional.of(rights);
    }

    private static void refuseUnlessRoot(Account account) throws PosixException {
        if (OwnProcess.user() != BorrowedRights.ROOT) {
            throw Account.refusal(
                    account.numbers(),
                    "EPERM",
                    Account.ownWithOtherGroups(account.user(), OwnProcess.user())
                            .orElseGet(() -> "only a launcher of root can have a tree of another user than its own, and"
                                    + " this one runs as user " + Integer.toUnsignedString(OwnProcess.user())
                                    + "; run it as root, or leave user out"));
        }
        if (account.user() == BorrowedRights.ROOT) {
            throw Account.refusal(
                    account.numbers(),
                    "EINVAL",
                    "a tree of root has the launcher's own groups; leave user out, or name another user");
        }
    }

    /**
     * With this setting the kernel gives {@code /proc/thread-self} of a thread to the user whose rights it has, and
     * with it the memory of this JVM.
     */
    private static void refuseWhereThreadsAreShown(Account account) throws PosixException {
        if (ProcFs.read("/proc/sys/fs/suid_dumpable").strip().equals("1")) {
            throw Account.refusal(
                    account.numbers(),
                    "EPERM",
                    "fs.suid_dumpable is 1, and the user could reach the memory of this JVM; set it to 0 or 2, or start a"
                            + " runsvdir as that user");
        }
    }

    /** By those in {@code /proc} one would come past directories that the user may not enter. */
    private static void refuseWhereLinksLeadAnywhere(Account account) throws PosixException {
        if (!FileCalls.canRefuseMagicLinks()) {
            throw Account.refusal(
                    account.numbers(),
                    "ENOSYS",
                    "links of the user could lead to what this JVM has open, since openat2 cannot be called; it takes Linux"
                            + " 5.6, and in a container a filter that lets it pass; or start a runsvdir as that user");
        }
    }

    /** Where each jar of the class path is opened: a thread of the tree may have to load a class from it later. */
    private static void loadWhatIsLoadedLate() {
        boolean found = UserRights.class.getClassLoader().getResource("pekko-supervisor/no-such-file") != null;
        assert !found;
    }

    private void tryOut() throws PosixException {
        long there = borrowed.acting(CFunction::effectiveUser);
        if (there != Integer.toUnsignedLong(borrowed.user()) || CFunction.effectiveUser() != BorrowedRights.ROOT) {
            throw Account.refusal(
                    account().numbers(),
                    "EPERM",
                    "a thread of this JVM cannot take on this user's rights, since the system refuses it; the launcher"
                            + " needs the capabilities SETUID and SETGID, and no filter in front of the calls");
        }
    }

    /** Whether the calling thread works for somebody else than the user of this JVM. */
    public static boolean areBorrowed() {
        return BorrowedRights.ofThread() != null;
    }

    /** What the calling thread bears; empty for a thread of the JVM's own. */
    public static Optional<UserRights> ofThisThread() {
        return Optional.ofNullable(BorrowedRights.ofThread()).map(UserRights::new);
    }

    /**
     * A class loader by which a thread bears these rights; for all threads of an actor system, from their beginning.
     */
    public ClassLoader bearer() {
        return borrowed.bearer();
    }

    /** Whose rights. */
    public Account account() {
        return new Account(borrowed.user(), borrowed.groups());
    }

    /**
     * Whether the calling thread may take over a process: one without borrowed rights may, with what the kernel allows
     * it; else all four users of the process must be the one whose rights they are.
     */
    static boolean mayAdopt(ProcessIdentity process) {
        BorrowedRights rights = BorrowedRights.ofThread();
        return rights == null || new OtherProcess(process).isAllOf(rights.user());
    }

    /**
     * Refuses a signal to a process that the user could not signal himself. The kernel would not refuse all of them,
     * since the real user of the thread stays root.
     *
     * @throws PosixException {@code EPERM}, as kill(2) of the user
     */
    static void mustBeSignalled(int pid) throws PosixException {
        if (!maySignal(pid) && ProcessCalls.exists(pid)) {
            throw PosixException.of("kill", "process " + pid, Errno.EPERM);
        }
    }

    /**
     * Whether whoever the calling thread works for may signal a process, as kill(2) has it: by its real or saved user;
     * so not one that {@code su(1)} has made root's.
     */
    static boolean maySignal(int pid) {
        BorrowedRights rights = BorrowedRights.ofThread();
        if (rights == null) {
            return true;
        }
        String[] users = usersOf(pid);
        String user = Integer.toUnsignedString(rights.user());
        return users.length > SAVED && (users[REAL].equals(user) || users[SAVED].equals(user));
    }

    private static String[] usersOf(int pid) {
        return ProcFs.status(String.valueOf(pid), "Uid").split("\\s+", -1);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof UserRights those && those.borrowed == borrowed;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(borrowed);
    }

    /** Never shows more than numbers. */
    @Override
    public String toString() {
        return "rights of user " + account().numbers();
    }
}
