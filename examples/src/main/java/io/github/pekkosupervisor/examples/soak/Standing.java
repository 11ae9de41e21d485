package io.github.pekkosupervisor.examples.soak;

import java.util.List;
import java.util.Optional;

/**
 * One service in a look.
 *
 * @param name what it is called
 * @param wanted what it should be doing
 * @param runs the processes of its {@code run}
 * @param scripts its other processes: {@code finish}, control scripts and what these have started
 * @param loggers the processes of its {@code log/run}
 * @param told what its status says; empty if there is none that can be read
 */
record Standing(
        String name, Wanted wanted, List<Seen> runs, List<Seen> scripts, List<Seen> loggers, Optional<Told> told) {

    /** What a service should be doing. */
    enum Wanted {
        UP,
        DOWN,
        /** Either: it was started once, or whether a command has been heard cannot be known. */
        ANYTHING,
        /** It has no link: nothing of it may run. */
        NOTHING
    }

    /**
     * What a status says.
     *
     * @param state d, r or f, as down, run and finish
     * @param pid 0 for none
     */
    record Told(char state, long pid) {}

    Standing {
        runs = List.copyOf(runs);
        scripts = List.copyOf(scripts);
        loggers = List.copyOf(loggers);
    }

    boolean isUp() {
        return !runs.isEmpty();
    }
}
