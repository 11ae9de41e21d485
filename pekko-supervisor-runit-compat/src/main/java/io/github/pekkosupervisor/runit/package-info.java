/**
 * runit's {@code runsvdir} and {@code runsv} as actors: what a service directory and its {@code supervise/} directory
 * mean, byte for byte.
 *
 * <p>What follows from an event is decided in {@link io.github.pekkosupervisor.runit.RunsvRule} (one service) and
 * {@link io.github.pekkosupervisor.runit.ScanRule} (a directory of them), which are plain values; the actors
 * {@link io.github.pekkosupervisor.runit.Runsv} and {@link io.github.pekkosupervisor.runit.Runsvdir} perform it. The
 * semantics are those of runit 2.1.2 as {@code docs/runit-compat.md} lists them. Read {@code RunsvRule} first.
 */
@NullMarked
package io.github.pekkosupervisor.runit;

import org.jspecify.annotations.NullMarked;
