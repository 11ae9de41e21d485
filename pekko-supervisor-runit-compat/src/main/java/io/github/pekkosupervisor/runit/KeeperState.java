package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.runit.export.ShownChild;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is known of a service directory by OTP's rules; a value.
 *
 * @param child what decides on letters knows of it
 * @param run the incarnation that has begun
 * @param next one that is to begin as soon as nothing of the one before it is left
 * @param isHeldBack whether others still have the service directory
 * @param isThere whether there is an actor that supervises it, or what that has told may still come
 * @param isGone whether that actor has ended
 * @param exitCode how its supervision has ended, if it has
 * @param reopens whether it is closed for a while
 * @param leaves whether nothing is to be left
 */
record KeeperState(
        ShownChild child,
        Optional<KeeperRun> run,
        Optional<KeeperEvent.Begins> next,
        boolean isHeldBack,
        boolean isThere,
        boolean isGone,
        OptionalInt exitCode,
        boolean reopens,
        boolean leaves) {

    /**
     * Before the first incarnation.
     *
     * @param isHeldBack whether others still have the service directory; {@link KeeperEvent.Fact#FREE} follows
     */
    static KeeperState beginning(Instant now, boolean isHeldBack) {
        return new KeeperState(
                ShownChild.downSince(now),
                Optional.empty(),
                Optional.empty(),
                isHeldBack,
                false,
                false,
                OptionalInt.empty(),
                false,
                false);
    }

    /** Whether this incarnation has begun, and nobody has been told that it is over. */
    boolean isRun(long incarnation) {
        return run.isPresent() && run.get().incarnation() == incarnation;
    }
}
