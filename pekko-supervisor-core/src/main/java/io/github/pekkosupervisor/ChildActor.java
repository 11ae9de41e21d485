package io.github.pekkosupervisor;

/** Stands around the behavior of every incarnation and catches all it throws. */
final class ChildActor {
    private ChildActor() {}
}
