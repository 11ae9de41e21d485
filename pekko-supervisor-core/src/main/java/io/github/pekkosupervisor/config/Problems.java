package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigOrigin;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All that is found wrong while a file is read. */
public final class Problems {

    private static final String BAD = "invalid_config";

    private final List<Found> found = new ArrayList<>();

    private record Found(int line, Problem problem) {}

    /** Nothing yet. */
    public Problems() {}

    /**
     * Something in the file.
     *
     * @param path of the supervisor or child in the tree, or of the service directory
     * @param value what was found
     */
    public void add(ConfigOrigin where, String path, String value, String message) {
        found.add(new Found(where.lineNumber(), new Problem(path, BAD, value, where.description() + ": " + message)));
    }

    /** Something that only the whole shows. */
    void add(Problem problem) {
        found.add(new Found(-1, problem));
    }

    /** In the order that they were found in. */
    List<Problem> all() {
        return found.stream().map(Found::problem).toList();
    }

    /** A sentence each, with file and line, in the order of the lines. */
    public List<String> byLine() {
        return found.stream()
                .sorted(Comparator.comparingInt(Found::line))
                .map(one -> one.problem().message())
                .toList();
    }
}
