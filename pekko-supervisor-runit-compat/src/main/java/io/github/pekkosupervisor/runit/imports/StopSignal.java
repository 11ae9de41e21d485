package io.github.pekkosupervisor.runit.imports;

import io.github.pekkosupervisor.posix.Signal;
import java.util.Locale;

/** The signal by which a process is stopped, by the name that it has here: others write {@code SIGINT} and 2, too. */
final class StopSignal {

    private StopSignal() {}

    static String named(String said) {
        return said.matches("\\d{1,2}")
                ? Signal.nameOf(Integer.parseInt(said))
                : said.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    }
}
