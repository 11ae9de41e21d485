package io.github.pekkosupervisor.runit.tools;

import io.github.pekkosupervisor.posix.Descriptor;
import io.github.pekkosupervisor.posix.Directory;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.posix.PosixException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a directory stands that a tree of children is shown by.
 *
 * @param path the name that it has in its tree, which may be too long for that of a file
 * @param supervision what it goes by if it is a supervisor, a value for each key, as it is written in
 *     {@code .supervision}; empty if it is none, or is of no tree
 * @param isTop whether it is the top of one
 */
record TreePlace(OsString path, Map<String, String> supervision, boolean isTop) {

    /** A file there has a name of its own length if it is shorter; one that was cut is longer. */
    private static final int LONGEST_NAME = 190;

    private static final int LONGEST_PATH = 1 << 20;
    private static final int LONGEST_SUPERVISION = 200;
    private static final int LONGEST_VALUE = 40;
    private static final OsString PATH = OsString.of(".path");
    private static final OsString SUPERVISION = OsString.of(".supervision");
    private static final String TOP = "top";

    TreePlace {
        supervision = new LinkedHashMap<>(supervision);
    }

    /** That of one that is in no tree. */
    static TreePlace of(OsString name) {
        return new TreePlace(name, Map.of(), false);
    }

    /** Looks at the hidden files of a directory. */
    static TreePlace of(Directory directory, OsString name) {
        String text = new String(read(directory, SUPERVISION, LONGEST_SUPERVISION), StandardCharsets.US_ASCII);
        return parse(name.length() < LONGEST_NAME ? name : path(directory, name), text);
    }

    /** @param text what is in {@code .supervision} */
    static TreePlace parse(OsString path, String text) {
        Map<String, String> supervision = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int blank = line.indexOf(' ');
            if (blank > 0 && line.length() - blank <= LONGEST_VALUE) {
                supervision.put(line.substring(0, blank), line.substring(blank + 1));
            }
        });
        return new TreePlace(path, supervision, text.lines().anyMatch(TOP::equals));
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

    boolean isSupervisor() {
        return supervision.containsKey("strategy");
    }

    /** What it goes by, in a few words; empty if that is nothing. */
    String supervisionInWords() {
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
