package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;

/**
 * What a probe wants to know of a tree.
 *
 * @param live whether the tree is there and its top supervisor answers
 * @param ready whether everything in it that is to be up is up, and has said that it is ready
 * @param notReady why it is not, a line for each place; empty if it is
 */
public record TreeHealth(boolean live, boolean ready, List<NotReady> notReady) {

    /** Copies. */
    public TreeHealth {
        notReady = List.copyOf(notReady);
    }

    /**
     * A place that is to be up and is not.
     *
     * @param path where
     * @param reason how it is instead, and how it came to that
     */
    public record NotReady(String path, String reason) {
        @Override
        public String toString() {
            return Excerpt.line(path + ": " + reason);
        }
    }

    /** Of a tree whose top supervisor does not answer. */
    public static TreeHealth silent(String path) {
        return new TreeHealth(false, false, List.of(new NotReady(path, "does not answer")));
    }

    /**
     * Looks at each place that there is. One that waits for its start, is starting, stopping or restarting is not as it
     * should be; one that has been stopped by a call, has ended and stays down by its restart type, has said that it
     * need not run, or has done what it was to do once, is. The top has to run.
     */
    public static TreeHealth of(TreeSnapshot snapshot) {
        List<NotReady> found = new ArrayList<>();
        Deque<Node> left = new ArrayDeque<>();
        left.push(snapshot.top());
        while (!left.isEmpty()) {
            Node node = left.pop();
            if (!isWell(node)) {
                found.add(new NotReady(node.path(), reason(node)));
            }
            List<Node> children = node.children();
            for (int i = children.size() - 1; i >= 0; i--) {
                left.push(children.get(i));
            }
        }
        boolean live = snapshot.top().state() != State.STOPPED;
        if (!live && found.isEmpty()) {
            found.add(new NotReady(snapshot.top().path(), reason(snapshot.top())));
        }
        return new TreeHealth(live, found.isEmpty(), found);
    }

    /** Whether one place is as it should be, whatever is below it. */
    public static boolean isWell(Node node) {
        return switch (node.state()) {
            case RUNNING -> node.ready();
            case STOPPED, FINISHED, IGNORED, DONE -> true;
            case WAITING, STARTING, STOPPING, RESTARTING -> false;
        };
    }

    private static String reason(Node node) {
        StringBuilder reason = new StringBuilder(
                node.state() == State.RUNNING
                        ? "running, not ready"
                        : node.state().name().toLowerCase(Locale.ROOT));
        node.nextRestart().ifPresent(next -> reason.append(" at ").append(next));
        node.details()
                .forEach((name, value) ->
                        reason.append(", ").append(name).append(' ').append(value));
        node.lastExit().ifPresent(last -> reason.append(", last exit: ").append(last.reason()));
        return reason.toString();
    }
}
