/** A supervision tree as meters of Micrometer: what is up, what was started and ended and why, how long that took. */
@NullMarked
package io.github.pekkosupervisor.micrometer;

import org.jspecify.annotations.NullMarked;
