package io.github.pekkosupervisor.runit.page;

import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.protocol.TreeSnapshot.Node;
import io.github.pekkosupervisor.protocol.TreeSnapshot.State;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a page may ask for, and of whom. */
enum Command {
    /** It runs, or is to: another incarnation. */
    RESTART,
    /** It is down, or waits. */
    START,
    /** It is not down. */
    STOP,
    /** It runs. */
    SIGNAL;

    /** Those that runit has a letter for. */
    static final List<Signal> SIGNALS = List.of(
            Signal.HUP,
            Signal.ALRM,
            Signal.INT,
            Signal.QUIT,
            Signal.USR1,
            Signal.USR2,
            Signal.STOP,
            Signal.CONT,
            Signal.KILL);

    static final String SCANNED = "service directories";
    static final String SERVICE = "service directory";
    private static final String SUPERVISOR = "supervisor";
    private static final String LOGGER = "logger";

    /** As it is written; empty if there is none of that name. */
    static Optional<Command> named(String word) {
        for (Command command : values()) {
            if (command.word().equals(word)) {
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * What can be asked of a place as it is. The top has nobody above it who could obey, and a logger has its service
     * directory for that; a signal means nothing to a supervisor or to a directory of service directories.
     *
     * @param above the place that it is below; empty for the top
     */
    static Set<Command> possible(Node node, Optional<Node> above) {
        if (above.isEmpty() || node.kind().equals(LOGGER) || above.get().kind().equals(SERVICE)) {
            return Set.of();
        }
        Set<Command> possible = EnumSet.noneOf(Command.class);
        boolean hasSignals = !node.kind().equals(SUPERVISOR) && !node.kind().equals(SCANNED);
        switch (node.state()) {
            case RUNNING, STARTING -> {
                possible.add(RESTART);
                possible.add(STOP);
                if (hasSignals) {
                    possible.add(SIGNAL);
                }
            }
            case STOPPING -> {
                if (hasSignals) {
                    possible.add(SIGNAL);
                }
            }
            case RESTARTING -> {
                possible.add(START);
                possible.add(STOP);
            }
            case STOPPED, FINISHED, IGNORED, DONE -> possible.add(START);
            case WAITING -> possible.add(STOP);
        }
        if (isDynamic(above.get()) && node.state() != State.RESTARTING) {
            // its children are there while they run
            possible.remove(START);
        }
        return possible;
    }

    /** Whether the children of a place are told apart by their incarnations. */
    static boolean isDynamic(Node node) {
        return node.supervision().map(by -> by.strategy().isDynamic()).orElse(false);
    }
}
