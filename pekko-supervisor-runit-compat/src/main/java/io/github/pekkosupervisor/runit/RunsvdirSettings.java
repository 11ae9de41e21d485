package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.OsString;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Consumer;

/**
 * What a services directory is run with.
 *
 * @param directory the services directory, as it is to show in messages; relative to the JVM's working directory
 * @param ownSessions whether each service's process gets a session of its own ({@code runsvdir -P}), so that a signal
 *     to the JVM's process group does not reach it
 * @param messages gets each message in runit's form, a line with its newline; may be called from several threads
 * @param clock tells the time for stamps and for the one-second throttle
 */
public record RunsvdirSettings(OsString directory, boolean ownSessions, Consumer<OsString> messages, Clock clock) {

    /** This directory, processes in the JVM's own session, messages to the JVM's standard error. */
    public static RunsvdirSettings of(Path directory) {
        return new RunsvdirSettings(
                OsString.of(directory.toString()),
                false,
                message -> System.err.writeBytes(message.bytes()),
                Clock.systemUTC());
    }

    /** The same with another place for messages. */
    public RunsvdirSettings withMessages(Consumer<OsString> changed) {
        return new RunsvdirSettings(directory, ownSessions, changed, clock);
    }

    /** The same with or without a session for each process. */
    public RunsvdirSettings withOwnSessions(boolean changed) {
        return new RunsvdirSettings(directory, changed, messages, clock);
    }

    /** The same with another clock. */
    public RunsvdirSettings withClock(Clock changed) {
        return new RunsvdirSettings(directory, ownSessions, messages, changed);
    }
}
