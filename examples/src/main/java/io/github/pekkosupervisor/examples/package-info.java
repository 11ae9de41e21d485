/**
 * Programs that show or measure the project; nothing here is published.
 *
 * <p>{@link io.github.pekkosupervisor.examples.RunitBenchmark} drives real runit and our runsvdir through the same
 * files and compares them. It uses the JDK alone, so that it measures neither our library nor Pekko in its own JVM.
 */
@NullMarked
package io.github.pekkosupervisor.examples;

import org.jspecify.annotations.NullMarked;
