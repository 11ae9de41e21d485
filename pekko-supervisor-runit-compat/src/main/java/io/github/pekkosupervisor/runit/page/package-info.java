/**
 * A tree as a page in a browser, as it is now: what {@code snapshot()} and {@code subscribe} tell, drawn, and commands
 * to children where they are allowed.
 *
 * <p>It decides nothing of the tree and nothing below it knows of it. Off unless somebody opens one; for this machine
 * alone, by a token or by a socket with a file. What is sent is in {@code docs/page.md}, which a test compares. Read
 * {@code LivePage} first, then {@code Picture} and {@code Guard}.
 */
@NullMarked
package io.github.pekkosupervisor.runit.page;

import org.jspecify.annotations.NullMarked;
