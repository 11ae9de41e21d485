package io.github.pekkosupervisor.process;

import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where a process that is to outlive this JVM gives the signs that it is ready, so that the next one finds them in the
 * same place.
 *
 * @param socket the name of its {@code NOTIFY_SOCKET}; empty for any
 * @param file the file that its notification descriptor writes to; empty for a pipe to this JVM
 */
public record ProcessSigns(Optional<String> socket, Optional<Place> file) {

    /** Wherever it is, nobody else has to find it. */
    public static final ProcessSigns ANYWHERE = new ProcessSigns(Optional.empty(), Optional.empty());

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PREFIX = "pekko-supervisor/";

    /**
     * A file, made anew at each start.
     *
     * @param directory where it is
     * @param name its name there
     */
    public record Place(Directory directory, OsString name) {}

    /** A number for a name that nobody can have taken beforehand. */
    public static long newSocketNumber() {
        return RANDOM.nextLong();
    }

    /** The name of a socket that was given this number. */
    public static String socketName(long number) {
        return PREFIX + HexFormat.of().toHexDigits(number);
    }
}
