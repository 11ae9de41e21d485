/**
 * A soak: services under our launcher, disturbed at random for as long as is wanted, and judged all the time.
 *
 * <p>What is seen is a value ({@link io.github.pekkosupervisor.examples.soak.Look}); each judge says of a look what is
 * wrong in it, and is shown a planted fault before anything else is played. First type to read:
 * {@link io.github.pekkosupervisor.examples.soak.Soak}.
 */
@NullMarked
package io.github.pekkosupervisor.examples.soak;

import org.jspecify.annotations.NullMarked;
