package io.github.pekkosupervisor;

import io.github.pekkosupervisor.process.Processes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor below a supervisor.
 *
 * @param init asked at each start
 * @param known what it returns, if that is known beforehand
 */
record SupervisorKind(
        Callable<SupervisorSpec> init, @Nullable SupervisorSpec known) implements ChildKind {

    private static final Duration KILL_GRACE = Duration.ofSeconds(10);

    @Override
    public String name() {
        return "supervisor";
    }

    @Override
    public boolean isSupervisor() {
        return true;
    }

    @Override
    public Optional<Duration> defaultStartTimeout() {
        return Optional.empty();
    }

    @Override
    public Props props() {
        return known == null ? Props.empty() : propsFor(known);
    }

    /**
     * A supervisor of nothing but processes runs where their actors do: its starts go on without a change of thread.
     */
    static Props propsFor(SupervisorSpec spec) {
        List<ChildSpec> children = spec.children();
        boolean onlyProcesses =
                !children.isEmpty() && children.stream().allMatch(child -> child.kind() instanceof ProcessKind);
        return onlyProcesses ? Processes.dispatcher() : Props.empty();
    }

    @Override
    public Behavior<?> incarnation(ChildContext child) {
        return SupervisorActor.below(init, child, child.supervisor());
    }

    @Override
    public Class<?> messages() {
        return Supervisor.Command.class;
    }

    @Override
    public boolean acknowledgesItself() {
        return true;
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(new Supervisor.Stop(ExitReason.shutdown()));
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(Supervisor.Kill.INSTANCE);
    }

    @Override
    public Optional<Object> hurryRequest(Supervisor.Hurry hurry) {
        return Optional.of(hurry);
    }

    @Override
    public boolean isAwaited() {
        if (known == null) {
            return false;
        }
        // a loop, for there may be thousands of supervisors below one another
        for (ChildSpec child : known.givenChildren()) {
            if (child.kind().isAwaited()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void staysDown(String id, String why) {
        if (known != null) {
            for (ChildSpec child : known.givenChildren()) {
                child.kind().staysDown(child.id(), why);
            }
        }
    }

    @Override
    public ChildKind spent() {
        return new SupervisorKind(
                () -> {
                    throw new IllegalStateException("a temporary supervisor was started a second time");
                },
                null);
    }

    @Override
    public Duration killGrace() {
        return KILL_GRACE;
    }
}
