package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * What all runsv of one tree have in common.
 *
 * @param ownSessions whether each process gets a session of its own, as {@code runsvdir -P} gives to each runsv
 * @param messages gets each message in runit's form, a line with its newline; may be called from several threads
 * @param clock tells the time for stamps and for the one-second throttle
 * @param listener told of all that happens, in the actor that it happens to, so it must not wait
 */
record RunsvSettings(
        boolean ownSessions, Consumer<OsString> messages, Clock clock, Consumer<? super ServiceEvent> listener) {}
