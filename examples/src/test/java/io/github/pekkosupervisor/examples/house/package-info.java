/**
 * What keeps the house in order, seen in the source text of core and runit-compat: circles, sizes, a guide that is
 * right.
 */
@NullMarked
package io.github.pekkosupervisor.examples.house;

import org.jspecify.annotations.NullMarked;
