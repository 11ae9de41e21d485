package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.rule.RuleEvent;
import io.github.pekkosupervisor.rule.SupervisorAction.CallInit;
import io.github.pekkosupervisor.rule.SupervisorAction.CheckChild;
import io.github.pekkosupervisor.rule.SupervisorAction.Question;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.InvalidSpecException;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.SpecCheck;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.SupervisorSpec.Strategy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/**
 * Runs the init of a supervisor and checks what it returns, at the start and when the supervisor is reconfigured; and
 * checks children that are to be added. That is code of the application and a look at the disk: the rule can do
 * neither.
 */
final class CheckedInit {

    private CheckedInit() {}

    /** What came of an init. */
    sealed interface Outcome {}

    /** It returned what is right, or {@link SupervisorSpec#ignore()}. */
    record Right(SupervisorSpec spec) implements Outcome {}

    /** It threw, or what it returned is wrong. */
    record Failed(ExitReason reason) implements Outcome {}

    /**
     * At the start of a supervisor.
     *
     * @param path where it stands in its tree
     */
    static Outcome first(Callable<SupervisorSpec> init, String path) {
        try {
            SupervisorSpec spec = init.call();
            if (spec == null) {
                return new Failed(badReturn(path));
            }
            List<Problem> problems = spec.isChecked() ? SpecCheck.place(path) : SpecCheck.supervisor(spec, path);
            if (!problems.isEmpty()) {
                throw new InvalidSpecException(problems);
            }
            return new Right(spec);
        } catch (Throwable thrown) {
            return new Failed(ExitReason.crash(thrown));
        }
    }

    /**
     * The answer to what a rule asks.
     *
     * @param path where the supervisor stands in its tree
     */
    static RuleEvent answer(Question question, String path) {
        if (question instanceof CallInit call) {
            return init(call, path);
        }
        CheckChild check = (CheckChild) question;
        return new RuleEvent.Checked(SpecCheck.child(check.child(), path, check.supervisor()));
    }

    private static RuleEvent init(CallInit call, String path) {
        SupervisorSpec changed;
        try {
            changed = call.init().call();
        } catch (Throwable thrown) {
            return new RuleEvent.InitFailed(ExitReason.crash(thrown));
        }
        if (changed == null) {
            return new RuleEvent.InitFailed(badReturn(path));
        }
        return new RuleEvent.InitReturned(changed, problems(call, changed, path));
    }

    private static List<Problem> problems(CallInit call, SupervisorSpec changed, String path) {
        if (changed == SupervisorSpec.ignore()) {
            return List.of();
        }
        List<Problem> problems = SpecCheck.change(call.present(), changed, path);
        return problems.isEmpty() ? SpecCheck.staying(staying(call, changed), changed, path) : problems;
    }

    /** The specifications that are kept, since the new one says nothing of those children. */
    private static List<ChildSpec> staying(CallInit call, SupervisorSpec changed) {
        if (changed.strategy() == Strategy.SIMPLE_ONE_FOR_ONE) {
            return List.of();
        }
        Set<String> given = changed.children().stream().map(ChildSpec::id).collect(Collectors.toSet());
        return call.children().stream()
                .filter(spec -> !given.contains(spec.id()))
                .toList();
    }

    /** OTP's bad_return. */
    private static ExitReason badReturn(String path) {
        return ExitReason.failed("bad_return: the init of supervisor " + path
                + " returned null; it must return a SupervisorSpec, which may be SupervisorSpec.ignore()");
    }
}
