package io.github.pekkosupervisor.runit.launcher;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What follows when the file of a tree has been changed and is read again: who is stopped, started and renewed, in
 * order, and who is left alone. All of that, and nothing else, is decided here; {@link Reload} performs it.
 *
 * <p>Supervisor by supervisor, from the top: children that the file has no more are stopped, the last one first; then
 * the supervisor has its new specification; then, in the order of the new file, children that are new are started, and
 * those that have become others are renewed, with the siblings that their supervisor's strategy restarts with them. Of
 * a child for which only the rules have changed that its supervisor goes by, such as {@code restart} or
 * {@code shutdown}, nothing is restarted. A supervisor is never restarted for what has changed below it, unless it is
 * of another kind.
 */
final class ReloadRule {

    private static final String SUPERVISOR = "supervisor";
    private static final String CHILDREN = "children";
    private static final String STRATEGY = "strategy";

    /** By which its supervisor goes; the child itself knows nothing of them. */
    private static final Set<String> RULES =
            Set.of("restart", "shutdown", "significant", "start-timeout", "kill-grace", "on-abandon", "restart-delay");

    /** A child has one of these, if it is no supervisor. */
    private static final Set<String> KINDS = Set.of("process", "service-directory", "services-directory");

    private ReloadRule() {}

    // ---- what a file says

    /** Whom a supervisor's strategy restarts with a child. */
    private enum Taken {
        NOBODY,
        LATER,
        ALL
    }

    /**
     * A supervisor as the file has it.
     *
     * @param flags all but its children
     */
    record Group(Map<String, ConfigValue> flags, List<Definition> children) {

        /** Copies. */
        Group {
            flags = Map.copyOf(flags);
            children = List.copyOf(children);
        }

        /** From a block that is right. */
        static Group of(ConfigObject block) {
            Map<String, ConfigValue> flags = new LinkedHashMap<>(block);
            flags.remove(CHILDREN);
            List<? extends ConfigObject> children =
                    block.containsKey(CHILDREN) ? block.toConfig().getObjectList(CHILDREN) : List.of();
            return new Group(flags, children.stream().map(Definition::of).toList());
        }

        private String strategy() {
            ConfigValue said = flags.get(STRATEGY);
            return said == null
                    ? "one-for-one"
                    : String.valueOf(said.unwrapped()).toLowerCase(Locale.ROOT);
        }

        private boolean isDynamic() {
            return strategy().equals("dynamic");
        }

        private Taken taken() {
            return switch (strategy()) {
                case "one-for-all" -> Taken.ALL;
                case "rest-for-one" -> Taken.LATER;
                default -> Taken.NOBODY;
            };
        }

        private Optional<Definition> child(String id) {
            return children.stream().filter(child -> child.id().equals(id)).findFirst();
        }

        private List<String> idsAlsoIn(Group other) {
            return children.stream()
                    .map(Definition::id)
                    .filter(id -> other.child(id).isPresent())
                    .toList();
        }

        /** The same as if the file had never had one of them. */
        Group without(List<String> supervisor, String id) {
            List<Definition> left = new ArrayList<>();
            for (Definition child : children) {
                boolean isIt = supervisor.isEmpty() && child.id().equals(id);
                boolean isAbove = !supervisor.isEmpty() && child.id().equals(supervisor.get(0));
                if (isAbove) {
                    left.add(child.with(child.below()
                            .map(below -> below.without(supervisor.subList(1, supervisor.size()), id))));
                } else if (!isIt) {
                    left.add(child);
                }
            }
            return new Group(flags, left);
        }
    }

    /**
     * A child as the file has it.
     *
     * @param what it is itself
     * @param rules that its supervisor goes by
     * @param below what it supervises, if it is a supervisor
     */
    record Definition(String id, Map<String, ConfigValue> what, Map<String, ConfigValue> rules, Optional<Group> below) {

        private static Definition of(ConfigObject block) {
            Map<String, ConfigValue> what = new LinkedHashMap<>(block);
            Map<String, ConfigValue> rules = new LinkedHashMap<>(block);
            what.keySet().removeAll(RULES);
            rules.keySet().retainAll(RULES);
            ConfigValue below = what.remove(SUPERVISOR);
            return new Definition(
                    block.toConfig().getString("id"),
                    what,
                    rules,
                    below instanceof ConfigObject supervisor ? Optional.of(Group.of(supervisor)) : Optional.empty());
        }

        private Definition with(Optional<Group> changed) {
            return new Definition(id, what, rules, changed);
        }

        /** Whether one can take the other's place only when that has been stopped for good. */
        private boolean isOfAnotherKind(Definition other) {
            return below.isPresent() != other.below.isPresent()
                    || isDynamic() != other.isDynamic()
                    || !kind().equals(other.kind());
        }

        private boolean isDynamic() {
            return below.isPresent() && below.get().isDynamic();
        }

        private Set<String> kind() {
            Set<String> kind = new TreeSet<>(what.keySet());
            kind.retainAll(KINDS);
            return kind;
        }
    }

    // ---- what is done

    /** One thing to be done, when the one before it has been. */
    sealed interface Step {
        /** The ids that lead to the supervisor from the top. */
        List<String> supervisor();
    }

