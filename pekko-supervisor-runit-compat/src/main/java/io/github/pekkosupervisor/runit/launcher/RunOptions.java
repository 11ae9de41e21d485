package io.github.pekkosupervisor.runit.launcher;

import com.typesafe.config.ConfigValueFactory;
import io.github.pekkosupervisor.config.ConfigValues;
import io.github.pekkosupervisor.config.Slips;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The words behind {@code pekko-supervisor run}.
 *
 * @param check whether the file is only read, and what is wrong with it told
 * @param stopWithin how long a stop may take until what is left is killed; empty for as long as it takes
 * @param file that says what is run
 */
record RunOptions(boolean check, Optional<Duration> stopWithin, OsString file) {

    private static final String CHECK = "--check";
    private static final String STOP_WITHIN = "--stop-within";
    private static final List<String> KNOWN = List.of(CHECK, STOP_WITHIN, "--help");
    private static final int LONGEST = 32;

    /** Engines of containers kill after ten seconds. */
    private static final Duration AS_INIT = Duration.ofSeconds(8);

    /**
     * What they say.
     *
     * @param isFirst whether this is process 1
     * @throws IllegalArgumentException with what is wrong, and what to do
     */
    static RunOptions parse(List<OsString> words, boolean isFirst) {
        boolean check = false;
        Optional<Duration> within = isFirst ? Optional.of(AS_INIT) : Optional.empty();
        int next = 0;
        while (next < words.size() && words.get(next).startsWith("-")) {
            String word = words.get(next).toString();
            next++;
            if (word.equals("--")) {
                break;
            } else if (word.equals(CHECK)) {
                check = true;
            } else if (word.equals(STOP_WITHIN)) {
                if (next == words.size()) {
                    throw new IllegalArgumentException(STOP_WITHIN + " needs a time, such as 30s");
                }
                within = time(words.get(next).toString());
                next++;
            } else if (word.startsWith(STOP_WITHIN + "=")) {
                within = time(word.substring(STOP_WITHIN.length() + 1));
            } else {
                throw unknown(words.get(next - 1));
            }
        }
        if (next + 1 != words.size()) {
            throw new IllegalArgumentException(
                    next == words.size()
                            ? "there is no file; name the one that says what is to be run"
                            : "there is more than one file; one may include others");
        }
        return new RunOptions(check, within, words.get(next));
    }

    private static Optional<Duration> time(String given) {
        try {
            return ConfigValues.positiveOrInfinite(ConfigValueFactory.fromAnyRef(given));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(STOP_WITHIN + " " + e.getMessage(), e);
        }
    }

    private static IllegalArgumentException unknown(OsString word) {
        String name = word.toString();
        Optional<String> meant = name.length() > LONGEST ? Optional.empty() : Slips.meant(name, KNOWN);
        return new IllegalArgumentException("unknown option " + Printable.onTerminal(word)
                + meant.map(option -> "; did you mean " + option + "?").orElse(""));
    }
}
