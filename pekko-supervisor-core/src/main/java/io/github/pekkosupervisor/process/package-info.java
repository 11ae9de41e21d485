/**
 * An operating system process as an actor: started with an acknowledgement, ready by a sign, signalled, stopped within
 * a bound with its whole group, its end told exactly once; and as a Java object to talk to.
 *
 * <p>Knows nothing of supervision: when and whether to start again is for whoever owns the actor. Processes are made by
 * {@link io.github.pekkosupervisor.posix.Posix}, one for each actor system, which
 * {@link io.github.pekkosupervisor.process.Processes} holds. Read {@link io.github.pekkosupervisor.process.ProcessSpec}
 * first, and {@link io.github.pekkosupervisor.process.ProcessConnection} to talk to a process.
 */
@NullMarked
package io.github.pekkosupervisor.process;

import org.jspecify.annotations.NullMarked;
