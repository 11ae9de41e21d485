/** Tests of {@code pekko-supervisor top}, on a real terminal too. */
@org.jspecify.annotations.NullMarked
package io.github.pekkosupervisor.runit.top;
