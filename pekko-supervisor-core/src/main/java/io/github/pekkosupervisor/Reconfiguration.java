package io.github.pekkosupervisor;

import io.github.pekkosupervisor.SupervisorSpec.Strategy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** OTP's {@code code_change}: another specification for a supervisor that runs. Starts and stops nobody. */
final class Reconfiguration {

    private Reconfiguration() {}

    /** What the new specification comes to. */
    sealed interface Outcome {}

    /** Nothing changes. */
    record Answered(Object answer) implements Outcome {}

    /** This one counts from now on. */
    record Accepted(SupervisorSpec spec) implements Outcome {}

    /** Asks for the new specification and checks it against the one of now, and the children that stay. */
    static Outcome of(Callable<SupervisorSpec> init, SupervisorSpec spec, Children children, String path) {
        SupervisorSpec changed;
        try {
            changed = init.call();
        } catch (Throwable thrown) {
            return new Answered(new Supervisor.BadInit(ExitReason.crash(thrown)));
        }
        if (changed == null) {
            return new Answered(new Supervisor.BadInit(SupervisorActor.badReturn(path)));
        }
        if (changed == SupervisorSpec.IGNORE) {
            return new Answered(Supervisor.Ok.INSTANCE);
        }
        List<InvalidSpecException.Problem> problems = SpecCheck.change(spec, changed, path);
        if (problems.isEmpty()) {
            problems = SpecCheck.staying(staying(changed, children), changed, path);
        }
        return problems.isEmpty() ? new Accepted(changed) : new Answered(new Supervisor.InvalidSpec(problems));
    }

    /** The specifications that are kept, since the new one says nothing of those children. */
    private static List<ChildSpec> staying(SupervisorSpec changed, Children children) {
        if (changed.strategy() == Strategy.SIMPLE_ONE_FOR_ONE) {
            return List.of();
        }
        Set<String> given = changed.givenChildren().stream().map(ChildSpec::id).collect(Collectors.toSet());
        return children.list().stream()
                .map(child -> child.spec)
                .filter(spec -> !given.contains(spec.id()))
                .toList();
    }

    /** Gives the children what the new specification says of them; new ones are there, stopped. */
    static void apply(SupervisorSpec spec, Children children, Object owner) {
        if (!spec.strategy().isDynamic()) {
            reorder(spec.givenChildren(), children, owner);
        } else if (spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE) {
            ChildSpec template = spec.givenChildren().get(0);
            for (Child child = children.first(); child != null; child = child.next) {
                child.spec = child.isTemporary() ? template.spent() : template;
            }
        }
    }

    /** The new ones in their order, then those that are not among them. */
    private static void reorder(List<ChildSpec> wanted, Children children, Object owner) {
        Map<String, Child> known = new LinkedHashMap<>();
        for (Child child : children.list()) {
            known.put(child.id(), child);
            children.remove(child);
        }
        for (ChildSpec childSpec : wanted) {
            Child child = known.remove(childSpec.id());
            if (child == null) {
                child = new Child(owner, childSpec, List.of());
            } else {
                child.spec = child.isRunning() && childSpec.restart() == RestartType.TEMPORARY
                        ? childSpec.spent()
                        : childSpec;
            }
            children.addLast(child);
        }
        known.values().forEach(children::addLast);
    }
}
