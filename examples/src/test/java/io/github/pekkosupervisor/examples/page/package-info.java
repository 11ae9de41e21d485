/** The page of a tree in a real browser. To read first: {@link PageInBrowserTest}. */
@NullMarked
package io.github.pekkosupervisor.examples.page;

import org.jspecify.annotations.NullMarked;
