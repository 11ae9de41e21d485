/**
 * What becomes of services when the launcher that supervises them is killed with -9, or leaves them, and another one is
 * started: nothing is doubled, nothing is lost. Real launchers, real processes, the real {@code sv}. Start with
 * {@link io.github.pekkosupervisor.runit.adoption.AdoptionCasesTest}.
 */
@NullMarked
package io.github.pekkosupervisor.runit.adoption;

import org.jspecify.annotations.NullMarked;
