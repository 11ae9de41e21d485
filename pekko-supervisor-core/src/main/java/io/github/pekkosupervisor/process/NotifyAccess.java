package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Kinship;
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
     * @param mains who may speak for it beside it
     * @param users its user, this JVM's, and root
     */
    record Subject(int pid, boolean leads, Set<Integer> mains, Set<Integer> users) {
        Subject {
            mains = Set.copyOf(mains);
            users = Set.copyOf(users);
        }
    }

    /** Whether a message counts. */
    boolean permits(Sender sender, Subject subject) {
        if (sender.pid() == subject.pid() || subject.mains().contains(sender.pid())) {
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
