package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Signal;
import io.github.pekkosupervisor.runit.supervise.ErrorText;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What a service can be asked to do, by the letters that {@code sv} writes to {@code supervise/control}, with the
 * rights of whoever asks. As {@code runsv(8)}, CONTROL.
 */
public enum Order {
    /** Runs, and is started again whenever it ends. */
    UP("u", "start", false),
    /** Is told to end, and stays down. */
    DOWN("d", "stop", true),
    /** Runs, and is not started again. */
    ONCE("o", "start once", false),
    /** Is told to end, and is started again. */
    RESTART("tcu", "restart", true),
    /** A TERM. */
    TERM("t", "TERM", true),
    /** A KILL. */
    KILL("k", "KILL", true),
    /** A HUP, which has most read their configuration again. */
    HUP("h", "HUP", false),
    /** An ALRM. */
    ALARM("a", "ALRM", false),
    /** An INT. */
    INTERRUPT("i", "INT", true),
    /** A QUIT. */
    QUIT("q", "QUIT", true),
    /** A USR1. */
    USER_1("1", "USR1", false),
    /** A USR2. */
    USER_2("2", "USR2", false),
    /** A STOP. */
    PAUSE("p", "pause", true),
    /** A CONT. */
    CONTINUE("c", "continue", false);

    private static final OsString OK = OsString.of("supervise/ok");
    private static final OsString CONTROL = OsString.of("supervise/control");

    private final String letters;
    private final String words;
    private final boolean stops;

    Order(String letters, String words, boolean stops) {
        this.letters = letters;
        this.words = words;
        this.stops = stops;
    }

    /** The one that has a signal sent; empty if none does. */
    public static Optional<Order> of(Signal signal) {
        return Optional.ofNullable(
                switch (signal) {
                    case TERM -> TERM;
                    case KILL -> KILL;
                    case HUP -> HUP;
                    case ALRM -> ALARM;
                    case INT -> INTERRUPT;
                    case QUIT -> QUIT;
                    case USR1 -> USER_1;
                    case USR2 -> USER_2;
                    case STOP -> PAUSE;
                    case CONT -> CONTINUE;
                    default -> null;
                });
    }

    /** How people call it. */
    public String words() {
        return words;
    }

    /** Whether the service may not do its work for a while, or any more. */
    public boolean stops() {
        return stops;
    }

    /**
     * Asks for it; what comes of it is to be seen in the service's status.
     *
     * @param service the path of its directory
     * @return why nobody is asked; empty if its supervisor is
     */
    public Optional<String> give(OsString service) {
        try (Directory directory = Directory.open(service)) {
            directory.openWrite(OK).close();
            try (Descriptor control = directory.openWrite(CONTROL)) {
                if (!control.status().isFifo()) {
                    return Optional.of("its supervise/control is no FIFO");
                }
                // one that nobody empties may be full
                control.makeNonBlocking();
                control.write(letters.getBytes(StandardCharsets.US_ASCII));
                return Optional.empty();
            }
        } catch (PosixException e) {
            boolean nobody = e.is("ENXIO") || e.is("ENOENT");
            return Optional.of(nobody ? "it is not supervised" : ErrorText.of(e));
        }
    }
}
