/**
 * What the tests of this module share: the programs they run, a look at processes from outside, and the guard that no
 * test leaves a process behind.
 */
@NullMarked
package io.github.pekkosupervisor.testing;

import org.jspecify.annotations.NullMarked;
