package io.github.pekkosupervisor.rule;

import io.github.pekkosupervisor.spec.ExitReason;

/**
 * An incarnation that runs and does not work.
 *
 * @param incarnation its number
 * @param reason why, in words
 * @param since when that was told
 * @param ends whether it is being stopped for that, and nothing else has it stopped since
 */
record Hanging(long incarnation, ExitReason.Hung reason, long since, boolean ends) {

    /** Somebody else has it stopped now: what it ends with is for that. */
    Hanging withoutEnd() {
        return new Hanging(incarnation, reason, since, false);
    }
}
