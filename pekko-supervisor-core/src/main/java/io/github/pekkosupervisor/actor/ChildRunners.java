package io.github.pekkosupervisor.actor;

import io.github.pekkosupervisor.spec.ActorKind;
import io.github.pekkosupervisor.spec.ChildKind;
import io.github.pekkosupervisor.spec.ProcessKind;
import io.github.pekkosupervisor.spec.RunnableKind;
import io.github.pekkosupervisor.spec.ServiceKind;
import io.github.pekkosupervisor.spec.SupervisorKind;

/** Which {@link ChildRunner} runs which {@link ChildKind}. */
public enum ChildRunners implements ChildRunner.Registry {
    /** The only one. */
    INSTANCE;

    @Override
    public ChildRunner of(ChildKind kind) {
        if (kind instanceof ActorKind actor) {
            return new ActorRunner(actor);
        }
        if (kind instanceof ProcessKind process) {
            return new ProcessRunner(process.spec());
        }
        if (kind instanceof ServiceKind service) {
            return new ServiceRunner(child -> ServiceActor.create(service.make(), child));
        }
        if (kind instanceof RunnableKind runnable) {
            return new ServiceRunner(child -> RunnableActor.create(runnable.run(), runnable.neverBegun(), child));
        }
        if (kind instanceof SupervisorKind supervisor) {
            return new SupervisorRunner(supervisor, this);
        }
        if (kind instanceof ChildRunner itself) {
            return itself;
        }
        throw new IllegalStateException("nobody knows how children of the kind " + kind.name() + " are run");
    }
}
