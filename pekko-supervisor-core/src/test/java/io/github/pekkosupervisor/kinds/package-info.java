/** A kind of child that core does not know, as another module would define one. */
@NullMarked
package io.github.pekkosupervisor.kinds;

import org.jspecify.annotations.NullMarked;
