/** What is staged for a repository by {@code mvn -P release verify}, looked at as its readers will. */
@NullMarked
package io.github.pekkosupervisor.examples.release;

import org.jspecify.annotations.NullMarked;
