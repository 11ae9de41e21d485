package io.github.pekkosupervisor.springboot;

import io.github.pekkosupervisor.protocol.TreeEnd;
import org.springframework.context.ApplicationEvent;

/**
 * The application's tree has ended, and not because the application context was stopped: it gave up, for one. Published
 * once, when nothing of it is left, on a thread of the tree; before anything that {@code pekko-supervisor.at-end} has
 * to say.
 */
public final class TreeEndedEvent extends ApplicationEvent {

    private final transient TreeEnd end;

    TreeEndedEvent(ApplicationTree tree, TreeEnd end) {
        super(tree);
        this.end = end;
    }

    /** How. */
    public TreeEnd end() {
        return end;
    }
}
