package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.TreeSnapshot.LastExit;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

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

    /** Of the incarnation that it has; of the last one, while another is to come. */
    Optional<Long> number() {
        OptionalLong number = node.incarnation().isPresent() ? node.incarnation() : node.former();
        return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
    }

    /** How it is without an incarnation, and without one to come. */
    Node down(State state) {
        return withoutIncarnation(node)
                .withState(state, false)
                .withIncarnation(OptionalLong.empty(), OptionalLong.empty())
                .withProcess(Optional.empty())
                .withSince(node.lastExit().map(LastExit::at))
                .withRestarts(node.restarts(), node.lastExit(), Optional.empty());
    }

    /** Without what an incarnation says of itself. */
    static Node withoutIncarnation(Node node) {
        return node.details().isEmpty() && node.children().isEmpty()
                ? node
                : node.withDetails(Map.of()).withChildren(List.of());
    }
}
