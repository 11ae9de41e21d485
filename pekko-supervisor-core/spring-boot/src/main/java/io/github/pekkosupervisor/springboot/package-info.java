/**
 * A supervision tree in a Spring Boot application. It is made from a {@code SupervisorSpec} that is a bean, or from
 * {@code pekko-supervisor.tree} in the application's properties, in the keys of trees from files; it starts and stops
 * with the application context, in a phase of its lifecycle, and tells Spring's availability, Actuator and Micrometer
 * how it is, where they are there.
 *
 * <p>How trees behave is not said here but in {@code pekko-supervisor-core}; nothing there knows of this package.
 * {@link io.github.pekkosupervisor.springboot.ApplicationTree} is the type to read first.
 */
@NullMarked
package io.github.pekkosupervisor.springboot;

import org.jspecify.annotations.NullMarked;
