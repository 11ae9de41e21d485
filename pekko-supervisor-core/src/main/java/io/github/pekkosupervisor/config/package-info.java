/**
 * Trees from configuration files: HOCON becomes a specification, and each mistake a sentence with file and line; the
 * same reader serves {@code service.conf}. Each key is declared once, with its meaning, and {@code reference.conf} and
 * {@code docs/keys.md} are made from that. Knows nothing of actors. Read
 * {@link io.github.pekkosupervisor.config.ConfiguredTree} first.
 */
@NullMarked
package io.github.pekkosupervisor.config;

import org.jspecify.annotations.NullMarked;
