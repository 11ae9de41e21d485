package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import io.github.pekkosupervisor.protocol.ProcessNotified;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.rule.Incarnation;
import io.github.pekkosupervisor.rule.Scope;
import io.github.pekkosupervisor.rule.Sight;
import io.github.pekkosupervisor.rule.SupervisorRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers for one supervisor when it is looked at, which does not wait for its turn, and asks those of its children
 * that know more of themselves than it does. Belongs to the supervisor's actor.
 */
final class Looks {

    private final TreeContext around;
    private final ChildRunner.Registry runners;
    private final SupervisorRule rule;

    /** Who is being asked, by whom. */
    private final Map<LiveChild, List<Look>> asked = new HashMap<>();

    Looks(TreeContext around, ChildRunner.Registry runners, SupervisorRule rule) {
        this.around = around;
        this.runners = runners;
        this.rule = rule;
    }

    /** It is looked at. */
    void answer(SupervisorMessage.LookAt request) {
        asked.values().removeIf(looks -> looks.stream().allMatch(Look::isOver));
        Sight sight = rule.look(
                request.scope(), around.clock()::instant, around.clock().now());
        List<Node> nodes = new ArrayList<>(sight.children().size());
        List<@Nullable Object> keys = new ArrayList<>(sight.children().size());
        List<Runnable> questions = new ArrayList<>();
        for (Sight.Seen seen : sight.children()) {
            Incarnation incarnation = seen.incarnation();
            nodes.add(incarnation == null ? seen.node() : withProcess(seen.node(), incarnation));
            LiveChild key = null;
            if (incarnation != null && incarnation.kind().isSeenByItself()) {
                key = question(request, seen.node(), incarnation, questions);
            }
            keys.add(key);
        }
        request.look().is(request.place(), sight.itself(), nodes, keys);
        questions.forEach(Runnable::run);
    }

    private static Node withProcess(Node node, Incarnation incarnation) {
        Optional<ProcessIdentity> process = incarnation.handle().process();
        if (process.isEmpty()) {
            return node;
        }
        Node seen = node.withProcess(process);
        return incarnation
                .handle()
                .notice()
                .map(notice -> ProcessNotified.seen(seen, notice))
                .orElse(seen);
    }

    /** Who is asked; null if nobody is. The question is put when it is known to whom an answer belongs. */
    private @Nullable LiveChild question(
            SupervisorMessage.LookAt request, Node node, Incarnation incarnation, List<Runnable> questions) {
        LiveChild child = (LiveChild) incarnation.handle();
        Scope below = request.scope().below(incarnation.kind().isSupervisor());
        if (below == null || !child.hasActor()) {
            return null;
        }
        Look look = request.look();
        Object message;
        if (incarnation.kind().isSupervisor()) {
            message = new SupervisorMessage.LookAt(look, child, below);
        } else {
            message = runners.of(incarnation.kind())
                    .snapshotRequest(new Place(look, child, node.path()))
                    .orElse(null);
        }
        if (message == null) {
            return null;
        }
        asked.computeIfAbsent(child, first -> new ArrayList<>(1)).add(look);
        questions.add(() -> child.ref().tell(message));
        return child;
    }

    /** Where one that is no supervisor answers. */
    private record Place(Look look, LiveChild child, String path) implements SnapshotPlace {
        @Override
        public void seen(String below) {
            look.sees(below);
        }

        @Override
        public void is(Node node) {
            look.is(child, node.path().equals(path) ? node : misplaced(node), List.of(), List.of());
        }

        private Node misplaced(Node node) {
            throw new IllegalArgumentException(
                    child + " was asked how it is at " + path + " and answers for " + node.path());
        }
    }

    /** A child has ended: what it was asked it will not answer. */
    void ended(LiveChild child) {
        List<Look> looks = asked.isEmpty() ? null : asked.remove(child);
        if (looks != null) {
            looks.forEach(look -> look.gone(child));
        }
    }

    /** The supervisor has ended. */
    void close() {
        List.copyOf(asked.keySet()).forEach(this::ended);
    }
}
