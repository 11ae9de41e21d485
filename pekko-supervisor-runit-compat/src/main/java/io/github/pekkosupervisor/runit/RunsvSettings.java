package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.rule.NeedsRule.Needs;
import java.time.Clock;
import java.util.Optional;
import java.util.function.BiConsumer;
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
 * @param noRoom told, in the actor, the name of a service directory for which there is no descriptor left, which is
 *     tried again then; empty where that is said as anything else
 * @param needs told, in the actor, what a service directory says of others, and tells it then how it stands with these;
 *     empty where there are no others
 */
record RunsvSettings(
        boolean ownSessions,
        Consumer<OsString> messages,
        Clock clock,
        Consumer<? super ServiceEvent> listener,
        Optional<Orders> orders,
        Optional<IntConsumer> essential,
        Optional<Consumer<? super OsString>> noRoom,
        Optional<BiConsumer<? super ServiceDirectory, ? super Needs>> needs) {

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
        this(
                ownSessions,
                messages,
                clock,
                listener,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }
}
