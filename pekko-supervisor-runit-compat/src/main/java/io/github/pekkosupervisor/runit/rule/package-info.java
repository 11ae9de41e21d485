/**
 * What runit does, as plain values: what follows from each event for one service directory
 * ({@link io.github.pekkosupervisor.runit.rule.RunsvRule}) and for a directory of them
 * ({@link io.github.pekkosupervisor.runit.rule.ScanRule}).
 *
 * <p>No clock, no thread, no file and no actor: time comes in with the event, and what is to be done goes out as a list
 * of actions. The semantics are those of runit 2.1.2 as {@code docs/runit-compat.md} lists them, and the tables are in
 * {@code docs/design.md}. Read {@code RunsvRule} first.
 */
@NullMarked
package io.github.pekkosupervisor.runit.rule;

import org.jspecify.annotations.NullMarked;
