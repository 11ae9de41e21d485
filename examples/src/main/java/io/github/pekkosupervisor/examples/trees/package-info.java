/**
 * Programs that show supervision in less than 60 lines each: side-cars of a web application, a pool of workers, a
 * process to talk to by lines or messages, a tree from a configuration, a tree in an actor system, service directories
 * beside an actor. Each is run by a test.
 */
@NullMarked
package io.github.pekkosupervisor.examples.trees;

import org.jspecify.annotations.NullMarked;
