package io.github.pekkosupervisor.examples;

import java.util.OptionalDouble;

/**
 * What became of the services whose supervisor was killed and started again.
 *
 * @param copies processes beyond one for each service
 * @param restarted services whose process is another one
 * @param obeying services whose process from before did what it was told through {@code supervise/control}
 * @param millisToLast from the new start until the last of all obeyed; empty if not all did
 * @param endsWithLink whether a service ended when its link was removed
 * @param lines what became of the lines
 */
record Fate(
        int copies,
        int restarted,
        int obeying,
        OptionalDouble millisToLast,
        boolean endsWithLink,
        WrittenLines.Verdict lines) {

    boolean isNothingLost(int services) {
        return copies == 0
                && restarted == 0
                && obeying == services
                && endsWithLink
                && lines.lost() == 0
                && lines.doubled() == 0
                && lines.disordered() == 0;
    }
}
