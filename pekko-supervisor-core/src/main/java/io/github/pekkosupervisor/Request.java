package io.github.pekkosupervisor;

import java.util.List;
import java.util.concurrent.Callable;

/** A call of the dynamic API, without the one who is to be answered. */
sealed interface Request {

    record StartChild(ChildSpec child, List<Object> arguments) implements Request {}

    record StartFromTemplate(List<Object> arguments) implements Request {}

    record TerminateChild(String id) implements Request {}

    record TerminateHandle(ChildHandle handle) implements Request {}

    record RestartChild(String id) implements Request {}

    record DeleteChild(String id) implements Request {}

    record WhichChildren() implements Request {}

    record WhichChild(String id) implements Request {}

    record WhichHandle(ChildHandle handle) implements Request {}

    record CountChildren() implements Request {}

    record GetChildSpec(String id) implements Request {}

    record GetHandleSpec(ChildHandle handle) implements Request {}

    record Reconfigure(Callable<SupervisorSpec> init) implements Request {}
}
