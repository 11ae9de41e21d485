/**
 * The operating system in our own words: processes, descriptors, directories and one event loop.
 *
 * <p>This is the only package that imports jffi, the part of jnr that calls, and it knows nothing of actors: it offers
 * calls that fail with a {@link io.github.pekkosupervisor.posix.PosixException}, and one thread that reports what
 * descriptors and processes did. It decides nothing. Semantics are those of the Linux manual pages named at each
 * method. Read {@link io.github.pekkosupervisor.posix.Posix} first.
 */
@NullMarked
package io.github.pekkosupervisor.posix;

import org.jspecify.annotations.NullMarked;
