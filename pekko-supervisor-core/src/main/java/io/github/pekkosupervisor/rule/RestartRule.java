package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.ChildState;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.RestartDelay;
import io.github.pekkosupervisor.spec.RestartType;
import io.github.pekkosupervisor.spec.Shutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.AutoShutdown;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What follows from the end of a child, on one page. As OTP {@code supervisor}: {@code do_restart/3},
 * {@code restart/2}, {@code shutdown/1} and {@code do_auto_shutdown/2}. The same as a table is in
 * {@code docs/design.md}.
 */
final class RestartRule {

    private RestartRule() {}

    /** What becomes of a child that has ended by itself. */
    enum Verdict {
        /** Reported, and started again by the strategy of its supervisor. */
        RESTART,
        /** Reported; it stays down. */
        REPORT,
        /** It stays down, and that is as it should be. */
        ACCEPT;

        boolean isReported() {
            return this != ACCEPT;
        }
    }

    /** Restart type and reason decide. */
    static Verdict afterEnd(RestartType type, ExitReason reason) {
        return switch (type) {
            case PERMANENT -> Verdict.RESTART;
            case TRANSIENT -> reason.isExpected() ? Verdict.ACCEPT : Verdict.RESTART;
            case TEMPORARY -> reason.isExpected() ? Verdict.ACCEPT : Verdict.REPORT;
        };
    }

    /** Whether the end of an incarnation is what its start is acknowledged by: a oneshot is over when it is done. */
    static boolean isDone(ChildKind kind, ExitReason reason) {
        return kind.oneshot().isPresent() && reason == ExitReason.Normal.INSTANCE;
    }

    /**
     * Whether a child that was being stopped has ended well, so that there is nothing to report.
     *
     * @param lenient Elixir's judgement in a dynamic supervisor: a deliberate end is fine for a permanent child too
     */
    static boolean hasStoppedWell(ChildSpec spec, ExitReason reason, boolean lenient) {
        boolean brutal = spec.shutdown() == Shutdown.BrutalKill.INSTANCE;
        if (reason == ExitReason.Killed.INSTANCE) {
            return brutal;
        }
        if (reason == ExitReason.Shutdown.INSTANCE && !brutal) {
            return true;
        }
        boolean deliberate = reason == ExitReason.Shutdown.INSTANCE || reason instanceof ExitReason.ShutdownWith;
        return (lenient && deliberate)
                || isDone(spec.kind(), reason)
                || afterEnd(spec.restart(), reason) == Verdict.ACCEPT;
    }

    /** Whether its end, accepted or reported, ends its supervisor. */
    static boolean endsSupervisor(AutoShutdown autoShutdown, Child ended, Children children) {
        return ended.spec.significant()
                && switch (autoShutdown) {
                    case NEVER -> false;
                    case ANY_SIGNIFICANT -> true;
                    case ALL_SIGNIFICANT -> noOtherSignificantIsUp(ended, children);
                };
    }

    private static boolean noOtherSignificantIsUp(Child ended, Children children) {
        for (Child child = children.first(); child != null; child = child.next) {
            if (child != ended && child.spec.significant() && child.state != ChildState.STOPPED) {
                return false;
            }
        }
        return true;
    }

    /** Who is stopped, and then started, in a restart: the strategy decides. */
    static Plan restart(Strategy strategy, Child child, Children children, Plan.Restart why) {
        Plan plan = new Plan(why);
        return switch (strategy) {
            case ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE, DYNAMIC -> plan.starting(child, child);
            case ONE_FOR_ALL, REST_FOR_ONE -> withGroup(plan, strategy, child, children);
        };
    }

    /** Who is stopped, and then started, when a child that runs is renewed: the same. */
    static Plan renewal(Strategy strategy, Child child, Children children, Plan.Renew why) {
        Plan plan = new Plan(why);
        return switch (strategy) {
            case ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE, DYNAMIC ->
                plan.stopping(child, child).starting(child, child);
            case ONE_FOR_ALL, REST_FOR_ONE -> withGroup(plan, strategy, child, children);
        };
    }

    /** When all are: each, and those that the strategy takes along with the first of them. */
    static Plan renewalOfAll(Strategy strategy, Child first, Children children, Plan.Renew why) {
        Plan plan = new Plan(why);
        return switch (strategy) {
            case ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE, DYNAMIC ->
                plan.stopping(children.last(), first)
                        .startingAllAfter(first.previous)
                        .only(why.named());
            case ONE_FOR_ALL, REST_FOR_ONE -> withGroup(plan, strategy, first, children);
        };
    }

    private static Plan withGroup(Plan plan, Strategy strategy, Child child, Children children) {
        return strategy == Strategy.ONE_FOR_ALL
                ? plan.stopping(children.last(), children.first()).startingAllAfter(null)
                : plan.stopping(children.last(), child).startingAllAfter(child.previous);
    }

    /** Whether a restart concerns one child alone, so that those after it in a plan do not depend on it. */
    static boolean isAlone(Strategy strategy) {
        return switch (strategy) {
            case ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE, DYNAMIC -> true;
            case ONE_FOR_ALL, REST_FOR_ONE -> false;
        };
    }

    /** Who is stopped at once when the restart of a child waits; null if nobody is. */
    static @Nullable Plan stopSiblings(Strategy strategy, Child child, Children children) {
        Plan plan = new Plan(new Plan.StopSiblings(child));
        return switch (strategy) {
            case ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE, DYNAMIC -> null;
            case ONE_FOR_ALL -> plan.stopping(children.last(), children.first());
            case REST_FOR_ONE -> plan.stopping(children.last(), child);
        };
    }

    /**
     * How long a restart waits; null if it does not.
     *
     * @param random 0 inclusive to 1 exclusive
     */
    static @Nullable Duration delay(Child child, long now, DoubleSupplier random) {
        RestartDelay delay = child.spec.restartDelay().orElse(null);
        if (delay == null) {
            return null;
        }
        if (child.isRunning() && now - child.since >= Time.nanos(delay.resetAfter())) {
            child.delays = 0;
        }
        return delay.before(child.delays++, random.getAsDouble());
    }
}
