package io.github.pekkosupervisor.spec;

import io.github.pekkosupervisor.posix.Excerpt;
import io.github.pekkosupervisor.spec.InvalidSpecException.Problem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a check has found, in the order that it is to be told in. */
final class Findings {

    private static final int LONGEST_VALUE = 80;

    private final Wording words;

    /** Problems, and the findings of supervisors below, which may be looked at later. */
    private final List<Object> found = new ArrayList<>();

    Findings(Wording words) {
        this.words = words;
    }

    /** The words to tell them in. */
    Wording words() {
        return words;
    }

    void add(String where, String error, @Nullable Object value, String message) {
        found.add(new Problem(where, error, shortened(words.of(value)), message));
    }

    void addAll(List<Problem> problems) {
        found.addAll(problems);
    }

    /** Here come those of a supervisor below. */
    void add(Findings below) {
        found.add(below);
    }

    /** All, those below in their places; a tree may be deeper than a stack. */
    List<Problem> problems() {
        List<Problem> all = new ArrayList<>();
        Deque<Iterator<Object>> open = new ArrayDeque<>();
        open.push(found.iterator());
        while (!open.isEmpty()) {
            if (!open.element().hasNext()) {
                open.pop();
                continue;
            }
            Object next = open.element().next();
            if (next instanceof Findings below) {
                open.push(below.found.iterator());
            } else {
                all.add((Problem) next);
            }
        }
        return all;
    }

    /** A value as it is told. */
    static String shortened(@Nullable Object value) {
        return Excerpt.of(String.valueOf(value), LONGEST_VALUE);
    }
}
