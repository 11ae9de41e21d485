package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.protocol.Request;
import io.github.pekkosupervisor.protocol.SupervisorEvent;
import io.github.pekkosupervisor.protocol.SupervisorResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.AlreadyStarted;
import io.github.pekkosupervisor.protocol.SupervisorResult.ChildCounts;
import io.github.pekkosupervisor.protocol.TreeSnapshot;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a call of the dynamic API leads to, when the supervisor is idle: an answer, or a plan that answers it. Before a
 * child is added it has to be checked, and before a supervisor is reconfigured its init has to be asked: by somebody
 * else, {@link #question} says what.
 */
final class CallRule {

    private final RuleState state;
    private final Consumer<Object> replyTo;
    private final RuleEvent.Call call;

    private CallRule(RuleState state, RuleEvent.Call call) {
        this.state = state;
        this.replyTo = call.reply();
        this.call = call;
    }

    // ---- what has to be known first

    /** What somebody has to find out before the call can be decided; null if nothing. */
    static @Nullable SupervisorAction question(RuleState state, Request<?> request) {
        if (request instanceof Request.StartChild start && takesSpec(state.spec, start)) {
            return new SupervisorAction.CheckChild(start.child(), state.spec);
        }
        if (request instanceof Request.Reconfigure change) {
            return new SupervisorAction.CallInit(change.init(), state.spec, state.children.specs());
        }
        return null;
    }

    private static boolean takesSpec(SupervisorSpec spec, Request.StartChild start) {
        return spec.strategy() != Strategy.SIMPLE_ONE_FOR_ONE
                && (spec.strategy().isDynamic() || start.arguments().isEmpty());
    }

    /** A call whose question has been answered. */
    static Outcome decide(RuleState state, RuleEvent.Call call, RuleEvent answer) {
        CallRule rule = new CallRule(state, call);
        if (answer instanceof RuleEvent.Checked checked && call.request() instanceof Request.StartChild start) {
            return checked.problems().isEmpty()
                    ? rule.startChild(start)
                    : new Outcome.Answered(new SupervisorResult.InvalidSpec(checked.problems()));
        }
        if (answer instanceof RuleEvent.InitFailed failed) {
            return new Outcome.Answered(new SupervisorResult.BadInit(failed.reason()));
        }
        if (answer instanceof RuleEvent.InitReturned returned) {
            return rule.reconfigure(returned);
        }
        throw new IllegalStateException(answer + " does not answer " + call.request());
    }

    private Outcome reconfigure(RuleEvent.InitReturned returned) {
        if (!returned.problems().isEmpty()) {
            return new Outcome.Answered(new SupervisorResult.InvalidSpec(returned.problems()));
        }
        if (returned.spec() != SupervisorSpec.ignore()) {
            state.reconfigure(returned.spec());
        }
        return new Outcome.Answered(SupervisorResult.Ok.INSTANCE);
    }

    // ---- all others

    /** A call without a question. */
    static Outcome decide(RuleState state, RuleEvent.Call call) {
        CallRule rule = new CallRule(state, call);
        Request<?> request = call.request();
        if (request instanceof Request.StartChild) {
            return new Outcome.Answered(SupervisorResult.NotDynamic.INSTANCE);
        }
        if (request instanceof Request.StartFromTemplate start) {
            return state.spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE
                    ? rule.startNew(rule.template(), start.arguments())
                    : new Outcome.Answered(SupervisorResult.NoTemplate.INSTANCE);
        }
        if (request instanceof Request.TerminateChild terminate) {
            return state.isDynamic()
                    ? new Outcome.Answered(SupervisorResult.SimpleOneForOne.INSTANCE)
                    : rule.terminate(state.children.find(terminate.id()));
        }
        if (request instanceof Request.TerminateHandle) {
            return rule.terminateAddressed();
        }
        if (request instanceof Request.RestartChild restart) {
            return rule.ifStopped(restart.id(), rule::startAgain);
        }
        if (request instanceof Request.DeleteChild delete) {
            return rule.ifStopped(delete.id(), rule::delete);
        }
        Outcome ofOperator = OperatorRule.decide(state, call);
        return ofOperator == null ? new Outcome.Answered(rule.answer(request)) : ofOperator;
    }

    private Outcome startChild(Request.StartChild start) {
        Child present = state.children.find(start.child().id());
        if (present == null) {
            return startNew(start.child(), start.arguments());
        }
        Incarnation runs = present.current;
        return new Outcome.Answered(
                present.isRunning() && runs != null
                        ? new AlreadyStarted(runs.handle())
                        : SupervisorResult.AlreadyPresent.INSTANCE);
    }

    private Outcome startNew(ChildSpec child, List<Object> arguments) {
        OptionalInt most = state.spec.maxChildren();
        if (most.isPresent() && state.children.size() >= most.getAsInt()) {
            return new Outcome.Answered(SupervisorResult.MaxChildren.INSTANCE);
        }
        Child added = state.newChild(child, arguments);
        state.children.addLast(added);
        return new Outcome.Planned(new Plan(new Plan.CallToStart(added, true, false, replyTo)).starting(added, added));
    }

    private Outcome startAgain(Child child) {
        return new Outcome.Planned(new Plan(new Plan.CallToStart(child, false, false, replyTo)).starting(child, child));
    }

    private Outcome delete(Child child) {
        state.tell(new SupervisorEvent.ChildDeleted(state.path, state.offender(child, null)));
        state.forget(child, () -> "it was deleted");
        return new Outcome.Answered(SupervisorResult.Ok.INSTANCE);
    }

    private Outcome terminate(@Nullable Child child) {
        return child == null
                ? new Outcome.Answered(SupervisorResult.NotFound.INSTANCE)
                : new Outcome.Planned(new Plan(new Plan.CallToStop(child, replyTo)).stopping(child, child));
    }

    private Outcome terminateAddressed() {
        Child child = addressed();
        if (child != null) {
            return terminate(child);
        }
        Incarnation named = call.about();
        boolean hasEnded = call.hasEnded() || (named != null && isOurs(named) && named.hasEnded());
        boolean wasOne = state.spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE && hasEnded;
        return new Outcome.Answered(wasOne ? SupervisorResult.Ok.INSTANCE : SupervisorResult.NotFound.INSTANCE);
    }

    private Outcome ifStopped(String id, Function<Child, Outcome> then) {
        Object named = Addressee.named(state, id);
        if (!(named instanceof Child child)) {
            return new Outcome.Answered(named);
        }
        return switch (child.state) {
            case RUNNING -> new Outcome.Answered(SupervisorResult.Running.INSTANCE);
            case RESTARTING -> new Outcome.Answered(SupervisorResult.Restarting.INSTANCE);
            case STOPPED -> then.apply(child);
        };
    }

    /** The answer to a call for a start that failed. */
    static void startFailed(RuleState state, Plan.CallToStart call, Incarnation attempt, ExitReason reason) {
        Child child = call.child();
        // it is as it was, and the caller knows
        History past = child.past();
        child.isDown(past == null ? History.Down.STOPPED : past.down());
        if (call.isNew()) {
            state.children.remove(child);
        }
        Optional<TreeSnapshot.State> stays =
                call.isNew() ? Optional.empty() : Optional.of(SnapshotRule.down(child.past()));
        state.tell(new SupervisorEvent.ChildNotStarted(state.path, state.offender(child, attempt), reason, stays));
        state.tellWhoWaits(child, () -> "it could not be started: " + reason);
        if (call.isNew()
                && reason instanceof ExitReason.Failed failed
                && failed.detail() instanceof AlreadyStarted elsewhere) {
            state.reply(call.replyTo(), elsewhere);
        } else {
            state.reply(call.replyTo(), new SupervisorResult.StartFailed(reason, child.spec));
        }
    }

    // ---- questions about children

    private Object answer(Request<?> question) {
        if (question instanceof Request.WhichChildren) {
            return new SupervisorResult.Children(
                    state.children.list().stream().map(Child::info).collect(Collectors.toUnmodifiableList()));
        }
        if (question instanceof Request.WhichChild which) {
            return state.isDynamic()
                    ? SupervisorResult.SimpleOneForOne.INSTANCE
                    : info(state.children.find(which.id()));
        }
        if (question instanceof Request.WhichHandle) {
            return info(addressed());
        }
        if (question instanceof Request.GetChildSpec get) {
            return specOf(get.id());
        }
        if (question instanceof Request.GetHandleSpec) {
            return spec(addressed());
        }
        if (question instanceof Request.CountChildren) {
            return count();
        }
        throw new IllegalStateException("no rule for " + question);
    }

    /** The child that the request names: by its incarnation, or while it is restarting by the last one or attempt. */
    private @Nullable Child addressed() {
        Incarnation named = call.about();
        return named != null && isOurs(named) && state.isDynamic() && named.isCurrent() ? named.child() : null;
    }

    private boolean isOurs(Incarnation named) {
        return named.child().owner == state;
    }

    private ChildSpec template() {
        return state.spec.children().get(0);
    }

    private Object specOf(String id) {
        if (state.spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE) {
            return template().id().equals(id)
                    ? new SupervisorResult.FoundSpec(template())
                    : SupervisorResult.NotFound.INSTANCE;
        }
        return spec(state.children.find(id));
    }

    private static Object info(@Nullable Child child) {
        return child == null ? SupervisorResult.NotFound.INSTANCE : child.info();
    }

    private static Object spec(@Nullable Child child) {
        return child == null ? SupervisorResult.NotFound.INSTANCE : new SupervisorResult.FoundSpec(child.spec);
    }

    private ChildCounts count() {
        int active = 0;
        int supervisors = 0;
        for (Child child = state.children.first(); child != null; child = child.next) {
            Incarnation incarnation = child.current;
            if (child.isRunning() && (state.isDynamic() || (incarnation != null && !incarnation.hasEnded()))) {
                active++;
            }
            if (child.spec.isSupervisor()) {
                supervisors++;
            }
        }
        int all = state.children.size();
        int specs = state.spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE ? 1 : all;
        return new ChildCounts(specs, active, supervisors, all - supervisors, state.abandoned);
    }
}
