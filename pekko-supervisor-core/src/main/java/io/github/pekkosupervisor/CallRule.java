package io.github.pekkosupervisor;

import io.github.pekkosupervisor.SupervisorSpec.Strategy;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a call of the dynamic API leads to, when the supervisor is idle: an answer, or a plan that answers it.
 *
 * @param owner the rule whose children these are
 * @param path where the supervisor stands in its tree
 */
record CallRule(Object owner, String path, SupervisorSpec spec, Children children, ChildrenView view) {

    /** What becomes of a call. */
    sealed interface Outcome {}

    /** It is answered at once. */
    record Answered(Object answer) implements Outcome {}

    /** It has been done: this child is known no more. */
    record Deleted(Child child) implements Outcome {}

    /** Something has to be done first; {@link Plan#purpose} has who is to be answered. */
    record Planned(Plan plan) implements Outcome {}

    /** For every request but {@link Request.Reconfigure}. */
    Outcome decide(Request request, Consumer<Object> replyTo) {
        if (request instanceof Request.StartChild start) {
            return startChild(start.child(), start.arguments(), replyTo);
        }
        if (request instanceof Request.StartFromTemplate start) {
            return spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE
                    ? startNew(spec.givenChildren().get(0), start.arguments(), replyTo)
                    : new Answered(Supervisor.NoTemplate.INSTANCE);
        }
        if (request instanceof Request.TerminateChild terminate) {
            return isDynamic()
                    ? new Answered(Supervisor.SimpleOneForOne.INSTANCE)
                    : terminate(children.find(terminate.id()), replyTo);
        }
        if (request instanceof Request.TerminateHandle terminate) {
            return terminate(terminate.handle(), replyTo);
        }
        if (request instanceof Request.RestartChild restart) {
            return ifStopped(
                    restart.id(),
                    child -> new Planned(new Plan(new Plan.CallToStart(child, false, replyTo)).starting(child, child)));
        }
        if (request instanceof Request.DeleteChild delete) {
            return ifStopped(delete.id(), child -> {
                children.remove(child);
                return new Deleted(child);
            });
        }
        return new Answered(view.answer(request));
    }

    private Outcome startChild(ChildSpec child, List<Object> arguments, Consumer<Object> replyTo) {
        if (spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE || (!isDynamic() && !arguments.isEmpty())) {
            return new Answered(Supervisor.NotDynamic.INSTANCE);
        }
        List<InvalidSpecException.Problem> problems = SpecCheck.child(child, path, spec);
        if (!problems.isEmpty()) {
            return new Answered(new Supervisor.InvalidSpec(problems));
        }
        Child present = children.find(child.id());
        if (present != null) {
            return new Answered(
                    present.isRunning() && present.handle != null
                            ? new Supervisor.AlreadyStarted(present.handle)
                            : Supervisor.AlreadyPresent.INSTANCE);
        }
        return startNew(child, arguments, replyTo);
    }

    private Outcome startNew(ChildSpec child, List<Object> arguments, Consumer<Object> replyTo) {
        OptionalInt most = spec.maxChildren();
        if (most.isPresent() && children.size() >= most.getAsInt()) {
            return new Answered(Supervisor.MaxChildren.INSTANCE);
        }
        Child added = new Child(owner, child, arguments);
        children.addLast(added);
        return new Planned(new Plan(new Plan.CallToStart(added, true, replyTo)).starting(added, added));
    }

    private Outcome terminate(@Nullable Child child, Consumer<Object> replyTo) {
        return child == null
                ? new Answered(Supervisor.NotFound.INSTANCE)
                : new Planned(new Plan(new Plan.CallToStop(child, replyTo)).stopping(child, child));
    }

    private Outcome terminate(ChildHandle handle, Consumer<Object> replyTo) {
        if (view.isAddressed(handle)) {
            return terminate(handle.child, replyTo);
        }
        boolean wasOne = spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE && handle.hasEnded();
        return new Answered(wasOne ? Supervisor.Ok.INSTANCE : Supervisor.NotFound.INSTANCE);
    }

    private Outcome ifStopped(String id, Function<Child, Outcome> then) {
        if (isDynamic()) {
            return new Answered(Supervisor.SimpleOneForOne.INSTANCE);
        }
        Child child = children.find(id);
        if (child == null) {
            return new Answered(Supervisor.NotFound.INSTANCE);
        }
        return switch (child.state) {
            case RUNNING -> new Answered(Supervisor.Running.INSTANCE);
            case RESTARTING -> new Answered(Supervisor.Restarting.INSTANCE);
            case STOPPED -> then.apply(child);
        };
    }

    private boolean isDynamic() {
        return spec.strategy().isDynamic();
    }
}
