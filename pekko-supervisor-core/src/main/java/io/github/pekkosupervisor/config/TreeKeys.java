package io.github.pekkosupervisor.config;

import static io.github.pekkosupervisor.config.Place.CHILD;
import static io.github.pekkosupervisor.config.Place.RESTART_DELAY;
import static io.github.pekkosupervisor.config.Place.SERVICE;
import static io.github.pekkosupervisor.config.Place.SERVICE_RESTART_DELAY;
import static io.github.pekkosupervisor.config.Place.SUPERVISOR;

import java.util.List;

/** The keys of supervisors and of children of any kind. */
final class TreeKeys {

    private static final String TIME = "a time with its unit";

    static final List<Key> ALL = List.of(
            // ---- a supervisor
            Key.of("strategy", "Which children are restarted when one has died.")
                    .values(
                            "one-for-one (it alone), one-for-all, rest-for-one (it and those after it), dynamic (children"
                                    + " are started by calls; none here)")
                    .limits(
                            "Too few: a child goes on with a neighbour that has forgotten it.",
                            "Too many: work is lost for nothing.")
                    .in(SUPERVISOR, "one-for-one"),
            Key.of(
                            "intensity",
                            "How many restarts are allowed within the period; one more, and the supervisor gives up. Of a"
                                    + " dynamic one 3 by default.")
                    .values(
                            "a number from 0, or infinite: it never gives up, and each child that is not temporary needs a"
                                    + " restart-delay")
                    .limits(
                            "Too low: a hiccup ends the tree.",
                            "Too high: a child that cannot run is started for ever.")
                    .like("StartLimitBurst, startretries")
                    .in(SUPERVISOR, "1"),
            Key.of("period", "The length of that window.")
                    .values(TIME)
                    .limits("Too short: slow failures are never noticed.", "Too long: failures of hours ago count.")
                    .like("StartLimitIntervalSec")
                    .in(SUPERVISOR, "5s"),
            Key.of("auto-shutdown", "Whether the supervisor ends when significant children have.")
                    .values("never, any-significant, all-significant")
                    .in(SUPERVISOR, "never"),
            Key.of("max-children", "With the strategy dynamic only: the most children there may be.")
                    .values("a number from 1")
                    .example("100")
                    .limits("Too low: starts are refused.", "Too high: nothing bounds what calls start.")
                    .orElse(SUPERVISOR, "no limit"),
            Key.of(
                            "children",
                            "What is supervised, in the order of the start. The top of a tree needs it, unless its strategy is"
                                    + " dynamic.")
                    .values("a list of blocks")
                    .in(SUPERVISOR, "[]"),
            // ---- a child
            Key.of("id", "Its name, unique in its supervisor.")
                    .values("text of 1 to 1024 characters")
                    .example("cache")
                    .orElse(CHILD, Key.NEEDED),
            Key.of(
                            "process",
                            "The child is an operating system process. A child is one of process, supervisor,"
                                    + " service-directory, services-directory, from-code.")
                    .values("a block")
                    .example("{ command = [redis-server] }")
                    .orElse(CHILD, "no process"),
            Key.of("supervisor", "The child is a supervisor.")
                    .values("a block")
                    .example("{ children = [] }")
                    .orElse(CHILD, "no supervisor"),
            Key.of(
                            "service-directory",
                            "The child is runit's, by the rules of its supervisor; a relative path is from where the JVM"
                                    + " was started. pekko-supervisor run and ServiceDirectories.read know it.")
                    .values("a path")
                    .example("/etc/sv/web")
                    .orElse(CHILD, "no service directory"),
            Key.of(
                            "services-directory",
                            "The child is a directory of service directories, each by runit's rules, as under runsvdir; its"
                                    + " path and who knows it are as with service-directory.")
                    .values("a path")
                    .example("/etc/service")
                    .orElse(CHILD, "no services directory"),
            Key.of("from-code", "The child is one that the application gives, of any kind.")
                    .values("the name that the application gives it by")
                    .example("api")
                    .orElse(CHILD, "not from code"),
            Key.of(
                            "restart",
                            "When it is started again. In a service directory one that is not is down, as after sv down, and"
                                    + " sv up or sv once start it; what sv restart or the like has ended is started again"
                                    + " whatever this says.")
                    .values("permanent (always), transient (after an abnormal end), temporary (never)")
                    .like("Restart")
                    .in(CHILD, "permanent")
                    .in(SERVICE, "permanent"),
            Key.of(
                            "shutdown",
                            "How long it may take to stop until it is killed. A supervisor's default is infinite,"
                                    + " that of service directories in a tree 7s.")
                    .values(TIME + ", brutal-kill for at once, or infinite")
                    .limits("Too short: killed at work.", "Too long: who stops the tree waits for a child that hangs.")
                    .like("TimeoutStopSec, timeout-kill")
                    .in(CHILD, "5s")
                    .notYet(SERVICE, "infinite, as runit", "sv force-stop kills it after a time"),
            Key.of("significant", "Whether its end may end its supervisor, see auto-shutdown.")
                    .values("true or false")
                    .in(CHILD, "false"),
            Key.of("start-timeout", "How long its start may take until it is acknowledged.")
                    .values(TIME + ", or infinite")
                    .example("30s")
                    .limits(
                            "Too short: a slow start counts as a failed one.",
                            "Too long: the whole tree waits for a child that hangs.")
                    .like("TimeoutStartSec")
                    .orElse(
                            CHILD,
                            "30s for what is from code; none for supervisors; for a process 15s more than its own"
                                    + " start-timeout, so that it can say what was wrong; none for a oneshot without one"),
            Key.of("kill-grace", "How long it may be there after KILL until it counts as abandoned.")
                    .values(TIME)
                    .example("1s")
                    .limits(
                            "Too short: one that a busy machine ends late is given up on.",
                            "Too long: who stops the tree waits for one that never ends.")
                    .like("timeout-kill")
                    .orElse(CHILD, "10s for processes and supervisors, 1s for what else is from code")
                    .notYet(SERVICE, "no limit, as runit", ""),
            Key.of("on-abandon", "What follows after it did not even end when killed.")
                    .values("continue (without it), escalate (give up)")
                    .in(CHILD, "continue"),
            Key.of(
                            "restart-delay",
                            "How long its restarts wait. In a service directory: after an end that nobody has asked for, in"
                                    + " place of runit's second; sv once, or sv down and sv up, end the wait.")
                    .values("a block")
                    .example("{ min = 200ms, max = 10s }")
                    .limits(
                            "Too short: a child that cannot run just now costs CPU.",
                            "Too long: it stays down when it could run.")
                    .like("RestartSec")
                    .orElse(CHILD, "restarts do not wait")
                    .orElse(SERVICE, "1s after a run of less than a second, as runit"),
            // ---- restart-delay
            Key.of("min", "The first wait.")
                    .values(TIME)
                    .example("200ms")
                    .limits("Too short: tries cost CPU.", "Too long: it stays down after each single failure.")
                    .orElse(RESTART_DELAY, Key.NEEDED)
                    .orElse(SERVICE_RESTART_DELAY, Key.NEEDED),
            Key.of("max", "The longest wait.")
                    .values(TIME + ", at least min, at most 100 days")
                    .example("10s")
                    .limits("Too short: tries cost CPU.", "Too long: it stays down when it could run.")
                    .orElse(RESTART_DELAY, "min")
                    .orElse(SERVICE_RESTART_DELAY, "min"),
            Key.of("factor", "What each wait is multiplied by for the next.")
                    .values("a number from 1")
                    .limits("Too low: tries cost CPU.", "Too high: the longest wait is reached at once.")
                    .in(RESTART_DELAY, "2")
                    .in(SERVICE_RESTART_DELAY, "2"),
            Key.of("jitter", "The share of a wait that is random.")
                    .values("a number from 0 to 1")
                    .limits(
                            "Too low: what failed together comes back together.",
                            "Too high: nobody knows when it comes back.")
                    .in(RESTART_DELAY, "0.2")
                    .in(SERVICE_RESTART_DELAY, "0.2"),
            Key.of("reset-after", "Who has run for so long waits min again.")
                    .values(TIME)
                    .example("10s")
                    .limits(
                            "Too short: who fails slowly never waits longer.",
                            "Too long: failures of hours ago make it wait.")
                    .orElse(RESTART_DELAY, "max")
                    .orElse(SERVICE_RESTART_DELAY, "max"));

    private TreeKeys() {}
}
