package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.EventLoop;
import io.github.pekkosupervisor.posix.Kinship;
import io.github.pekkosupervisor.posix.NotifySocket;
import io.github.pekkosupervisor.posix.OwnProcess;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The {@code NOTIFY_SOCKET} of one process: says that there are messages, hands them out, and passes over those that
 * are not from the process and its own. Used by the actor of the process.
 */
final class NotifyListener implements AutoCloseable {

    private static final int ROOT = 0;

    /** Who sends more has others wait for his turn to be over. */
    private static final int MOST_AT_ONCE = 32;

    private final NotifySocket socket;
    private final NotifyAccess access;
    private Optional<ProcessIdentity> main = Optional.empty();
    private EventLoop.@Nullable Watch watch;
    private boolean closed;
    private int refused;
    private boolean flooded;

    NotifyListener(NotifySocket socket, NotifyAccess access) {
        this.socket = socket;
        this.access = access;
    }

    /** What the process is told. */
    String address() {
        return socket.address();
    }

    /**
     * Begins, or goes on, to say that there is something to be read.
     *
     * @param readable called once for each call of this, on the loop's thread
     */
    void await(EventLoop loop, Runnable readable) throws PosixException {
        if (closed) {
            return;
        }
        if (watch == null) {
            watch = loop.readable(socket.descriptor(), itself -> readable.run());
        } else {
            watch.resume();
        }
    }

    /**
     * The messages that have come, those that count; there may be more, of which {@link #await} tells.
     *
     * @param pid of the process
     * @param leads whether it leads a process group of its own
     */
    List<NotifyMessage> read(int pid, boolean leads) throws PosixException {
        List<NotifyMessage> messages = new ArrayList<>();
        flooded = false;
        for (int i = 0; i < MOST_AT_ONCE && !closed; i++) {
            Optional<NotifySocket.Message> received = socket.receive();
            if (received.isEmpty()) {
                break;
            }
            NotifySocket.Message message = received.get();
            if (message.isWhole() && isPermitted(message, pid, leads)) {
                NotifyMessage parsed = NotifyMessage.parse(message.bytes());
                parsed.mainPid().ifPresent(this::isMain);
                messages.add(parsed);
            } else {
                refused++;
            }
            flooded = i == MOST_AT_ONCE - 1;
        }
        return messages;
    }

    /** Whether there were as many messages as are taken at once, and there may be more. */
    boolean isFlooded() {
        return flooded;
    }

    /** How many messages did not count so far. */
    int refused() {
        return refused;
    }

    private boolean isPermitted(NotifySocket.Message message, int pid, boolean leads) {
        if (message.pid() == pid) {
            // nothing has to be looked at
            return true;
        }
        Set<Integer> users = new HashSet<>(Set.of(ROOT));
        users.add(OwnProcess.user());
        Kinship.userOf(pid).ifPresent(users::add);
        boolean isMain = main.filter(named -> named.pid() == message.pid())
                .filter(named -> NotifyAccess.isStill(
                        named, ProcessIdentity.ofRunning(named.pid()), users.contains(message.user())))
                .isPresent();
        return isMain
                || access.permits(
                        new NotifyAccess.Sender(message.pid(), message.user(), Kinship.of(message.pid())),
                        new NotifyAccess.Subject(pid, leads, users));
    }

    /** The last one counts: who has handed the work on twice is not asked any more. */
    private void isMain(int pid) {
        main = Optional.of(ProcessIdentity.ofRunning(pid).orElseGet(() -> new ProcessIdentity(pid, 0, "")));
    }

    /** The process that may speak for it, as it has said itself. */
    Optional<ProcessIdentity> main() {
        return main;
    }

    /** What it has said to somebody before; does not count if another process has that number by now. */
    void resume(Optional<ProcessIdentity> before) {
        if (main.isEmpty()) {
            main = before.filter(ProcessIdentity::exists);
        }
    }

    /** Says nothing until it is awaited again; what comes meanwhile waits, and its senders if it is much. */
    void pause() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (watch != null) {
                watch.close();
            }
            socket.close();
        }
    }
}
