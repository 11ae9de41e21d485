/**
 * The guide in {@code docs/guide} held to what is so: each block of its pages is code of a test here, a tree that is
 * started, or a session that is played; and its site in HTML. To read first: {@link GuideTest}.
 */
@NullMarked
package io.github.pekkosupervisor.examples.guide;

import org.jspecify.annotations.NullMarked;
