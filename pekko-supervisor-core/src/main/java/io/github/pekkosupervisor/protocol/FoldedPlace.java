package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.SupervisorEvent.Offender;
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

    /** Whether it is being started after an end, so that those that wait for it come after it. */
    boolean startsAgain;

    /** Number of the first incarnation of its child; 0 if that has not been told. */
    long first;

    /** Whether all that is known of its incarnation is that it starts. */
    boolean isToldOf;

    FoldedPlace(Node node) {
        this.node = node;
    }

    /** Whether it has the incarnation that this is about. */
    boolean hasIncarnation(Offender child) {
        return node.incarnation().isPresent()
                && child.handle()
                        .filter(handle ->
                                handle.incarnation() == node.incarnation().getAsLong())
                        .isPresent();
    }

    /** Whether it has ended, and is to be up again. */
    boolean isOnItsWay() {
        return node.state() == State.RESTARTING || (startsAgain && node.state() == State.STARTING);
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
