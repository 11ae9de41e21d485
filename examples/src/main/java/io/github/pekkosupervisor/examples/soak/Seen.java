package io.github.pekkosupervisor.examples.soak;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process as {@code /proc} shows it.
 *
 * @param pid its number
 * @param start when it was started, in ticks since boot: with the pid, who it is
 * @param parent the pid of its parent
 * @param state the kernel's letter: Z has ended, T is stopped
 * @param cwd where it is; empty text if that cannot be seen
 * @param command its words; none if it has ended
 */
record Seen(long pid, long start, long parent, char state, String cwd, List<String> command) {

    private static final Path PROC = Path.of("/proc");
    /** Of what follows the name in {@code stat}. */
    private static final int STATE = 0;

    private static final int PARENT = 1;
    private static final int START = 19;

    Seen {
        command = List.copyOf(command);
    }

    boolean hasEnded() {
        return state == 'Z' || state == 'X';
    }

    /** Whether it still runs, now. */
    boolean isAlive() {
        return of(pid).filter(now -> now.start == start && !now.hasEnded()).isPresent();
    }

    /** One process as it is now. */
    static Optional<Seen> of(long pid) {
        Path process = PROC.resolve(Long.toString(pid));
        try {
            String stat = Files.readString(process.resolve("stat"), ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            String words = Files.readString(process.resolve("cmdline"), ISO_8859_1);
            return Optional.of(new Seen(
                    pid,
                    Long.parseLong(fields[START]),
                    Long.parseLong(fields[PARENT]),
                    fields[STATE].charAt(0),
                    cwd(process),
                    words.isEmpty() ? List.of() : List.of(words.split("\0", -1))));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static String cwd(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).toString();
        } catch (IOException endedOrForeign) {
            return "";
        }
    }

    /** All that there are. */
    static List<Seen> all() throws IOException {
        List<Seen> all = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                of(Long.parseLong(String.valueOf(process.getFileName()))).ifPresent(all::add);
            }
        }
        return all;
    }
}
