package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that is wrong with specifications, by OTP's names where OTP has one. As OTP {@code supervisor},
 * {@code check_childspecs}, but it goes on after the first problem and down the whole tree. Whatever starts a tree does
 * it first.
 */
public final class SpecCheck {

    /** Each supervisor knows its path, and says it in each line of the log: deeper trees cost more with each level. */
    public static final int MOST_LEVELS = 10_000;

    private static final int LONGEST_PATH = 100_000;
    private static final String TOP = "/";

    private final String path;
    private final int level;
    private final Walk walk;
    private final Findings found;
    private final ChildCheck childCheck;

    /** What is still to be looked at, and what has been: a tree may be deeper than a stack. */
    private record Walk(Deque<Runnable> left, List<SupervisorSpec> seen, Wording words) {}

    private SpecCheck(String path, int level, Walk walk) {
        this.path = path;
        this.level = level;
        this.walk = walk;
        this.found = new Findings(walk.words());
        this.childCheck = new ChildCheck(path, found, this::kind);
    }

    private SpecCheck(String path) {
        this(path, Wording.JAVA);
    }

    private SpecCheck(String path, Wording words) {
        this(path, TreePath.level(path), new Walk(new ArrayDeque<>(), new ArrayList<>(), words));
    }

    // ---- for everybody

    /**
     * Checks a whole tree.
     *
     * @throws InvalidSpecException listing all that is wrong
     */
    public static void check(SupervisorSpec spec) {
        if (!spec.isChecked()) {
            List<Problem> problems = problems(spec);
            if (!problems.isEmpty()) {
                throw new InvalidSpecException(problems);
            }
        }
    }

    /** All that is wrong in a whole tree; empty if nothing is. */
    public static List<Problem> problems(SupervisorSpec spec) {
        return supervisor(spec, TOP);
    }

    /** All that is wrong in a whole tree that comes from somewhere else than Java. */
    public static List<Problem> problems(SupervisorSpec spec, Wording words) {
        SpecCheck check = new SpecCheck(TOP, words);
        check.all(spec);
        return check.problems();
    }

    /** All that is wrong with a child under a supervisor with this automatic shutdown. */
    public static List<Problem> problems(ChildSpec spec, AutoShutdown autoShutdown) {
        SpecCheck check = new SpecCheck(TOP);
        check.childCheck.check(spec, 0, autoShutdown);
        return check.problems();
    }

    // ---- for supervisors

    /** A supervisor with all below it. */
    public static List<Problem> supervisor(@Nullable SupervisorSpec spec, String path) {
        SpecCheck check = new SpecCheck(path);
        check.all(spec);
        return check.problems();
    }

    /** The place alone of a supervisor that has been checked otherwise. */
    public static List<Problem> place(String path) {
        SpecCheck check = new SpecCheck(path);
        check.place();
        return check.problems();
    }

    /** What is wrong with a running supervisor's new specification. */
    public static List<Problem> change(SupervisorSpec now, SupervisorSpec then, String path) {
        List<Problem> problems = new ArrayList<>(supervisor(then, path));
        if (now.strategy().isDynamic() != then.strategy().isDynamic() || isOneOfTwo(now, then)) {
            problems.add(new Problem(
                    path,
                    "bad_combination",
                    then.strategy().name(),
                    "a running supervisor cannot change from " + now.strategy() + " to " + then.strategy()
                            + "; start another one"));
        }
        return problems;
    }

    private static boolean isOneOfTwo(SupervisorSpec now, SupervisorSpec then) {
        return now.strategy().isDynamic() && now.strategy() != then.strategy();
    }

    /** What is wrong with children that stay as they are under a running supervisor's new specification. */
    public static List<Problem> staying(List<ChildSpec> children, SupervisorSpec then, String path) {
        SpecCheck check = new SpecCheck(path);
        if (then.hasUnlimitedRestarts()) {
            children.forEach(child -> check.childCheck.restarts(then, child, 0));
        }
        return check.problems();
    }

    /** One child, for a supervisor that runs. */
    public static List<Problem> child(@Nullable ChildSpec spec, String path, SupervisorSpec supervisor) {
        SpecCheck check = new SpecCheck(path);
        check.childCheck.check(spec, 0, supervisor.autoShutdown());
        check.childCheck.restarts(supervisor, spec, 0);
        return check.problems();
    }

    /** The path of a child, whatever its id is. */
    public static String place(String above, @Nullable String id, int index) {
        return ChildCheck.place(above, id, index);
    }

    // ---- a tree

    private void all(@Nullable SupervisorSpec spec) {
        if (spec == null) {
            found.add(path, "invalid_type", "null", "the supervisor has no specification; give one");
        } else if (spec != SupervisorSpec.ignore() && place()) {
            walk.seen().add(spec);
            new FlagsCheck(path, found).check(spec);
            children(spec);
        }
    }

    /** Whether a supervisor may be here. */
    private boolean place() {
        if (level > MOST_LEVELS) {
            found.add(
                    Findings.shortened(path),
                    "too_deep",
                    level,
                    "supervisors may be nested " + MOST_LEVELS + " levels deep, this is one more; if it contains itself"
                            + " there is no end of it, else put more children into each");
            return false;
        }
        if (path.length() > LONGEST_PATH) {
            found.add(
                    Findings.shortened(path),
                    "too_deep",
                    path.length() + " characters",
                    "the ids on the way to a supervisor may have " + LONGEST_PATH
                            + " characters in all, here it is more; shorten them");
            return false;
        }
        return true;
    }

    private void children(SupervisorSpec spec) {
        Set<String> ids = new HashSet<>();
        int index = 0;
        for (ChildSpec child : spec.children()) {
            childCheck.check(child, index, spec.autoShutdown());
            childCheck.restarts(spec, child, index);
            String id = child == null ? null : child.givenId();
            if (id != null && !ids.add(id)) {
                childCheck.comesTwice(id, index);
            }
            index++;
        }
    }

    /** What a child is made from, and all below it if it is a supervisor. */
    private void kind(ChildKind kind, String where) {
        found.addAll(kind.problems(where, found.words()));
        SupervisorSpec known =
                MistakenKind.known(kind) instanceof SupervisorKind supervisor ? supervisor.known() : null;
        if (known != null) {
            SpecCheck below = new SpecCheck(where, level + 1, walk);
            found.add(below.found);
            walk.left().add(() -> below.all(known));
        }
    }

    /** Goes through what is left, and returns everything. What is found right need not be looked at again. */
    private List<Problem> problems() {
        for (Runnable next = walk.left().poll();
                next != null;
                next = walk.left().poll()) {
            next.run();
        }
        List<Problem> all = found.problems();
        if (all.isEmpty()) {
            walk.seen().forEach(SupervisorSpec::isRight);
        }
        return all;
    }
}
