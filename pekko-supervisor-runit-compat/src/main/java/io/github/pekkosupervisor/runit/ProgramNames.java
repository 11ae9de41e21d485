package io.github.pekkosupervisor.runit;

import java.util.HashSet;
import java.util.Set;

/** What a script may become by exec: each word of it may be the name of a program. */
final class ProgramNames {

    /** The kernel keeps no more of a name. */
    private static final int LONGEST = 15;

    /** What a script is called that runs as one. */
    private static final String RUN = "run";

    private ProgramNames() {}

    /** Those in a script, comments excepted. */
    static Set<String> in(String script) {
        Set<String> names = new HashSet<>(Set.of(RUN));
        for (String line : script.split("\n", -1)) {
            if (!line.stripLeading().startsWith("#")) {
                for (String word : line.split("[^\\p{Alnum}_.+:@/-]+", -1)) {
                    String name = word.substring(word.lastIndexOf('/') + 1);
                    names.add(name.substring(0, Math.min(LONGEST, name.length())));
                }
            }
        }
        names.remove("");
        return names;
    }
}
