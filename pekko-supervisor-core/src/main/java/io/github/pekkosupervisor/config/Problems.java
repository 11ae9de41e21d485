package io.github.pekkosupervisor.config;

import com.typesafe.config.ConfigOrigin;
import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import io.github.pekkosupervisor.spec.TreePath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All that is found wrong while a file is read. */
public final class Problems {

    private static final String BAD = "invalid_config";

    private final List<Found> found = new ArrayList<>();
    private final Set<Wrong> wrong = new HashSet<>();
    private final Origins origins = new Origins();

    private record Found(int line, Problem problem) {}

    /** A key of a supervisor or child. */
    private record Wrong(String path, String key) {}

    /** Nothing yet. */
    public Problems() {}

    /**
     * Something in the file.
     *
     * @param path of the supervisor or child in the tree, or of the service directory
     * @param value what was found
     */
    public void add(ConfigOrigin where, String path, String value, String message) {
        String line = Excerpt.line(message);
        found.add(new Found(where.lineNumber(), new Problem(path, BAD, value, where.description() + ": " + line)));
    }

    /** A key of this place has been told to be wrong, or another one that was meant to be it. */
    void isWrong(String path, String key) {
        wrong.add(new Wrong(path, key));
    }

    /**
     * Something that only the whole shows. Not if it is about several keys and one of these is wrong already: then it
     * may be nothing but what follows from that.
     */
    void add(Problem problem) {
        Origins.Several keys = Origins.several(problem);
        String above = TreePath.above(problem.path());
        boolean follows = keys.here().stream().anyMatch(key -> wrong.contains(new Wrong(problem.path(), key)))
                || keys.above().stream().anyMatch(key -> wrong.contains(new Wrong(above, key)));
        if (!follows) {
            found.add(new Found(-1, origins.located(problem)));
        }
    }

    /** Where things stand. */
    Origins origins() {
        return origins;
    }

    /** In the order that they were found in. */
    public List<Problem> all() {
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
