/** Trees that are shown as runit's service directories: rules by table, and real {@code sv} on real trees. */
@NullMarked
package io.github.pekkosupervisor.runit.export;

import org.jspecify.annotations.NullMarked;