    /** A child is stopped and forgotten. */
    record Forget(List<String> supervisor, String id) implements Step {}

    /**
     * A supervisor gets its new specification, by which nobody is started or stopped.
     *
     * @param isOther whether it goes by other rules itself
     * @param isOrdered whether children that stay have another order
     * @param children for which the rules have changed that it goes by
     */
    record Reconfigure(List<String> supervisor, boolean isOther, boolean isOrdered, List<String> children)
            implements Step {
        /** Copies. */
        Reconfigure {
            supervisor = List.copyOf(supervisor);
            children = List.copyOf(children);
        }

        private static Reconfigure of(List<String> path, Group before, Group now) {
            List<String> ruled = now.children().stream()
                    .filter(child -> before.child(child.id())
                            .filter(former -> !former.isOfAnotherKind(child)
                                    && !former.rules().equals(child.rules()))
                            .isPresent())
                    .map(Definition::id)
                    .toList();
            return new Reconfigure(
                    path,
                    !before.flags().equals(now.flags()),
                    !before.idsAlsoIn(now).equals(now.idsAlsoIn(before)),
                    ruled);
        }
    }

    /** A child that is new is started. */
    record Start(List<String> supervisor, String id) implements Step {}

    /** A child that runs gets a new incarnation, with those that the strategy takes along. */
    record Renew(List<String> supervisor, String id) implements Step {}

    /** Why there is no way from one to the other but an end and a new start; empty if there is one. */
    static Optional<String> refusal(Group before, Group now) {
        return before.isDynamic() == now.isDynamic()
                ? Optional.empty()
                : Optional.of("the top supervisor cannot become one with the strategy " + now.strategy()
                        + " while it runs; stop it and start it again");
    }

    /**
     * The paths of all that are ended and are to start again, be it below whom it may: those that are in both and have
     * become others, with all that is below these, and those that a strategy takes along.
     */
    static Set<String> ended(Group before, Group now) {
        Set<String> paths = new TreeSet<>();
        ended(TreePath.TOP, before, now, paths);
        return paths;
    }

    private static void ended(String path, Group before, Group now, Set<String> paths) {
        boolean isTakenAlong = isRenewed(before, now);
        for (Definition child : now.children()) {
            Optional<Definition> same = before.child(child.id());
            if (same.isEmpty()) {
                continue;
            }
            String itsPath = TreePath.below(path, child.id());
            boolean isOfAnotherKind = same.get().isOfAnotherKind(child);
            boolean isOther = isOfAnotherKind || !same.get().what().equals(child.what());
            if (isOther || isTakenAlong) {
                addAll(itsPath, child, paths);
                isTakenAlong |= !isOfAnotherKind && now.taken() != Taken.NOBODY;
            } else if (child.below().isPresent()) {
                ended(itsPath, same.get().below().orElseThrow(), child.below().get(), paths);
            }
        }
    }

    private static void addAll(String path, Definition child, Set<String> paths) {
        paths.add(path);
        child.below()
                .ifPresent(below ->
                        below.children().forEach(one -> addAll(TreePath.below(path, one.id()), one, paths)));
    }

    /** What leads from one tree to the other; nothing if they are the same. */
    static List<Step> steps(Group before, Group now) {
        List<Step> steps = new ArrayList<>();
        steps(List.of(), before, now, steps);
        return steps;
    }

    private static void steps(List<String> path, Group before, Group now, List<Step> steps) {
        if (before.equals(now)) {
            return;
        }
        List<Definition> old = before.children();
        for (int i = old.size() - 1; i >= 0; i--) {
            Definition child = old.get(i);
            Optional<Definition> next = now.child(child.id());
            if (next.isEmpty() || next.get().isOfAnotherKind(child)) {
                steps.add(new Forget(path, child.id()));
            }
        }
        steps.add(Reconfigure.of(path, before, now));
        boolean isTakenAlong = false;
        for (Definition child : now.children()) {
            Optional<Definition> same = before.child(child.id()).filter(former -> !former.isOfAnotherKind(child));
            if (same.isEmpty()) {
                steps.add(new Start(path, child.id()));
            } else if (!isTakenAlong && !same.get().what().equals(child.what())) {
                steps.add(new Renew(path, child.id()));
                isTakenAlong = now.taken() != Taken.NOBODY;
            } else if (!isTakenAlong && child.below().isPresent() && !isRenewed(before, now)) {
                steps(
                        below(path, child.id()),
                        same.get().below().orElseThrow(),
                        child.below().get(),
                        steps);
            }
        }
    }

    /** Whether all children are renewed, be they before the one that has changed or after it. */
    private static boolean isRenewed(Group before, Group now) {
        return now.taken() == Taken.ALL
                && now.children().stream()
                        .anyMatch(child -> before.child(child.id())
                                .filter(former -> !former.isOfAnotherKind(child))
                                .map(former -> !former.what().equals(child.what()))
                                .orElse(false));
    }

    private static List<String> below(List<String> path, String id) {
        List<String> further = new ArrayList<>(path);
        further.add(id);
        return List.copyOf(further);
    }
}
