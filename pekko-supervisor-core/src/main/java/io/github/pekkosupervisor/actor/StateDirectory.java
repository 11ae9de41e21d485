package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.ProcessSpec.WhenSupervisorDies;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import io.github.pekkosupervisor.spec.TreePath;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorSystem;

/** Where a tree writes down the processes that are to outlive its JVM: given with its options, or in its settings. */
final class StateDirectory {

    private static final String SETTING = "pekko-supervisor.state-directory";

    private static final String OF_A_TEMPLATE =
            "all children of a template have its id, so the next JVM could not tell whose process is whose; start them as"
                    + " children of a dynamic supervisor, each with an id of its own, or let them end with this JVM (kill)";

    private StateDirectory() {}

    /**
     * Where it is; empty if the tree has none.
     *
     * @throws InvalidSpecException if a process is to be kept whose streams would break with this JVM
     */
    static Optional<Path> of(Optional<Path> given, SupervisorSpec spec, ActorSystem<?> system) {
        String setting = system.settings().config().getString(SETTING);
        Optional<Path> path = given.isPresent() || setting.isEmpty() ? given : Optional.of(Path.of(setting));
        List<Problem> problems = path.isPresent() ? problems(spec) : List.of();
        if (!problems.isEmpty()) {
            throw new InvalidSpecException(problems);
        }
        return path;
    }

    /** Of all supervisors that are known beforehand; a child of another is refused when it is started. */
    static List<Problem> problems(SupervisorSpec spec) {
        record Place(SupervisorSpec spec, String path) {}
        List<Problem> problems = new ArrayList<>();
        Deque<Place> all = new ArrayDeque<>(List.of(new Place(spec, TreePath.TOP)));
        for (Place place = all.poll(); place != null; place = all.poll()) {
            for (ChildSpec child : place.spec().children()) {
                String path = SpecCheck.place(place.path(), child.id(), 0);
                if (child.kind() instanceof SupervisorKind supervisor && supervisor.known() != null) {
                    all.add(new Place(supervisor.known(), path));
                } else if (child.kind() instanceof ProcessKind process) {
                    problem(process.spec(), path).ifPresent(problems::add);
                    if (place.spec().strategy() == Strategy.SIMPLE_ONE_FOR_ONE && isKept(process.spec())) {
                        problems.add(new Problem(path, "invalid_when_supervisor_dies", "keep", OF_A_TEMPLATE));
                    }
                }
            }
        }
        return problems;
    }

    private static Optional<Problem> problem(ProcessSpec process, String path) {
        return isKept(process)
                ? process.breaksWithThisJvm().map(why -> new Problem(path, "invalid_stdio", "keep", why))
                : Optional.empty();
    }

    private static boolean isKept(ProcessSpec process) {
        return process.whenSupervisorDies() == WhenSupervisorDies.KEEP;
    }
}
