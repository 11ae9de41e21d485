package io.github.pekkosupervisor;

import io.github.pekkosupervisor.SupervisorSpec.Strategy;

/**
 * What a supervisor answers to questions about its children. Changes nothing.
 *
 * @param owner the rule whose children these are
 */
record ChildrenView(Object owner, SupervisorSpec spec, Children children, int abandoned) {

    Object answer(Request question) {
        if (question instanceof Request.WhichChildren) {
            return children.list().stream().map(Child::info).toList();
        }
        if (question instanceof Request.WhichChild which) {
            return spec.strategy().isDynamic() ? Supervisor.SimpleOneForOne.INSTANCE : which(which.id());
        }
        if (question instanceof Request.WhichHandle which) {
            return isAddressed(which.handle()) ? which.handle().child.info() : Supervisor.NotFound.INSTANCE;
        }
        if (question instanceof Request.GetChildSpec get) {
            return specOf(get.id());
        }
        if (question instanceof Request.GetHandleSpec get) {
            return isAddressed(get.handle())
                    ? new Supervisor.FoundSpec(get.handle().child.spec)
                    : Supervisor.NotFound.INSTANCE;
        }
        return count();
    }

    /** Whether it addresses one of these children: by its incarnation, or the last one while it is restarting. */
    boolean isAddressed(ChildHandle handle) {
        return spec.strategy().isDynamic() && handle.child.handle == handle && handle.child.owner == owner;
    }

    private Object which(String id) {
        Child child = children.find(id);
        return child == null ? Supervisor.NotFound.INSTANCE : child.info();
    }

    private Object specOf(String id) {
        if (spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE) {
            ChildSpec template = spec.givenChildren().get(0);
            return template.id().equals(id) ? new Supervisor.FoundSpec(template) : Supervisor.NotFound.INSTANCE;
        }
        Child child = children.find(id);
        return child == null ? Supervisor.NotFound.INSTANCE : new Supervisor.FoundSpec(child.spec);
    }

    private Supervisor.ChildCounts count() {
        boolean dynamic = spec.strategy().isDynamic();
        int active = 0;
        int supervisors = 0;
        for (Child child = children.first(); child != null; child = child.next) {
            ChildHandle handle = child.handle;
            if (child.isRunning() && (dynamic || (handle != null && !handle.hasEnded()))) {
                active++;
            }
            if (child.spec.isSupervisor()) {
                supervisors++;
            }
        }
        int specs = spec.strategy() == Strategy.SIMPLE_ONE_FOR_ONE ? 1 : children.size();
        return new Supervisor.ChildCounts(specs, active, supervisors, children.size() - supervisors, abandoned);
    }
}
