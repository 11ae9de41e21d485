package io.github.pekkosupervisor.runit;

import java.util.List;

/** A list of names in a message that people read. */
final class Names {

    private static final int MOST = 10;

    private Names() {}

    /** The first ten, and how many more there are. */
    static String few(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(names.size(), MOST)))
                + (names.size() > MOST ? " and " + (names.size() - MOST) + " more" : "");
    }
}
