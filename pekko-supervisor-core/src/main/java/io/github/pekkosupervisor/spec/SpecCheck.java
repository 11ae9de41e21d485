package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that is wrong with specifications, by OTP's names where OTP has one. As OTP {@code supervisor},
 * {@code check_flags} and {@code check_childspecs}, but it goes on after the first problem and down the whole tree.
 */
public final class SpecCheck {

    /** Longer ids would make every report unreadable. */
    static final int LONGEST_ID = 1024;

    private static final int LONGEST_VALUE = 80;

    /** Each supervisor knows its path, and says it in each line of the log: deeper trees cost more with each level. */
    public static final int MOST_LEVELS = 10_000;

    private static final int LONGEST_PATH = 100_000;

    private final String path;
    private final int level;
    private final Walk walk;

    /** Problems, and checks of supervisors below, in the order that they are to be told in. */
    private final List<Object> found = new ArrayList<>();

    /** What is still to be looked at, and what has been: a tree may be deeper than a stack. */
    private record Walk(Deque<Runnable> left, List<SupervisorSpec> seen) {}

    private SpecCheck(String path, int level, Walk walk) {
        this.path = path;
        this.level = level;
        this.walk = walk;
    }

    private SpecCheck(String path) {
        this(path, TreePath.level(path), new Walk(new ArrayDeque<>(), new ArrayList<>()));
    }

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

    private void all(@Nullable SupervisorSpec spec) {
        if (spec == null) {
            add(path, "invalid_type", "null", "the supervisor has no specification; give one");
        } else if (spec != SupervisorSpec.ignore() && place()) {
            walk.seen().add(spec);
            flags(spec);
            children(spec);
        }
    }

    /** Whether a supervisor may be here. */
    private boolean place() {
        if (level > MOST_LEVELS) {
            add(
                    shortened(path),
                    "too_deep",
                    level,
                    "supervisors may be nested " + MOST_LEVELS + " levels deep, this is one more; if it contains itself"
                            + " there is no end of it, else put more children into each");
            return false;
        }
        if (path.length() > LONGEST_PATH) {
            add(
                    shortened(path),
                    "too_deep",
                    path.length() + " characters",
                    "the ids on the way to a supervisor may have " + LONGEST_PATH
                            + " characters in all, here it is more; shorten them");
            return false;
        }
        return true;
    }

