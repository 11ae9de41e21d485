package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.process.HeldSockets;
import io.github.pekkosupervisor.process.Processes;
import io.github.pekkosupervisor.protocol.ChildHandle;
import io.github.pekkosupervisor.protocol.SupervisorCommand;
import io.github.pekkosupervisor.spec.ChildSpec;
import io.github.pekkosupervisor.spec.ExitReason;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.SupervisorKind;
import io.github.pekkosupervisor.spec.SupervisorSpec;
import io.github.pekkosupervisor.spec.TreePath;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;

/**
 * A supervisor below a supervisor: the incarnation's actor is a {@link SupervisorActor}.
 *
 * @param runners for its children
 */
public record SupervisorRunner(SupervisorKind kind, Registry runners) implements ChildRunner {

    @Override
    public Props props() {
        SupervisorSpec known = kind.known();
        return known == null ? Props.empty() : propsFor(known);
    }

    /**
     * A supervisor of nothing but processes runs where their actors do: its starts go on without a change of thread.
     */
    public static Props propsFor(SupervisorSpec spec) {
        List<ChildSpec> children = spec.children();
        boolean onlyProcesses =
                !children.isEmpty() && children.stream().allMatch(child -> child.kind() instanceof ProcessKind);
        return onlyProcesses ? Processes.dispatcher() : Props.empty();
    }

    @Override
    public Behavior<?> incarnation(IncarnationContext child) {
        LiveContext live = LiveContext.of(child);
        return SupervisorActor.below(kind.init(), live, live.around().below(child.id()), runners);
    }

    @Override
    public Class<?> messages() {
        return SupervisorCommand.class;
    }

    @Override
    public Optional<Object> stopRequest(Duration within) {
        return Optional.of(new SupervisorCommand.Stop(ExitReason.shutdown()));
    }

    @Override
    public Optional<Object> killRequest() {
        return Optional.of(SupervisorMessage.Kill.INSTANCE);
    }

    @Override
    public Optional<Object> hurryRequest(Map<ChildHandle, String> lost) {
        return Optional.of(new SupervisorMessage.Hurry(lost));
    }

    @Override
    public void staysDown(String id, String why) {
        SupervisorSpec known = kind.known();
        if (known != null) {
            for (ChildSpec child : known.children()) {
                runners.of(child.kind()).staysDown(child.id(), why);
            }
        }
    }

    /** Those below it are kept open as well while it is down. */
    @Override
    public void leftDown(String path, Function<String, HeldSockets> sockets) {
        SupervisorSpec known = kind.known();
        if (known != null) {
            for (ChildSpec child : known.children()) {
                runners.of(child.kind()).leftDown(TreePath.below(path, child.id()), sockets);
            }
        }
    }
}
