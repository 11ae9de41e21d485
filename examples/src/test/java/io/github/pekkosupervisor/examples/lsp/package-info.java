/**
 * A recipe: a language server as a child of a tree, talked to by LSP4J. {@code Lsp4jClient} is what is to be copied; it
 * is here, among the tests, since nothing else needs that library.
 */
@NullMarked
package io.github.pekkosupervisor.examples.lsp;

import org.jspecify.annotations.NullMarked;
