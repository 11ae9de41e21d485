package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.ExitStatus;
import io.github.pekkosupervisor.protocol.StartGate;
import io.github.pekkosupervisor.runit.export.Call;

/** What happens to a service directory by OTP's rules; {@link KeeperRule} says what follows. */
sealed interface KeeperEvent {

    // ---- from its supervisor

    /**
     * An incarnation begins; none has had its number before.
     *
     * @param cause why it was started
     */
    record Begins(long incarnation, StartGate.Cause cause) implements KeeperEvent {}

    /**
     * One is to stop in order.
     *
     * @param again whether another one is to follow at once
     */
    record StopAsked(long incarnation, boolean again) implements KeeperEvent {}

    /** One is to end at once. */
    record KillAsked(long incarnation) implements KeeperEvent {}

    /** Its actor has ended, and nobody listens any more. */
    record IncarnationEnded(long incarnation) implements KeeperEvent {}

    // ---- from its runsv

    /** Its {@code run} has this pid; 0 if none. */
    record RunIs(int pid) implements KeeperEvent {}

    /** Its {@code run} has ended. */
    record RunEnded(ExitStatus status) implements KeeperEvent {}

    /**
     * Its {@code run} runs and does not work.
     *
     * @param why in words
     * @param isToBeStopped whether its supervisor is to stop it for that
     */
    record RunHangs(String why, boolean isToBeStopped) implements KeeperEvent {}

    /** It works again. */
    record RunWorks() implements KeeperEvent {}

    /** It cannot be started, in words. */
    record StartFailed(String why) implements KeeperEvent {}

    /**
     * What was ordered runs.
     *
     * @param once whether no other start follows by itself
     */
    record Up(boolean once) implements KeeperEvent {}

    /**
     * Nothing of what was ordered is left.
     *
     * @param comesBack whether another incarnation is to follow at once, if it was stopped
     */
    record Over(boolean comesBack) implements KeeperEvent {}

    /** A letter has come of which its supervisor says what follows. */
    record Letter(char letter) implements KeeperEvent {}

    /** What its supervisor was asked for because of a letter has been answered. */
    record Answered(Call call, boolean done) implements KeeperEvent {}

    /**
     * Supervision is over, and has been told of.
     *
     * @param exitCode as runsv's
     */
    record SupervisionOver(int exitCode) implements KeeperEvent {}

    /** The actor that supervises has failed. */
    record SupervisionFailed(Throwable cause) implements KeeperEvent {}

    /** What happens without anything to be said of it. */
    enum Fact implements KeeperEvent {
        /** It was not to be started where there is a file {@code down}, and there is one. */
        DOWN_FILE,
        /** There is no incarnation, and none will come until somebody asks for one. */
        STAYS_DOWN,
        /** Nothing is to be left. */
        LEAVES,
        /** Those who had the service directory before have ended. */
        FREE,
        /** The actor that supervises has ended; what it has told may still come. */
        SUPERVISOR_GONE,
        /** It has been waited for long enough. */
        SILENT,
        /** It has been closed for long enough. */
        REOPENS
    }
}
