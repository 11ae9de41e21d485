package io.github.pekkosupervisor.protocol;

import io.github.pekkosupervisor.protocol.SupervisorResult.AlreadyPresent;
import io.github.pekkosupervisor.protocol.SupervisorResult.AlreadyStarted;
import io.github.pekkosupervisor.protocol.SupervisorResult.Ignored;
import io.github.pekkosupervisor.protocol.SupervisorResult.InvalidSpec;
import io.github.pekkosupervisor.protocol.SupervisorResult.MaxChildren;
import io.github.pekkosupervisor.protocol.SupervisorResult.NoTemplate;
import io.github.pekkosupervisor.protocol.SupervisorResult.NotDynamic;
import io.github.pekkosupervisor.protocol.SupervisorResult.NotFound;
import io.github.pekkosupervisor.protocol.SupervisorResult.NotRunning;
import io.github.pekkosupervisor.protocol.SupervisorResult.Restarting;
import io.github.pekkosupervisor.protocol.SupervisorResult.Running;
import io.github.pekkosupervisor.protocol.SupervisorResult.SimpleOneForOne;
import io.github.pekkosupervisor.protocol.SupervisorResult.StartFailed;
import io.github.pekkosupervisor.protocol.SupervisorResult.StartingResult;
import io.github.pekkosupervisor.protocol.SupervisorResult.SupervisorGone;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A child that was to be started has no incarnation by that; see {@link StartingResult#orThrow()}. */
public final class ChildNotStartedException extends RuntimeException {

    /** Of the answers that say nothing but their name. */
    private static final Map<StartingResult, String> WHY = Map.of(
            Ignored.INSTANCE, "it need not run (ignored)",
            AlreadyPresent.INSTANCE,
                    "there is one with this id, which does not run; restart or delete it (already_present)",
            MaxChildren.INSTANCE, "the supervisor has as many children as it may have (max_children)",
            NoTemplate.INSTANCE, "the supervisor has no template to start one from (no_template)",
            NotDynamic.INSTANCE,
                    "arguments are for a dynamic supervisor, a specification for one without template (not_dynamic)",
            Running.INSTANCE, "it runs already (running)",
            Restarting.INSTANCE, "it is being restarted by its supervisor (restarting)",
            NotRunning.INSTANCE, "it does not wait for a restart (not_running)",
            NotFound.INSTANCE, "the supervisor has no such child (not_found)",
            SimpleOneForOne.INSTANCE, "children of a template have no ids to ask by (simple_one_for_one)");

    private final transient StartingResult result;

    ChildNotStartedException(StartingResult result) {
        super("the child was not started: " + why(result), cause(result));
        this.result = result;
    }

    private static String why(StartingResult result) {
        if (result instanceof StartFailed failed) {
            return "\"" + failed.child().id() + "\" failed with " + failed.reason();
        } else if (result instanceof AlreadyStarted already) {
            return "there is one with this id, which runs: " + already.child() + " (already_started)";
        } else if (result instanceof InvalidSpec invalid) {
            return invalid.problems().stream()
                    .map(InvalidSpecException.Problem::toString)
                    .collect(Collectors.joining("; "));
        } else if (result instanceof SupervisorGone) {
            return "its supervisor has ended (supervisor_gone)";
        }
        return WHY.getOrDefault(result, result.toString());
    }

    private static @Nullable Throwable cause(StartingResult result) {
        return result instanceof StartFailed failed && failed.reason() instanceof ExitReason.Crash crash
                ? crash.cause()
                : null;
    }

    /** The whole answer. */
    public StartingResult result() {
        return result;
    }
}
