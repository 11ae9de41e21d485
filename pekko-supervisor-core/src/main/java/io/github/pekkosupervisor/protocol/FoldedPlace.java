package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.spec.TreePath;

/** One place as a {@link TreeFold} knows it: equal to itself only, since several may have the same path. */
final class FoldedPlace {

    /** As it is now, without what is below it. */
    Node node;

    FoldedPlace(Node node) {
        this.node = node;
    }

    String id() {
        return TreePath.lastId(node.path());
    }
}
