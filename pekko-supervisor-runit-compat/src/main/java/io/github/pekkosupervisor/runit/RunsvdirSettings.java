package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.Mistakes;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a services directory is run with.
 *
 * @param directory the services directory, as it is to show in messages; relative to the JVM's working directory
 * @param ownSessions whether each service's process gets a session of its own ({@code runsvdir -P}), so that a signal
 *     to the JVM's process group does not reach it
 * @param messages gets each message in runit's form, a line with its newline; may be called from several threads
 * @param clock tells the time for stamps and for the one-second throttle
 * @param listeners told of all that happens to service directories; none by default
 * @param state the directory for the list of service directories, by which one is found whose entry goes while nobody
 *     is there; by default {@code .pekko-supervisor} in the services directory
 * @param mistakes what the {@code with} methods were given and cannot be; told by whatever is to run with these
 *     settings
 */
public record RunsvdirSettings(
        OsString directory,
        boolean ownSessions,
        Consumer<OsString> messages,
        Clock clock,
        List<Consumer<? super ServiceEvent>> listeners,
        Optional<OsString> state,
        Mistakes mistakes) {

    /** Copies. */
    public RunsvdirSettings {
        listeners = List.copyOf(listeners);
    }

    /** Without mistakes. */
    public RunsvdirSettings(
            OsString directory,
            boolean ownSessions,
            Consumer<OsString> messages,
            Clock clock,
            List<Consumer<? super ServiceEvent>> listeners,
            Optional<OsString> state) {
        this(directory, ownSessions, messages, clock, listeners, state, Mistakes.NONE);
    }

    /** This directory, processes in the JVM's own session, messages to the JVM's standard error. */
    public static RunsvdirSettings of(Path directory) {
        return new RunsvdirSettings(
                OsString.of(directory.toString()),
                false,
                message -> System.err.writeBytes(message.bytes()),
                Clock.systemUTC(),
                List.of(),
                Optional.empty());
    }

    /** The same with another place for messages. */
    public RunsvdirSettings withMessages(Consumer<OsString> changed) {
        return new RunsvdirSettings(
                directory,
                ownSessions,
                changed == null ? messages : changed,
                clock,
                listeners,
                state,
                mistakes.after("withMessages", Mistakes.ofNull(changed)));
    }

    /** The same with or without a session for each process. */
    public RunsvdirSettings withOwnSessions(boolean changed) {
        return new RunsvdirSettings(directory, changed, messages, clock, listeners, state, mistakes);
    }

    /** The same with another clock. */
    public RunsvdirSettings withClock(Clock changed) {
        return new RunsvdirSettings(
                directory,
                ownSessions,
                messages,
                changed == null ? clock : changed,
                listeners,
                state,
                mistakes.after("withClock", Mistakes.ofNull(changed)));
    }

    /**
     * The same with one listener more. It hears one event after another on a thread made for blocking, so that no
     * service directory waits for it; {@link Runsvdir.Stop} is over when it has heard all. As with the listeners of a
     * tree, one that is 10,000 events behind is waited for, up to five seconds; one that does not return then misses
     * events.
     */
    public RunsvdirSettings withListener(Consumer<? super ServiceEvent> added) {
        List<Consumer<? super ServiceEvent>> all = Stream.<Consumer<? super ServiceEvent>>concat(
                        listeners.stream(), Stream.ofNullable(added))
                .toList();
        return new RunsvdirSettings(
                directory,
                ownSessions,
                messages,
                clock,
                all,
                state,
                mistakes.plus("withListener", Mistakes.ofNull(added)));
    }

    /** The same with another directory for the list of service directories; it is made where it is not there. */
    public RunsvdirSettings withState(Path changed) {
        return new RunsvdirSettings(
                directory,
                ownSessions,
                messages,
                clock,
                listeners,
                changed == null ? state : Optional.of(OsString.of(changed.toString())),
                mistakes.after("withState", Mistakes.ofNull(changed)));
    }
}
