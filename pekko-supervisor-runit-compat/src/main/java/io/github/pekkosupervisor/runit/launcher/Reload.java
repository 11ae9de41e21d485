package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.SupervisionTree;
import io.github.pekkosupervisor.protocol.SupervisorRef;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.RenewResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.StartFailed;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Performs what {@link ReloadRule} has decided, one step after the other, by the calls that any application has. */
final class Reload {

    private final SupervisionTree tree;
    private final SupervisorSpec spec;

    /** What has been done, and what has not; only the present step writes to them. */
    private final List<String> done = new ArrayList<>();

    private final List<String> troubles = new ArrayList<>();
    private ReloadRule.Group applied;

    /**
     * What came of it.
     *
     * @param done in words, for one line; empty if there was nothing to do
     * @param troubles what was not done, a line each
     * @param applied the tree as it is now: one that could not be started is to be tried the next time
     */
    record Outcome(List<String> done, List<String> troubles, ReloadRule.Group applied) {
        /** Copies. */
        Outcome {
            done = List.copyOf(done);
            troubles = List.copyOf(troubles);
        }
    }

    private Reload(SupervisionTree tree, SupervisorSpec spec, ReloadRule.Group now) {
        this.tree = tree;
        this.spec = spec;
        this.applied = now;
    }

    /**
     * Begins.
     *
     * @param spec the new one
     * @param before the tree as it is
     * @param now as it is to be
     */
    static CompletionStage<Outcome> perform(
            SupervisionTree tree, SupervisorSpec spec, ReloadRule.Group before, ReloadRule.Group now) {
        Reload reload = new Reload(tree, spec, now);
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (ReloadRule.Step step : ReloadRule.steps(before, now)) {
            all = all.thenCompose(previous -> reload.perform(step));
        }
        return all.thenApply(over -> new Outcome(reload.done, reload.troubles, reload.applied));
    }

    private CompletionStage<Void> perform(ReloadRule.Step step) {
        List<String> ids = step.supervisor();
        CompletionStage<Optional<SupervisorRef>> found = ids.isEmpty()
                ? CompletableFuture.completedFuture(Optional.of(tree.root()))
                : tree.supervisor(ids.toArray(String[]::new));
        return found.thenCompose(supervisor -> {
            if (supervisor.isPresent()) {
                return perform(step, supervisor.get());
            }
            if (step instanceof ReloadRule.Reconfigure) {
                done.add(path(ids) + " is down, and is another at its next start");
            }
            return CompletableFuture.completedFuture(null);
        });
    }

    private CompletionStage<Void> perform(ReloadRule.Step step, SupervisorRef supervisor) {
        if (step instanceof ReloadRule.Forget forget) {
            return supervisor
                    .terminateChild(forget.id())
                    .thenCompose(stopped -> supervisor.deleteChild(forget.id()))
                    .thenAccept(deleted -> note("stopped", forget.supervisor(), forget.id(), deleted));
        }
        if (step instanceof ReloadRule.Reconfigure other) {
            return supervisor.reconfigure(specOf(step.supervisor())).thenAccept(changed -> {
                if (changed == SupervisorResult.Ok.INSTANCE) {
                    reconfigured(other);
                } else {
                    troubles.add(path(step.supervisor()) + " has not taken its new specification: " + changed);
                }
            });
        }
        if (step instanceof ReloadRule.Start start) {
            return supervisor
                    .restartChild(start.id())
                    .thenAccept(started -> note("started", start.supervisor(), start.id(), started));
        }
        ReloadRule.Renew renew = (ReloadRule.Renew) step;
        return supervisor.renewChild(renew.id()).thenCompose(renewed -> renewed(supervisor, renew, renewed));
    }

    /** Whoever is started or stopped as well is told of for himself. */
    private void reconfigured(ReloadRule.Reconfigure step) {
        String supervisor = path(step.supervisor());
        if (step.isOther()) {
            done.add("changed the rules of " + supervisor);
        }
        if (step.isOrdered()) {
            done.add("changed the order of the children of " + supervisor);
        }
        step.children().forEach(id -> done.add("changed the rules of " + TreePath.below(supervisor, id)));
    }

    private CompletionStage<Void> renewed(SupervisorRef supervisor, ReloadRule.Renew renew, RenewResult result) {
        List<String> above = renew.supervisor();
        if (result == SupervisorResult.Restarting.INSTANCE) {
            // it waits, perhaps for what has just been mended
            return supervisor.startNow(renew.id()).thenAccept(started -> note("renewed", above, renew.id(), started));
        }
        if (result != SupervisorResult.NotRunning.INSTANCE && result != SupervisorResult.NotKept.INSTANCE) {
            note("renewed", above, renew.id(), result);
            return CompletableFuture.completedFuture(null);
        }
        boolean isOneshot = specOf(above).children().stream()
                .anyMatch(child ->
                        child.id().equals(renew.id()) && child.kind().oneshot().isPresent());
        if (isOneshot) {
            return supervisor
                    .restartChild(renew.id())
                    .thenAccept(started -> note("run again", above, renew.id(), started));
        }
        done.add(TreePath.below(path(above), renew.id()) + " is down, and is another at its next start");
        return CompletableFuture.completedFuture(null);
    }

    private void note(String what, List<String> supervisor, String id, Object result) {
        String child = TreePath.below(path(supervisor), id);
        if (result instanceof StartFailed failed) {
            troubles.add(child + " could not be started: " + failed.reason().inWords());
            if (!what.equals("renewed")) {
                applied = applied.without(supervisor, id);
            }
        } else if (result == SupervisorResult.SupervisorGone.INSTANCE) {
            troubles.add(child + " was not " + what + ", since its supervisor has ended");
        } else {
            done.add(what + " " + child);
        }
    }

    /** The new specification of a supervisor. */
    private SupervisorSpec specOf(List<String> ids) {
        SupervisorSpec at = spec;
        for (String id : ids) {
            at = at.children().stream()
                    .filter(child -> child.id().equals(id))
                    .map(Reload::below)
                    .findFirst()
                    .orElseThrow();
        }
        return at;
    }

    private static SupervisorSpec below(ChildSpec child) {
        SupervisorSpec known = child.kind() instanceof SupervisorKind kind ? kind.known() : null;
        if (known == null) {
            throw new IllegalStateException(child.id() + " is no supervisor of the file");
        }
        return known;
    }

    private static String path(List<String> ids) {
        String path = TreePath.TOP;
        for (String id : ids) {
            path = TreePath.below(path, id);
        }
        return path;
    }
}
