package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of an operator lead to that wait their turn: to renew children, to have one run once, to restart one
 * now. As runit's {@code sv} has them, of children of any kind. Those that do not wait are {@link UrgentRule}'s.
 */
final class OperatorRule {

    private final RuleState state;
    private final RuleEvent.Call call;
    private final Consumer<Object> replyTo;

    private OperatorRule(RuleState state, RuleEvent.Call call) {
        this.state = state;
        this.call = call;
        this.replyTo = call.reply();
    }

    /** Null if it is another call. */
    static @Nullable Outcome decide(RuleState state, RuleEvent.Call call) {
        OperatorRule rule = new OperatorRule(state, call);
        Request<?> request = call.request();
        if (request instanceof Request.RenewChild renew) {
            return rule.named(renew.id(), rule::renew);
        } else if (request instanceof Request.RenewHandle) {
            return rule.addressed(rule::renew);
        } else if (request instanceof Request.RenewAll) {
            return rule.renewAll();
        } else if (request instanceof Request.StartOnce once) {
            return rule.named(once.id(), rule::once);
        } else if (request instanceof Request.StartOnceHandle) {
            return rule.addressed(rule::once);
        } else if (request instanceof Request.StartNow now) {
            return rule.named(now.id(), rule::now);
        } else if (request instanceof Request.StartNowHandle) {
            return rule.addressed(rule::now);
        }
        return null;
    }

    private static Outcome answer(Object answer) {
        return new Outcome.Answered(answer);
    }

    private Outcome named(String id, Function<Child, Outcome> then) {
        Object named = Addressee.named(state, id);
        return named instanceof Child child ? then.apply(child) : answer(named);
    }

    /** The child whose present or, while it is restarting, last incarnation or attempt is named. */
    private Outcome addressed(Function<Child, Outcome> then) {
        Object named = Addressee.addressed(state, call);
        if (!(named instanceof Incarnation incarnation)) {
            return answer(named);
        }
        if (incarnation.isCurrent()) {
            return then.apply(incarnation.child());
        }
        return answer(
                call.request() instanceof Request.StartOnceHandle
                        ? SupervisorResult.NotFound.INSTANCE
                        : SupervisorResult.NotRunning.INSTANCE);
    }

    // ---- renewals

    private Outcome renew(Child child) {
        return switch (child.state) {
            case STOPPED -> answer(SupervisorResult.NotRunning.INSTANCE);
            case RESTARTING -> answer(SupervisorResult.Restarting.INSTANCE);
            case RUNNING -> renewRunning(child);
        };
    }

    private Outcome renewRunning(Child child) {
        Map<Child, ChildSpec> kept = Map.of();
        if (child.isTemporary()) {
            ChildSpec spec = kept(child, keptSpecs());
            if (spec == null) {
                return answer(SupervisorResult.NotKept.INSTANCE);
            }
            kept = Map.of(child, spec);
        }
        Plan plan =
                RestartRule.renewal(state.spec.strategy(), child, state.children, new Plan.Renew(Set.of(child), kept));
        return new Outcome.Planned(plan.askedForBy(new Asker(child, false, replyTo)));
    }

    private Outcome renewAll() {
        Set<Child> named = new LinkedHashSet<>();
        Map<Child, ChildSpec> kept = new HashMap<>();
        Map<String, ChildSpec> specs = null;
        for (Child child = state.children.first(); child != null; child = child.next) {
            if (child.isRunning() && child.isTemporary()) {
                specs = specs == null ? keptSpecs() : specs;
                ChildSpec spec = kept(child, specs);
                if (spec != null) {
                    kept.put(child, spec);
                    named.add(child);
                }
            } else if (child.isRunning()) {
                named.add(child);
            }
        }
        if (named.isEmpty()) {
            return answer(SupervisorResult.Ok.INSTANCE);
        }
        Plan plan = RestartRule.renewalOfAll(
                state.spec.strategy(), named.iterator().next(), state.children, new Plan.Renew(named, kept));
        return new Outcome.Planned(plan.askedForBy(new Asker(null, false, replyTo)));
    }

    /** What a temporary child was made from; null for one that a call has added under an id that has become free. */
    private static @Nullable ChildSpec kept(Child child, Map<String, ChildSpec> specs) {
        ChildSpec spec = specs.get(child.id());
        return spec != null && spec.spent() == child.spec ? spec : null;
    }

    /** What the children of the specification are made from, by id. A temporary one that runs does not keep that. */
    private Map<String, ChildSpec> keptSpecs() {
        Map<String, ChildSpec> specs = new HashMap<>();
        if (state.spec.strategy() != Strategy.SIMPLE_ONE_FOR_ONE) {
            state.spec.children().forEach(spec -> specs.put(spec.id(), spec));
        }
        return specs;
    }

    // ---- once, and now

    private Outcome once(Child child) {
        Incarnation incarnation = child.current;
        if (child.isRunning() && incarnation != null) {
            incarnation.runsOnce();
            state.tell(new SupervisorEvent.ChildRunsOnce(state.path, state.offender(child, incarnation)));
            return answer(SupervisorResult.Ok.INSTANCE);
        }
        if (!child.isStopped()) {
            return new Outcome.Attempted(new Asker(child, true, replyTo), child);
        }
        return new Outcome.Planned(new Plan(new Plan.CallToStart(child, false, true, replyTo)).starting(child, child));
    }

    private Outcome now(Child child) {
        return switch (child.state) {
            case STOPPED -> answer(SupervisorResult.NotRunning.INSTANCE);
            case RUNNING -> answer(SupervisorResult.Running.INSTANCE);
            case RESTARTING -> new Outcome.Attempted(new Asker(child, false, replyTo), child);
        };
    }
}
