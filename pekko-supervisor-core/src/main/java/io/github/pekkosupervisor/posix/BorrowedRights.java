package io.github.pekkosupervisor.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@link UserRights} are to a thread: a mark that it bears, and how it takes them on for one system call and gives
 * them back.
 */
final class BorrowedRights implements CFunction.Rights {

    private static final int WORD = 8;

    /** For an id that stays. */
    private static final long SAME = -1;

    static final int ROOT = 0;
    private static final int ATTEMPTS_TO_RETURN = 1000;

    private final int user;
    private final List<Integer> groups;

    /** What this process has, to which a thread returns. */
    private final List<Integer> ownGroups;

    private final int ownGroup;
    private final Numbers numbers;
    private final DescriptorShare share;
    private final ByteBuffer memory;
    private final long addressOfGroups;
    private final long addressOfOwnGroups;

    /** The calls for one thread alone, which the C library has not: its own change all threads. */
    record Numbers(long setGroups, long setUser, long setGroup) {

        /** Null on a processor whose numbers are not known here. */
        static @Nullable Numbers ofThisMachine() {
            return switch (System.getProperty("os.arch", "")) {
                case "amd64", "x86_64" -> new Numbers(116, 117, 119);
                case "aarch64" -> new Numbers(159, 147, 149);
                default -> null;
            };
        }
    }

    /** The context class loader of a thread that has them; it finds what its parent finds. */
    private static final class Bearer extends ClassLoader {
        private final BorrowedRights rights;

        Bearer(BorrowedRights rights, ClassLoader parent) {
            super("rights of user " + Integer.toUnsignedString(rights.user), parent);
            this.rights = rights;
        }
    }

    /**
     * @param groups at least one; the first is the group
     * @param ownGroups of this process, and its group
     * @param share how many descriptors its threads may have open
     */
    BorrowedRights(
            int user,
            List<Integer> groups,
            Numbers numbers,
            List<Integer> ownGroups,
            int ownGroup,
            DescriptorShare share) {
        this.user = user;
        this.groups = List.copyOf(groups);
        this.numbers = numbers;
        this.ownGroups = List.copyOf(ownGroups);
        this.ownGroup = ownGroup;
        this.share = share;
        this.memory = ByteBuffer.allocateDirect((groups.size() + ownGroups.size() + 2) * WORD)
                .order(ByteOrder.nativeOrder());
        this.addressOfGroups = CFunction.addressOf(memory);
        int next = put(this.groups, 0);
        this.addressOfOwnGroups = addressOfGroups + next;
        put(this.ownGroups, next);
        CFunction.borrow(BorrowedRights::ofThread);
    }

    private int put(List<Integer> numbersOfGroups, int at) {
        int next = at;
        for (int number : numbersOfGroups) {
            memory.putInt(next, number);
            next += Integer.BYTES;
        }
        return (next + WORD - 1) / WORD * WORD;
    }

    /** Those that the calling thread bears; null if it has none but the JVM's own. */
    static @Nullable BorrowedRights ofThread() {
        return Thread.currentThread().getContextClassLoader() instanceof Bearer bearer ? bearer.rights : null;
    }

    /** What the calling thread may have of this process's descriptors; null if it has all of them. */
    static @Nullable DescriptorShare shareOfThread() {
        BorrowedRights rights = ofThread();
        return rights == null ? null : rights.share;
    }

    ClassLoader bearer() {
        return new Bearer(this, BorrowedRights.class.getClassLoader());
    }

    int user() {
        return user;
    }

    List<Integer> groups() {
        return groups;
    }

    /** Where it cannot be taken on the call is refused, as by itself, with EPERM. */
    @Override
    public long acting(LongSupplier call) {
        try {
            if (take()) {
                return call.getAsLong();
            }
        } finally {
            giveBack();
        }
        CFunction.setErrno(Errno.EPERM.number());
        return -1;
    }

    private boolean take() {
        return CFunction.quietly(numbers.setGroups(), groups.size(), addressOfGroups, 0) == 0
                && CFunction.quietly(numbers.setGroup(), SAME, unsigned(groups.get(0)), SAME) == 0
                && CFunction.quietly(numbers.setUser(), SAME, unsigned(user), SAME) == 0;
    }

    /** A thread that could not return must not go on, nor could it ever be told from others. */
    private void giveBack() {
        for (int attempt = 0; attempt < ATTEMPTS_TO_RETURN; attempt++) {
            if (CFunction.quietly(numbers.setUser(), SAME, ROOT, SAME) == 0
                    && CFunction.quietly(numbers.setGroup(), SAME, unsigned(ownGroup), SAME) == 0
                    && CFunction.quietly(numbers.setGroups(), ownGroups.size(), addressOfOwnGroups, 0) == 0) {
                return;
            }
        }
        Runtime.getRuntime().halt(1);
    }

    private static long unsigned(int id) {
        return Integer.toUnsignedLong(id);
    }
}
