/** What the judges of the walk are to find. */
@NullMarked
package io.github.pekkosupervisor.runit.planted;

import org.jspecify.annotations.NullMarked;
