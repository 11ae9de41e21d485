/**
 * What svlogd does with a stream of lines, without a program around it: selection, time stamps, rotation, processors.
 *
 * <p>{@link io.github.pekkosupervisor.runit.svlogd.LogWriter} is the entry. It waits for nothing: what cannot be done
 * now is told as a {@link io.github.pekkosupervisor.runit.svlogd.Progress}, and is tried again by whoever feeds it, a
 * program that pauses or an actor with a timer.
 */
@NullMarked
package io.github.pekkosupervisor.runit.svlogd;

import org.jspecify.annotations.NullMarked;
