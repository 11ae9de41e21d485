package io.github.pekkosupervisor.runit;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.process.ProcessSigns;
import io.github.pekkosupervisor.process.ProcessSpec;
import io.github.pekkosupervisor.process.Readiness;
import io.github.pekkosupervisor.runit.supervise.UnitRecord.Sign;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * When {@code run} of a service directory counts as ready, where something else is named than its start.
 *
 * @param by the sign
 * @param within how long it may take; then it is stopped, as if somebody had sent it TERM
 */
record ServiceReadiness(Readiness by, Duration within) {

    /** More than can be timed. */
    static final Duration NO_LIMIT = Duration.ofDays(36_500);

    private static final OsString FILE = OsString.of("supervise/.notification");

    /** What a file {@code notification-fd} says; s6 has one number in it. */
    static Readiness ofNotificationFile(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1).trim();
        if (!text.matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("it must hold one number");
        }
        return Readiness.notification(Integer.parseInt(text));
    }

    /** In words. */
    String sign() {
        return by.toString();
    }

    /** The same process, with this sign. */
    ProcessSpec of(ProcessSpec run, Directory home, long socket) {
        return run.withReady(by).withStartTimeout(within).withSigns(signs(home, socket));
    }

    private ProcessSigns signs(Directory home, long socket) {
        return new ProcessSigns(
                socket == 0 ? Optional.empty() : Optional.of(ProcessSigns.socketName(socket)),
                by instanceof Readiness.Notification
                        ? Optional.of(new ProcessSigns.Place(home, FILE))
                        : Optional.empty());
    }

    /** Whether a process can give it that was started to give this one. */
    boolean canBe(Sign sign) {
        return !(by instanceof Readiness.SdNotify) || sign.socket() != 0;
    }

    /** Whether it says so to a socket. */
    boolean needsSocket() {
        return by instanceof Readiness.SdNotify;
    }
}
