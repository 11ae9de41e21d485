package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be seen of a supervisor at one time.
 *
 * @param itself without its children
 * @param children those that were looked for, as it knows them
 */
public record Sight(Node itself, List<Seen> children) {

    /**
     * One child.
     *
     * @param node without its process, and without what only it knows itself
     * @param incarnation that could tell more; null if there is none
     */
    public record Seen(Node node, @Nullable Incarnation incarnation) {}
}
