/**
 * What can be seen of services from outside, whoever supervises them: our launcher, runit's, or an application that
 * shows its tree. Read of the files in {@code supervise/} as {@code sv} reads them, and commanded by the FIFO there.
 *
 * <p>It knows no actor and no configuration, since what people wait for stands on it. The first type to read is
 * {@link io.github.pekkosupervisor.runit.look.ServiceReport}; {@link io.github.pekkosupervisor.runit.look.Lookout} is
 * for who looks again and again.
 */
@NullMarked
package io.github.pekkosupervisor.runit.look;

import org.jspecify.annotations.NullMarked;
