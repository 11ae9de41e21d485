package io.github.pekkosupervisor.posix;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A process to be started.
 *
 * <p>Whatever is not said here is what the JVM itself was started with: environment, umask, working directory,
 * descriptors 0 to 2, signals that were ignored then. No other descriptor is passed on, but one that is named and those
 * of {@link PosixSettings#passedOn}.
 *
 * @param command program and arguments; a program without a slash is looked up in the JVM's {@code PATH}
 * @param environment entries {@code NAME=value}; empty for the JVM's own
 * @param directory where the process begins; empty for the JVM's own
 * @param stdin descriptor 0 of the process; empty for the JVM's own
 * @param stdout descriptor 1 of the process; empty for the JVM's own
 * @param stderr descriptor 2 of the process; empty for the JVM's own
 * @param grouping its session and process group
 * @param further one more descriptor for it
 * @param conditions who it is to be, and how it is held
 * @param sockets descriptors 3 and following of the process, which is told its own number as {@code LISTEN_PID}
 */
public record SpawnRequest(
        List<OsString> command,
        Optional<List<OsString>> environment,
        Optional<Directory> directory,
        Optional<Descriptor> stdin,
        Optional<Descriptor> stdout,
        Optional<Descriptor> stderr,
        Grouping grouping,
        Optional<Further> further,
        Conditions conditions,
        List<Descriptor> sockets) {

    /** As {@code sd_listen_fds(3)} has it. */
    private static final int FIRST_SOCKET = 3;

    /** To whom a new process belongs; decides who is reached by a signal to a group and by a terminal. */
    public enum Grouping {
        /** The session and group of this JVM. */
        INHERIT,
        /** A process group of its own in this JVM's session. */
        OWN_GROUP,
        /** A session of its own, as by {@code setsid(2)}, without a terminal. */
        OWN_SESSION
    }

    /**
     * A descriptor beside the standard ones.
     *
     * @param number what it is to be in the process, 3 to 255
     * @param descriptor what it is here
     */
    public record Further(int number, Descriptor descriptor) {
        /** Checks. */
        public Further {
            if (number < 3 || number > 255) {
                throw new IllegalArgumentException("a further descriptor is 3 to 255, was " + number);
            }
        }
    }

    /** Without sockets. */
    public SpawnRequest(
            List<OsString> command,
            Optional<List<OsString>> environment,
            Optional<Directory> directory,
            Optional<Descriptor> stdin,
            Optional<Descriptor> stdout,
            Optional<Descriptor> stderr,
            Grouping grouping,
            Optional<Further> further,
            Conditions conditions) {
        this(command, environment, directory, stdin, stdout, stderr, grouping, further, conditions, List.of());
    }

    /** As the JVM is. */
    public SpawnRequest(
            List<OsString> command,
            Optional<List<OsString>> environment,
            Optional<Directory> directory,
            Optional<Descriptor> stdin,
            Optional<Descriptor> stdout,
            Optional<Descriptor> stderr,
            Grouping grouping,
            Optional<Further> further) {
        this(command, environment, directory, stdin, stdout, stderr, grouping, further, Conditions.NONE);
    }

    /** Without a further descriptor. */
    public SpawnRequest(
            List<OsString> command,
            Optional<List<OsString>> environment,
            Optional<Directory> directory,
            Optional<Descriptor> stdin,
            Optional<Descriptor> stdout,
            Optional<Descriptor> stderr,
            Grouping grouping) {
        this(command, environment, directory, stdin, stdout, stderr, grouping, Optional.empty());
    }

    /** Checks and copies. */
    public SpawnRequest {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command needs at least the program, was empty");
        }
        command = List.copyOf(command);
        environment = environment.map(List::copyOf);
        Objects.requireNonNull(grouping, "grouping");
        sockets = List.copyOf(sockets);
    }

    /** All that it has beside the standard ones. */
    List<Further> beyondStandard() {
        if (sockets.isEmpty()) {
            return further.stream().toList();
        }
        List<Further> all = new ArrayList<>();
        sockets.forEach(socket -> all.add(new Further(FIRST_SOCKET + all.size(), socket)));
        further.ifPresent(all::add);
        return all;
    }

    /** Never shows the environment: it holds secrets. */
    @Override
    public String toString() {
        return "SpawnRequest" + command;
    }

    /** This command with everything else as the JVM has it. */
    public static SpawnRequest of(List<OsString> command) {
        return new SpawnRequest(
                command,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Grouping.INHERIT);
    }
}
