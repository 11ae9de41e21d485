/**
 * Servers for tests of JUnit 5, without containers: PostgreSQL, Redis or any other, started by one annotation as
 * supervised processes of this machine, each with ports and a directory of its own, and gone with the JVM however that
 * ends.
 */
@NullMarked
package io.github.pekkosupervisor.junit;

import org.jspecify.annotations.NullMarked;
