/**
 * Trees from configuration files: HOCON becomes a specification, and each mistake a sentence with file and line. Knows
 * nothing of actors. {@code reference.conf} explains the keys. Read
 * {@link io.github.pekkosupervisor.config.ConfiguredTree} first.
 */
@NullMarked
package io.github.pekkosupervisor.config;

import org.jspecify.annotations.NullMarked;
