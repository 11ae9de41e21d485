/**
 * Supervisors at work: the actor of a supervisor, those of its children, and how each kind of child is run.
 *
 * <p>An actor turns what comes into an event of {@code rule}, and carries out what the rule decides; nothing is decided
 * here. Read {@code SupervisorActor} first, then {@code ChildRunners} for the kinds of child and {@code ChildActor} for
 * what stands around each. It is an application's by way of the package above.
 */
@NullMarked
package io.github.pekkosupervisor.actor;

import org.jspecify.annotations.NullMarked;
