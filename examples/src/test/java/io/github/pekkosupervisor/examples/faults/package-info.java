/**
 * The walk: every place of {@code process} and {@code runit} from which a system call is made has that call fail once,
 * while real processes and service directories are at work.
 * {@link io.github.pekkosupervisor.examples.faults.FaultWalkTest} is where to begin.
 */
@NullMarked
package io.github.pekkosupervisor.examples.faults;

import org.jspecify.annotations.NullMarked;
