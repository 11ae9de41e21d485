/**
 * Files of other supervisors, read and written anew as a tree for {@code pekko-supervisor run}: a Procfile,
 * supervisord's configuration, a file of docker compose.
 *
 * <p>What has a counterpart is written as that; what has none is told, with its line, and stands as a comment at its
 * place in what is written. Nothing is run and nobody asked: of the machine only the file itself is read, and whether a
 * file of variables is beside it. The meanings are those of the other programs' manuals. Read
 * {@link io.github.pekkosupervisor.runit.imports.ForeignFile} first.
 */
@NullMarked
package io.github.pekkosupervisor.runit.imports;

import org.jspecify.annotations.NullMarked;
