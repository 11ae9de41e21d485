package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * What all runsv of one tree have in common.
 *
 * @param ownSessions whether each process gets a session of its own, as {@code runsvdir -P} gives to each runsv
 * @param messages gets each message in runit's form, a line with its newline; may be called from several threads
 * @param clock tells the time for stamps and for the one-second throttle
 * @param listener told of all that happens, in the actor that it happens to, so it must not wait
 * @param orders who orders each start of {@code run}; empty where runsv starts it again itself
 * @param essential told, in the actor, the exit code of a launcher that is to end since an essential {@code run} has
 *     ended; empty where there is none that ends
 */
record RunsvSettings(
        boolean ownSessions,
        Consumer<OsString> messages,
        Clock clock,
        Consumer<? super ServiceEvent> listener,
        Optional<Orders> orders,
        Optional<IntConsumer> essential) {

    /** Who orders each start and stop of {@code run}, and so decides what follows from an end; called by the actor. */
    interface Orders {
        /** A command has come that is for him: one of {@code u d o x t}, the last after its script. */
        void asked(char letter);

        /** What was ordered runs. */
        void up();

        /** Nothing of it is left, or nothing has come of it. */
        void over();

        /** It was not to be started where there is a file {@code down}, and there is one. */
        void down();
    }

    /** One that starts {@code run} again itself. */
    RunsvSettings(
            boolean ownSessions, Consumer<OsString> messages, Clock clock, Consumer<? super ServiceEvent> listener) {
        this(ownSessions, messages, clock, listener, Optional.empty(), Optional.empty());
    }
}