    /** Goes through what is left, and returns everything. What is found right need not be looked at again. */
    private List<Problem> problems() {
        for (Runnable next = walk.left().poll();
                next != null;
                next = walk.left().poll()) {
            next.run();
        }
        List<Problem> all = new ArrayList<>();
        Deque<Iterator<Object>> open = new ArrayDeque<>();
        open.push(found.iterator());
        while (!open.isEmpty()) {
            if (!open.element().hasNext()) {
                open.pop();
                continue;
            }
            Object next = open.element().next();
            if (next instanceof SpecCheck below) {
                open.push(below.found.iterator());
            } else {
                all.add((Problem) next);
            }
        }
        if (all.isEmpty()) {
            walk.seen().forEach(SupervisorSpec::isRight);
        }
        return all;
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

    /** What is wrong with children that stay as they are under a running supervisor's new specification. */
    public static List<Problem> staying(List<ChildSpec> children, SupervisorSpec then, String path) {
        SpecCheck check = new SpecCheck(path);
        if (then.hasUnlimitedRestarts()) {
            children.forEach(child -> check.restarts(then, child, 0));
        }
        return check.problems();
    }

    private static boolean isOneOfTwo(SupervisorSpec now, SupervisorSpec then) {
        return now.strategy().isDynamic() && now.strategy() != then.strategy();
    }

    /** One child, for a supervisor that runs. */
    public static List<Problem> child(@Nullable ChildSpec spec, String path, SupervisorSpec supervisor) {
        SpecCheck check = new SpecCheck(path);
        check.child(spec, 0, supervisor.autoShutdown());
        check.restarts(supervisor, spec, 0);
        return check.problems();
    }

    /** One child, for a supervisor of which only this is known. */
    static List<Problem> child(@Nullable ChildSpec spec, String path, AutoShutdown autoShutdown) {
        SpecCheck check = new SpecCheck(path);
        check.child(spec, 0, autoShutdown);
        return check.problems();
    }

    private void add(String where, String error, @Nullable Object value, String message) {
        found.add(new Problem(where, error, shortened(value), message));
    }

    private static String shortened(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= LONGEST_VALUE ? text : text.substring(0, LONGEST_VALUE) + "...";
    }

    // ---- flags

    private void flags(SupervisorSpec spec) {
        if (spec.givenStrategy() == null) {
            add(path, "invalid_strategy", "null", "the strategy is missing; use for example Strategy.ONE_FOR_ONE");
        }
        if (spec.intensity() < 0) {
            add(
                    path,
                    "invalid_intensity",
                    spec.intensity(),
                    "the intensity must not be negative, was " + spec.intensity()
                            + "; use 0 to allow no restart at all");
        }
        Duration period = spec.givenPeriod();
        if (isNotPositive(period)) {
            add(path, "invalid_period", period, "the period must be more than zero, was " + period + "; OTP uses PT5S");
        }
        if (spec.givenAutoShutdown() == null) {
            add(path, "invalid_auto_shutdown", "null", "auto shutdown is missing; use AutoShutdown.NEVER");
        }
        if (spec.strategy().isDynamic()) {
            dynamicFlags(spec);
        } else {
            orderedFlags(spec);
        }
    }

    private void dynamicFlags(SupervisorSpec spec) {
        if (spec.autoShutdown() != AutoShutdown.NEVER) {
            add(
                    path,
                    "bad_combination",
                    spec.autoShutdown(),
                    "auto shutdown " + spec.autoShutdown() + " is not possible with strategy " + spec.strategy()
                            + "; use AutoShutdown.NEVER");
        }
        int most = spec.maxChildren().orElse(1);
        if (most < 1) {
            add(
                    path,
                    "invalid_max_children",
                    most,
                    "the most children must be at least 1, was " + most + "; leave it out for no limit");
        }
        int given = spec.children().size();
        if (spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE && given != 1) {
            add(
                    path,
                    "bad_start_spec",
                    given + " specifications",
                    "simple one for one needs exactly one template, has " + given);
        }
        if (spec.strategy() == Strategy.DYNAMIC && given != 0) {
            add(
                    path,
                    "bad_start_spec",
                    given + " specifications",
                    "a dynamic supervisor begins without children, has " + given + "; start them by calls");
        }
    }

    private void orderedFlags(SupervisorSpec spec) {
        if (spec.maxChildren().isPresent()) {
            add(
                    path,
                    "bad_combination",
                    spec.maxChildren().getAsInt(),
                    "only dynamic supervisors have a limit of children, this one is " + spec.strategy()
                            + "; remove it");
        }
        if (!spec.extraArguments().isEmpty()) {
            add(
                    path,
                    "bad_combination",
                    spec.extraArguments().size() + " arguments",
                    "only children of dynamic supervisors have extra arguments, this one is " + spec.strategy()
                            + "; remove them");
        }
    }

    // ---- children

    private void children(SupervisorSpec spec) {
        Set<String> ids = new HashSet<>();
        int index = 0;
        for (ChildSpec child : spec.children()) {
            child(child, index, spec.autoShutdown());
            restarts(spec, child, index);
            String id = child == null ? null : child.givenId();
            if (id != null && !ids.add(id)) {
                add(
                        where(id, index),
                        "duplicate_child_name",
                        id,
                        named(id) + " comes twice; ids are unique in a supervisor");
            }
            index++;
        }
    }

    private void child(@Nullable ChildSpec child, int index, AutoShutdown autoShutdown) {
        if (child == null) {
            add(
                    where(null, index),
                    "invalid_child_spec",
                    "null",
                    "child number " + (index + 1) + " is null; remove it or give a specification");
            return;
        }
        String id = child.givenId();
        String where = where(id, index);
        if (isPlain(child)) {
            kind(child.kind(), where);
            return;
        }
        String name = named(id, index);
        id(id, where, name);
        start(child, where, name);
        restart(child, where, name);
        significance(child, autoShutdown, where, name);
        shutdown(child.givenShutdown(), where, name);
        delay(child, where, name);
    }

    private void kind(ChildKind kind, String where) {
        found.addAll(kind.problems(where));
        SupervisorSpec known = kind instanceof SupervisorKind supervisor ? supervisor.known() : null;
        if (known != null) {
            SpecCheck below = new SpecCheck(where, level + 1, walk);
            found.add(below);
            walk.left().add(() -> below.all(known));
        }
    }

    /** Whether there is nothing to say but what its kind knows; so it is for all but a few of a hundred thousand. */
    private static boolean isPlain(ChildSpec child) {
        String id = child.givenId();
        return id != null
                && !id.isEmpty()
                && id.length() <= LONGEST_ID
                && child.givenKind() != null
                && !isNotPositive(child.givenStartTimeout())
                && child.givenRestart() != null
                && child.givenOnAbandon() != null
                && !child.significant()
                && !isBad(child.givenShutdown())
                && !child.hasRestartDelay();
    }

    private static boolean isBad(@Nullable Shutdown shutdown) {
        return shutdown == null || (shutdown instanceof Shutdown.Timeout timeout && isNotPositive(timeout.within()));
    }

    private String where(@Nullable String id, int index) {
        return place(path, id, index);
    }

    /** The path of a child, whatever its id is. */
    public static String place(String above, @Nullable String id, int index) {
        return TreePath.below(above, id == null || id.isEmpty() ? "[" + index + "]" : shortened(id));
    }

    private static String named(@Nullable String id, int index) {
        return id == null ? "child number " + (index + 1) : named(id);
    }

    private static String named(String id) {
        return "child \"" + shortened(id) + "\"";
    }

    private void id(@Nullable String id, String where, String name) {
        if (id == null) {
            add(where, "missing_id", "null", name + " has no id; give it one that is unique in its supervisor");
        } else if (id.isEmpty()) {
            add(where, "invalid_id", "", name + ": the id is empty; any text will do");
        } else if (id.length() > LONGEST_ID) {
            add(
                    where,
                    "invalid_id",
                    id,
                    name + ": the id has " + id.length() + " characters, " + LONGEST_ID + " are the most; shorten it");
        }
    }

    private void start(ChildSpec child, String where, String name) {
        ChildKind kind = child.givenKind();
        if (kind == null) {
            add(
                    where,
                    "missing_start",
                    "null",
                    name + " has nothing to start; give a behavior, a function or a specification and not null");
        } else {
            kind(kind, where);
        }
        var limit = child.givenStartTimeout();
        if (isNotPositive(limit)) {
            add(
                    where,
                    "invalid_start_timeout",
                    limit,
                    name + ": the start timeout must be more than zero, was " + limit
                            + "; use withoutStartTimeout() for no limit");
        }
    }

    private void restart(ChildSpec child, String where, String name) {
        if (child.givenRestart() == null) {
            add(
                    where,
                    "invalid_restart_type",
                    "null",
                    name + ": the restart type is missing; use for example PERMANENT");
        }
        if (child.givenOnAbandon() == null) {
            add(
                    where,
                    "invalid_on_abandon",
                    "null",
                    name + ": what to do when it is abandoned is missing; use CONTINUE");
        }
    }

    private void significance(ChildSpec child, AutoShutdown autoShutdown, String where, String name) {
        if (!child.significant()) {
            return;
        }
        if (autoShutdown == AutoShutdown.NEVER) {
            add(
                    where,
                    "bad_combination",
                    "auto_shutdown never, significant true",
                    name
                            + " is significant under a supervisor that never shuts down by itself; use withAutoShutdown, or"
                            + " withSignificant(false)");
        } else if (child.restart() == RestartType.PERMANENT) {
            add(
                    where,
                    "bad_combination",
                    "restart permanent, significant true",
                    name + " is significant and permanent, so it would never end; make it transient or temporary");
        }
    }

    private void shutdown(@Nullable Shutdown shutdown, String where, String name) {
        if (isBad(shutdown)) {
            Object value = shutdown instanceof Shutdown.Timeout timeout ? timeout.within() : "null";
            add(
                    where,
                    "invalid_shutdown",
                    value,
                    name + ": shutdown timeout must be positive, was " + value
                            + "; use Shutdown.brutalKill() to kill at once");
        }
    }

    private void delay(ChildSpec child, String where, String name) {
        RestartDelay delay = child.givenRestartDelay();
        if (delay == null) {
            add(where, "invalid_restart_delay", "null", name + ": the restart delay is null; leave it out for none");
            return;
        }
        String wrong = child.hasRestartDelay() ? wrongWith(delay) : null;
        if (wrong != null) {
            add(where, "invalid_restart_delay", delay, name + ": the restart delay's " + wrong);
        }
    }

    private static @Nullable String wrongWith(RestartDelay delay) {
        if (isNotPositive(delay.min())) {
            return "min must be more than zero, was " + delay.min() + "; leave the delay out for none";
        }
        if (delay.max() == null || delay.max().compareTo(delay.min()) < 0) {
            return "max must be at least min, " + delay.min() + ", was " + delay.max();
        }
        if (delay.max().compareTo(RestartDelay.LONGEST) > 0) {
            return "max must be at most " + RestartDelay.LONGEST.toDays() + " days, was " + delay.max();
        }
        if (!(delay.factor() >= 1)) {
            return "factor must be at least 1, was " + delay.factor() + "; 1 keeps the wait the same";
        }
        if (!(delay.jitter() >= 0 && delay.jitter() <= 1)) {
            return "jitter must be from 0 to 1, was " + delay.jitter() + "; 0.2 is a fifth of the wait";
        }
        if (isNotPositive(delay.resetAfter())) {
            return "resetAfter must be more than zero, was " + delay.resetAfter();
        }
        return null;
    }

    /** Whether it can be restarted under this supervisor as the two of them say. */
    private void restarts(SupervisorSpec spec, @Nullable ChildSpec child, int index) {
        if (child == null) {
            return;
        }
        if (spec.hasUnlimitedRestarts()) {
            waits(child, index);
        } else if (child.hasRestartDelay()) {
            canGiveUp(spec, child, index);
        }
    }

    /** Whether it waits before it is started again, under a supervisor that never gives up. */
    private void waits(ChildSpec child, int index) {
        if (!child.hasRestartDelay() && child.restart() != RestartType.TEMPORARY) {
            add(
                    where(child.givenId(), index),
                    "bad_combination",
                    "unlimited restarts, no restart delay",
                    named(child.givenId(), index)
                            + " does not wait before it is started again, and its supervisor never gives up, so it could"
                            + " be started in a tight loop for ever; give it withRestartDelay, make it temporary, or limit"
                            + " the restarts by withIntensity");
        }
    }

    /** Whether so many restarts can fall into one period at all. */
    private void canGiveUp(SupervisorSpec spec, ChildSpec child, int index) {
        RestartDelay delay = child.givenRestartDelay();
        Duration period = spec.givenPeriod();
        if (delay == null || wrongWith(delay) != null || period == null) {
            return;
        }
        if (spec.intensity() > 0 && delay.shortestSum(spec.intensity()) >= nanos(period)) {
            add(
                    where(child.givenId(), index),
                    "bad_combination",
                    delay,
                    named(child.givenId(), index)
                            + " waits so long between restarts that " + (spec.intensity() + 1L) + " never fall into "
                            + period + ", so its supervisor could never give up; shorten the delay, lower the"
                            + " intensity, lengthen the period, or say so by withUnlimitedRestarts()");
        }
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }

    private static boolean isNotPositive(@Nullable Duration duration) {
        return duration == null || duration.isZero() || duration.isNegative();
    }
}
