package io.github.pekkosupervisor.runit.top;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.posix.Terminal;
import java.util.List;

/**
 * A whole screen of a terminal, borrowed: what was on it and how it was comes back with {@link #leave}. Only lines that
 * are different from before are written, all at once. By the sequences that all terminals have which came after the
 * VT100: those of xterm, of the Linux console, of screen and tmux.
 */
final class Screen {

    /** Another screen, empty; what is too long for a line is cut; no cursor. */
    private static final String BEGIN = "\033[?1049h\033[?7l\033[?25l\033[0m\033[2J";

    private static final String END = "\033[0m\033[?7h\033[?25h\033[?1049l";
    private static final String ALL_EMPTY = "\033[0m\033[2J";

    /** Where a terminal does not say. */
    private static final Terminal.Size USUAL = new Terminal.Size(24, 80);

    private final Descriptor to;
    private final Terminal terminal;
    private List<String> shown = List.of();
    private boolean isOurs;

    Screen(Descriptor to, Terminal terminal) {
        this.to = to;
        this.terminal = terminal;
    }

    /** From now on it is ours. */
    void enter() throws PosixException {
        isOurs = true;
        terminal.takeKeys();
        write(BEGIN);
        shown = List.of();
    }

    boolean isOurs() {
        return isOurs;
    }

    /** It is as it was; again and again is as good as once. */
    void leave() throws PosixException {
        if (!isOurs) {
            return;
        }
        isOurs = false;
        try {
            write(END);
        } finally {
            terminal.giveBack();
        }
    }

    /** Whatever is on it has nothing to do with us any more, since its size has changed for instance. */
    void forget() throws PosixException {
        write(ALL_EMPTY);
        shown = List.of();
    }

    Terminal.Size size() {
        return terminal.size().orElse(USUAL);
    }

    /** Shows these lines, of which there are as many as fit, or fewer than before. */
    void show(List<String> lines) throws PosixException {
        StringBuilder changes = new StringBuilder();
        for (int i = 0; i < Math.max(lines.size(), shown.size()); i++) {
            String line = i < lines.size() ? lines.get(i) : "";
            if (!line.equals(i < shown.size() ? shown.get(i) : "")) {
                changes.append("\033[").append(i + 1).append(";1H").append(line).append("\033[0m\033[K");
            }
        }
        shown = List.copyOf(lines);
        if (changes.length() > 0) {
            write(changes.toString());
        }
    }

    private void write(String text) throws PosixException {
        to.write(OsString.of(text).bytes());
    }
}
