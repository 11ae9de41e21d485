/**
 * What is said of children and supervisors, as values: specifications, restart types, delays, shutdowns, exit reasons,
 * and the kinds of children. Values are checked here and nothing is started; how each kind is run is said above. As OTP
 * {@code supervisor}, flags and child specifications. Read {@link io.github.pekkosupervisor.spec.ChildSpec} first.
 */
@NullMarked
package io.github.pekkosupervisor.spec;

import org.jspecify.annotations.NullMarked;
