package io.github.pekkosupervisor.runit.look;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.Directory.Links;
import io.github.pekkosupervisor.posix.FileStatus;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import io.github.pekkosupervisor.runit.supervise.ReadyFiles;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a directory stands that a tree of children is shown by.
 *
 * @param path the name that it has in its tree, which may be too long for that of a file
 * @param supervision what it goes by if it is a supervisor, a value for each key, as it is written in
 *     {@code .supervision}; empty if it is none, or is of no tree
 * @param isTop whether it is the top of one
 * @param isDone whether it is a oneshot that is done
 * @param isReady whether its {@code check} says that it is ready; empty if it is of no tree
 */
public record TreePlace(
        OsString path, Map<String, String> supervision, boolean isTop, boolean isDone, Optional<Boolean> isReady) {

    /** A file there has a name of its own length if it is shorter; one that was cut is longer. */
    private static final int LONGEST_NAME = 190;

    private static final int LONGEST_PATH = 1 << 20;
    private static final int LONGEST_SUPERVISION = 200;
    private static final int LONGEST_VALUE = 40;
    private static final OsString PATH = OsString.of(".path");
    private static final OsString SUPERVISION = OsString.of(".supervision");
    private static final String TOP = "top";
    private static final String DONE = "done";
    private static final int LONGEST_CHECK = 4_096;
    private static final OsString CHECK = OsString.of("check");

    /** What {@code check} leads to where nothing can be executed. */
    private static final OsString READY = OsString.of("/bin/true");

    private static final OsString NOT_READY = OsString.of("/bin/false");

    /** Copies. */
    public TreePlace {
        supervision = new LinkedHashMap<>(supervision);
    }

    /** That of one that is in no tree. */
    public static TreePlace of(OsString name) {
        return new TreePlace(name, Map.of(), false, false, Optional.empty());
    }

    /** Looks at the hidden files of a directory. */
    public static TreePlace of(Directory directory, OsString name) {
        String text = new String(read(directory, SUPERVISION, LONGEST_SUPERVISION), StandardCharsets.US_ASCII);
        TreePlace place = parse(name.length() < LONGEST_NAME ? name : path(directory, name), text);
        return new TreePlace(place.path, place.supervision, place.isTop, place.isDone, isReady(directory));
    }

    /**
     * Reads what it goes by.
     *
     * @param text what is in {@code .supervision}
     */
    public static TreePlace parse(OsString path, String text) {
        Map<String, String> supervision = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int blank = line.indexOf(' ');
            if (blank > 0 && line.length() - blank <= LONGEST_VALUE) {
                supervision.put(line.substring(0, blank), line.substring(blank + 1));
            }
        });
        return new TreePlace(
                path,
                supervision,
                text.lines().anyMatch(TOP::equals),
                text.lines().anyMatch(DONE::equals),
                Optional.empty());
    }

    private static Optional<Boolean> isReady(Directory directory) {
        try {
            Optional<FileStatus> check = directory.linkStatusIfPresent(CHECK);
            if (check.isEmpty()) {
                return Optional.empty();
            } else if (check.get().isLink()) {
                OsString target = directory.readLink(CHECK);
                return target.equals(READY) || target.equals(NOT_READY)
                        ? Optional.of(target.equals(READY))
                        : Optional.empty();
            }
            String text = new String(directory.readFile(CHECK, LONGEST_CHECK, Links.REFUSE), StandardCharsets.US_ASCII);
            return text.startsWith(ReadyFiles.CHECK_OF_CHILD)
                    ? Optional.of(
                            directory.linkStatusIfPresent(ReadyFiles.READY).isPresent())
                    : Optional.empty();
        } catch (PosixException e) {
            // not for everybody, or being replaced: then nothing is known
            return Optional.empty();
        }
    }

    private static OsString path(Directory directory, OsString name) {
        OsString path = OsString.of(read(directory, PATH, LONGEST_PATH));
        int end = path.indexOf('\n', 0);
        return end > 0 ? path.slice(0, end) : name;
    }

    private static byte[] read(Directory directory, OsString name, int limit) {
        try (Descriptor file = directory.openRead(name)) {
            return file.read(limit);
        } catch (PosixException e) {
            // there is none, or it is not for everybody: then nothing is known
            return new byte[0];
        }
    }

    /** Whether others are below it. */
    public boolean isSupervisor() {
        return supervision.containsKey("strategy");
    }

    /** What it goes by, in a few words; empty if that is nothing. */
    public String supervisionInWords() {
        if (!isSupervisor()) {
            return "";
        }
        String intensity = supervision.getOrDefault("intensity", "infinite");
        return supervision.get("strategy")
                + (intensity.equals("infinite")
                        ? ", no limit"
                        : ", " + intensity + " in " + supervision.getOrDefault("period", "?"));
    }
}
