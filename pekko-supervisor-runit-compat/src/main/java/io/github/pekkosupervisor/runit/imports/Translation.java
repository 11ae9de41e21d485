package io.github.pekkosupervisor.runit.imports;

import java.util.List;

/**
 * A file of another supervisor as a tree.
 *
 * @param text in HOCON, for {@code pekko-supervisor run}
 * @param told what has no counterpart, each as FILE:LINE: what, by lines; the same is in the text
 */
public record Translation(String text, List<String> told) {

    /** Keeps a list of its own. */
    public Translation {
        told = List.copyOf(told);
    }
}
