/**
 * runit's {@code runsvdir} and {@code runsv} as actors, and what they hold open in a service directory.
 *
 * <p>What follows from an event is decided in {@link io.github.pekkosupervisor.runit.rule}, and what is written to a
 * {@code supervise} directory stands in {@link io.github.pekkosupervisor.runit.supervise}; the actors
 * {@link io.github.pekkosupervisor.runit.Runsv} and {@link io.github.pekkosupervisor.runit.Runsvdir} perform it. The
 * semantics are those of runit 2.1.2 as {@code docs/runit-compat.md} lists them. Read {@code Runsvdir} first.
 */
@NullMarked
package io.github.pekkosupervisor.runit;

import org.jspecify.annotations.NullMarked;
