package io.github.pekkosupervisor.runit.imports;

import java.util.List;
import java.util.Locale;

/** The signal by which a process is stopped, by the name that it has here: others write {@code SIGINT} and 2, too. */
final class StopSignal {

    /** From number 1 on, as Linux has them: these files are written for machines and containers that run it. */
    private static final List<String> NAMES = List.of(
            "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
            "TERM");

    private StopSignal() {}

    /** A number that nobody stops a process by stays one, which is told when the file is read. */
    static String named(String said) {
        int number = said.matches("\\d{1,2}") ? Integer.parseInt(said) : 0;
        return number >= 1 && number <= NAMES.size()
                ? NAMES.get(number - 1)
                : said.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    }
}
