/**
 * A tree shown as runit's service directories, whatever its children are: to {@code sv}, {@code svstat} and all that
 * works on such directories, which pass on what is asked for.
 *
 * <p>It supervises nothing: what a command leads to is decided by core's supervisors, and what is written is what those
 * have told. The format is runit's, as {@code docs/runit-compat.md} lists it; what is shown and what a letter means for
 * a child that is no process is in {@code docs/export.md}. Read {@code ServiceExport} first, then {@code ExportRule}.
 */
@NullMarked
package io.github.pekkosupervisor.runit.export;

import org.jspecify.annotations.NullMarked;
