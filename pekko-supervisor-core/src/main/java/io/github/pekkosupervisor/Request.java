package io.github.pekkosupervisor;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/** A call of the dynamic API, without the one who is to be answered. */
sealed interface Request {

    String NO_CHILD = "the child is null";

    record StartChild(ChildSpec child, List<Object> arguments) implements Request {
        public StartChild {
            Objects.requireNonNull(arguments, "the arguments are null; use an empty list");
        }
    }

    record StartFromTemplate(List<Object> arguments) implements Request {}

    record TerminateChild(String id) implements Request {}

    record TerminateHandle(ChildHandle handle) implements Request {
        public TerminateHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }
    }

    record RestartChild(String id) implements Request {}

    record DeleteChild(String id) implements Request {}

    record WhichChildren() implements Request {}

    record WhichChild(String id) implements Request {}

    record WhichHandle(ChildHandle handle) implements Request {
        public WhichHandle {
            Objects.requireNonNull(handle, NO_CHILD);
        }
    }

    record CountChildren() implements Request {}

    record GetChildSpec(String id) implements Request {}

    record GetHandleSpec(ChildHandle handle) implements Request {
        public GetHandleSpec {
            Objects.requireNonNull(handle, NO_CHILD);
        }
    }

    record Reconfigure(Callable<SupervisorSpec> init) implements Request {}
}
