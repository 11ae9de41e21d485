package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.ProcessIdentity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A launcher that has been at work in a services directory, as a line of the list that it leaves behind: what another
 * supervisor has taken over meanwhile is none of its successor's business.
 *
 * @param identity its process
 */
public record ListedLauncher(ProcessIdentity identity) {

    private static final String WORD = "launcher";
    private static final int FIELDS = 4;

    /** The line, with its newline; none of {@link ListedService}. */
    public byte[] toLine() {
        String line = WORD + " " + identity.pid() + " " + identity.startTicks() + " " + identity.bootId() + "\n";
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    /** Those of a file, in its order. */
    public static List<ListedLauncher> parse(byte[] file) {
        String text = new String(file, StandardCharsets.ISO_8859_1);
        List<ListedLauncher> all = new ArrayList<>();
        for (int at = text.startsWith(WORD + " ") ? 0 : next(text, 0); at >= 0; at = next(text, at)) {
            int end = text.indexOf('\n', at);
            if (end < 0) {
                break;
            }
            parse(text.substring(at, end)).ifPresent(all::add);
        }
        return all;
    }

    /** Where the next such line begins; -1 if there is none. */
    private static int next(String text, int from) {
        int newline = text.indexOf("\n" + WORD + " ", from);
        return newline < 0 ? -1 : newline + 1;
    }

    private static Optional<ListedLauncher> parse(String line) {
        String[] fields = line.split(" ", -1);
        try {
            return fields.length == FIELDS
                    ? Optional.of(new ListedLauncher(
                            new ProcessIdentity(Integer.parseInt(fields[1]), Long.parseLong(fields[2]), fields[3])))
                    : Optional.empty();
        } catch (NumberFormatException e) {
            // somebody else's line
            return Optional.empty();
        }
    }
}
