package io.github.pekkosupervisor.runit.supervise;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a supervisor has found wrong in a service directory when it began, and does without for as long as it supervises
 * it: {@code supervise/.shortcomings}, for who looks later, when the lines on standard error are gone. A line for each:
 * a few words, a tab, and why. The file is not there if there is nothing.
 */
public final class Shortcomings {

    private static final OsString FILE = OsString.of("supervise/.shortcomings");
    private static final OsString NEXT = OsString.of("supervise/.shortcomings.new");
    private static final int READABLE = 0644;
    private static final int LONGEST = 64 * 1024;

    private final List<Shortcoming> found = new ArrayList<>();

    /**
     * One of them.
     *
     * @param what in a few words
     * @param why as it was said
     */
    public record Shortcoming(String what, String why) {}

    /** This is wrong too. */
    public void add(String what, String why) {
        found.add(new Shortcoming(Printable.oneLine(what), Printable.oneLine(why)));
    }

    /**
     * This is wrong now, in place of what was said of the same.
     *
     * @return whether that is news
     */
    public boolean put(String what, String why) {
        Shortcoming now = new Shortcoming(Printable.oneLine(what), Printable.oneLine(why));
        if (found.contains(now)) {
            return false;
        }
        remove(what);
        return found.add(now);
    }

    /**
     * This is wrong no more.
     *
     * @return whether it was
     */
    public boolean remove(String what) {
        return found.removeIf(one -> one.what().equals(Printable.oneLine(what)));
    }

    /**
     * Of all whose words begin so this is wrong now, and nothing else.
     *
     * @param one whose words begin so; empty if nothing of that is wrong
     * @return whether that is news
     */
    public boolean only(String beginning, Optional<Shortcoming> one) {
        List<Shortcoming> now = one.stream()
                .map(wrong -> new Shortcoming(Printable.oneLine(wrong.what()), Printable.oneLine(wrong.why())))
                .toList();
        List<Shortcoming> before = found.stream()
                .filter(known -> known.what().startsWith(beginning))
                .toList();
        if (before.equals(now)) {
            return false;
        }
        found.removeAll(before);
        return found.addAll(now) || !before.isEmpty();
    }

    /**
     * Leaves them behind in place of those of before.
     *
     * @param isNew whether nobody has been at work there before
     * @param reporter told if they cannot be written: then {@code pekko-supervisor status} does not tell them
     */
    public void write(Directory home, boolean isNew, Reporter reporter) {
        try {
            if (!found.isEmpty()) {
                try (Descriptor opened = home.openNew(NEXT, READABLE)) {
                    opened.write(text());
                }
                home.rename(NEXT, FILE);
            } else if (!isNew && home.linkStatusIfPresent(FILE).isPresent()) {
                home.remove(FILE);
            }
        } catch (PosixException e) {
            reporter.warnOfOurs(
                    "unable to write " + FILE + ", by which pekko-supervisor status tells what is wrong", e);
        }
    }

    private byte[] text() {
        return found.stream()
                .map(one -> one.what() + "\t" + one.why() + "\n")
                .collect(Collectors.joining())
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What was left behind; nothing too where that cannot be read. */
    public static List<Shortcoming> read(Directory home) {
        try {
            byte[] file = home.readFile(FILE, LONGEST, Directory.Links.REFUSE);
            return new String(file, StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t", 2))
                    .filter(parts -> parts.length == 2)
                    .map(parts -> new Shortcoming(Printable.oneLine(parts[0]), Printable.oneLine(parts[1])))
                    .toList();
        } catch (PosixException e) {
            // most have none
            return List.of();
        }
    }
}
