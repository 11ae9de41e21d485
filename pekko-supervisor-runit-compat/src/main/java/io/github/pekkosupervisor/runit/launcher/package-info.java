/**
 * The programs of the launcher jar: command line, signals of the JVM, exit codes, process title.
 *
 * <p>Nothing here decides about services; that is one floor down, in {@link io.github.pekkosupervisor.runit}. Read
 * {@link io.github.pekkosupervisor.runit.launcher.Main} first.
 */
@NullMarked
package io.github.pekkosupervisor.runit.launcher;

import org.jspecify.annotations.NullMarked;
