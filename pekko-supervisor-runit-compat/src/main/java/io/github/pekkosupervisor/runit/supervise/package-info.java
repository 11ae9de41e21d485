/**
 * runit's formats: what stands in a {@code supervise} directory, byte for byte, and the words of runit's messages.
 *
 * <p>Knows neither what follows from what nor any actor, so that the command line tools use it without either. The
 * formats are those of runit 2.1.2 as {@code docs/runit-compat.md} lists them, with two hidden files of our own. Read
 * {@link io.github.pekkosupervisor.runit.supervise.StatusBytes} first.
 */
@NullMarked
package io.github.pekkosupervisor.runit.supervise;

import org.jspecify.annotations.NullMarked;
