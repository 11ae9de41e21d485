package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;

/**
 * What is said to who has asked for an upgrade, a line each; the last one begins with {@code done} or {@code refused}.
 */
final class Answers {

    private final Descriptor open;

    Answers(Descriptor open) {
        this.open = open;
    }

    /** Where it is written. */
    Descriptor open() {
        return open;
    }

    void say(String line) {
        try {
            open.write(OsString.of(line.replace('\n', ' ') + "\n").bytes());
        } catch (PosixException e) {
            // he does not listen any more
        }
    }

    /** Nothing more is said. */
    void last(String line) {
        say(line);
        open.close();
    }
}
