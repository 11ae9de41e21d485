/**
 * An operating system process as an actor: started with an acknowledgement, signalled, stopped within a bound, its end
 * told exactly once.
 *
 * <p>Knows nothing of supervision: when and whether to start again is for whoever owns the actor. Processes are made by
 * {@link io.github.pekkosupervisor.posix.Posix}, one for each actor system, which
 * {@link io.github.pekkosupervisor.process.Processes} holds. Read
 * {@link io.github.pekkosupervisor.process.ProcessActor} first.
 */
@NullMarked
package io.github.pekkosupervisor.process;

import org.jspecify.annotations.NullMarked;
