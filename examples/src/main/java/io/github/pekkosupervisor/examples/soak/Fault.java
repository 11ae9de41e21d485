package io.github.pekkosupervisor.examples.soak;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What is done to services and to their launcher. A new one is a line here and what it does in {@link Storm}. */
enum Fault {
    SERVICE_KILLED(12, "kill -9 of a service"),
    LOGGER_KILLED(3, "kill -9 of a logger"),
    SCRIPT_KILLED(3, "kill -9 of a finish or a control script"),
    COMMANDS(12, "letters to supervise/control, as sv writes them; down and up at once among them"),
    LINKS(4, "links removed, added, renamed"),
    LAUNCHER_KILLED(1, "kill -9 of the launcher, then a new one"),
    LAUNCHER_STOPPED(1, "SIGSTOP of the launcher for a while"),
    UPGRADE(1, "the launcher becomes another one, of the same distribution, by pekko-supervisor upgrade"),
    EMFILE(1, "the launcher may open no more files for a while"),
    EAGAIN(1, "the launcher may start no more processes for a while"),
    ENOSPC(1, "the file system of some supervise directories is full for a while"),
    EROFS(1, "the same is read-only for a while");

    private final int weight;
    private final String meaning;

    Fault(int weight, String meaning) {
        this.weight = weight;
        this.meaning = meaning;
    }

    /** How often, beside the others. */
    int weight() {
        return weight;
    }

    /** Whether it is the launcher, or all that it does, that is concerned: not played in each round. */
    boolean isOfLauncher() {
        return compareTo(LAUNCHER_KILLED) >= 0;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<Fault> of(String word) {
        return Arrays.stream(values())
                .filter(fault -> fault.word().equals(word))
                .findFirst();
    }

    /** A line for each. */
    static String table() {
        return Arrays.stream(values())
                .map(fault -> String.format(Locale.ROOT, "    %-17s %s%n", fault.word(), fault.meaning))
                .collect(joining());
    }

    static Set<Fault> all() {
        return EnumSet.allOf(Fault.class);
    }
}
