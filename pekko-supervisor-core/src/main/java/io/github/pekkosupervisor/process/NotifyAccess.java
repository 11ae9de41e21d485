package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Kinship;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.Optional;
import java.util.Set;

/**
 * Whose messages count, of all those that can reach the {@code NOTIFY_SOCKET} of a process. As {@code NotifyAccess=}.
 */
public enum NotifyAccess {
    /** Those of the process itself, and of the one that it has named by {@code MAINPID=}. */
    MAIN,
    /**
     * The same, and those of its descendants and of who is in the session or process group that it leads. One who has
     * ended by the time that is looked at, as a short-lived {@code systemd-notify} may, counts too if he had the user
     * of the process or of this JVM, or was root.
     */
    GROUP,
    /** Those of everybody who has the user of the process or of this JVM, or is root. */
    ALL;

    /**
     * Who has sent a message.
     *
     * @param pid as the kernel says
     * @param user his, as the kernel says
     * @param kinship to whom he belongs; empty if he is not there any more, or cannot be seen
     */
    record Sender(int pid, int user, Optional<Kinship> kinship) {}

    /**
     * Whom it is about.
     *
     * @param pid the process itself
     * @param leads whether it leads a process group of its own
     * @param users its user, this JVM's, and root
     */
    record Subject(int pid, boolean leads, Set<Integer> users) {
        Subject {
            users = Set.copyOf(users);
        }
    }

    /**
     * Whether who has the number of a main process now is still that process. When it has ended, anybody may get its
     * number. Where that is not to be seen, or a client has ended since, his user has to do.
     *
     * @param main as it was when it was named; without a start tick if it was not to be seen then
     * @param now who has its number now; empty if nobody has, or that is not to be seen
     * @param ofItsUsers whether the sender has one of {@link Subject#users}
     */
    static boolean isStill(ProcessIdentity main, Optional<ProcessIdentity> now, boolean ofItsUsers) {
        boolean isSeen = now.isPresent() && main.startTicks() != 0;
        return isSeen ? now.filter(main::mayBe).isPresent() : ofItsUsers;
    }

    /** Whether a message counts of one who is not its main process. */
    boolean permits(Sender sender, Subject subject) {
        if (sender.pid() == subject.pid()) {
            return true;
        }
        boolean sameUser = subject.users().contains(sender.user());
        return switch (this) {
            case MAIN -> false;
            case GROUP ->
                sender.kinship().map(kinship -> belongs(kinship, subject)).orElse(sameUser);
            case ALL -> sameUser;
        };
    }

    private static boolean belongs(Kinship kinship, Subject subject) {
        boolean ofGroup = subject.leads() && (kinship.group() == subject.pid() || kinship.session() == subject.pid());
        return ofGroup || kinship.ancestors().contains(subject.pid());
    }
}
