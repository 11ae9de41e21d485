/**
 * What an operator reads: events in words, once, whoever writes them down. Words are values ({@link SupervisorWords});
 * stacks are cut to the application's own part ({@link CutStack}); what is the same again is counted and not repeated
 * ({@link Repeats}). {@link EventLog} puts the three together for the log of a library and for standard error. It knows
 * no actors. Read {@link EventLog} first.
 */
@NullMarked
package io.github.pekkosupervisor.log;

import org.jspecify.annotations.NullMarked;
