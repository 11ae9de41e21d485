package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.posix.OsString;
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
    private static final List<String> KNOWN = List.of(CHECK, StopWithin.OPTION, "--help");

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
        OptionWords options = new OptionWords(words, KNOWN);
        while (options.next()) {
            if (options.is(CHECK)) {
                check = true;
            } else if (options.has(StopWithin.OPTION)) {
                within = StopWithin.parse(options.value("a time, such as 30s").toString());
            } else {
                throw options.unknown();
            }
        }
        OsString file = options.only("there is more than one file; one may include others")
                .orElseThrow(() ->
                        new IllegalArgumentException("there is no file; name the one that says what is to be run"));
        return new RunOptions(check, within, file);
    }
}
