/** Tests of what is to be seen of services from outside. */
@org.jspecify.annotations.NullMarked
package io.github.pekkosupervisor.runit.look;
