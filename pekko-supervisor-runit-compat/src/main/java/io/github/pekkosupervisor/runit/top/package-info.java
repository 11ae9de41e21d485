/**
 * {@code pekko-supervisor top}: the services of a directory on a terminal, as they are now, with keys that command
 * them.
 *
 * <p>What a key means and what is to be seen are {@code View} and {@code Painter}, which know no terminal;
 * {@code Screen} writes the lines that are different, and {@code Top} waits for keys, signals and the next look, in one
 * thread. All that a service says of itself reaches the terminal as text. The first type to read is
 * {@link io.github.pekkosupervisor.runit.top.Top}.
 */
@NullMarked
package io.github.pekkosupervisor.runit.top;

import org.jspecify.annotations.NullMarked;
