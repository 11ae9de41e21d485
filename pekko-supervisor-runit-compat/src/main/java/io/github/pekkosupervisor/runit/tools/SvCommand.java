package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.OsString;
import org.jspecify.annotations.Nullable;

/**
 * What {@code sv} is asked to do.
 *
 * @param kind what is done at first
 * @param bytes what is written to the control FIFO, and what each byte asks is then waited for; {@code C} stands for
 *     the check script
 * @param waits whether the outcome is waited for and told
 * @param kills whether a KILL follows when the time is up
 */
record SvCommand(Kind kind, String bytes, boolean waits, boolean kills) {

    /** What is done with a service at first. */
    enum Kind {
        STATUS,
        CONTROL,
        CHECK
    }

    /** By the whole word or, failing that, by its first letter, as the original; null if it is none. */
    static @Nullable SvCommand parse(OsString word, boolean lsb, boolean verbose) {
        return switch (word.toString()) {
            case "check" -> new SvCommand(Kind.CHECK, "C", true, false);
            case "start" -> reported("u");
            case "stop" -> reported("d");
            case "reload" -> reported("h");
            case "shutdown" -> reported("x");
            case "restart" -> reported("tcu");
            case "try-restart" -> reported("tc");
            case "force-stop" -> forced("d");
            case "force-reload" -> forced("tc");
            case "force-restart" -> forced("tcu");
            case "force-shutdown" -> forced("x");
            default -> byLetter(word, lsb, verbose);
        };
    }

    private static @Nullable SvCommand byLetter(OsString word, boolean lsb, boolean verbose) {
        char letter = word.length() == 0 ? 0 : (char) word.at(0);
        return switch (letter) {
            case 's' ->
                lsb && !word.equals(OsString.of("status")) ? null : new SvCommand(Kind.STATUS, "s", false, false);
            case 'u', 'd', 'o', 't', 'p', 'c', 'h', 'a', 'i', 'k', 'q', '1', '2' ->
                new SvCommand(Kind.CONTROL, String.valueOf(letter), verbose, false);
            case 'x', 'e' -> new SvCommand(Kind.CONTROL, "x", verbose, false);
            case 'X', 'E' -> forced("x");
            case 'D' -> forced("d");
            case 'T' -> forced("tc");
            default -> null;
        };
    }

    private static SvCommand reported(String bytes) {
        return new SvCommand(Kind.CONTROL, bytes, true, false);
    }

    private static SvCommand forced(String bytes) {
        return new SvCommand(Kind.CONTROL, bytes, true, true);
    }
}
