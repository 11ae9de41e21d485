/**
 * runit's command line tools, but for {@code runsv} and {@code runsvdir}: programs with an exit code, without actors.
 *
 * <p>People wait for these, so nothing here starts an actor system or a logging framework, and what a JVM is slow to
 * set up at first use (lambdas, streams, regular expressions, formats) is avoided on the way of {@code sv} and
 * {@code chpst}. Words, exit codes and streams are those of the originals; {@code status} and {@code tree} have none.
 * {@link io.github.pekkosupervisor.runit.tools.Tools} is the list.
 */
@NullMarked
package io.github.pekkosupervisor.runit.tools;

import org.jspecify.annotations.NullMarked;
