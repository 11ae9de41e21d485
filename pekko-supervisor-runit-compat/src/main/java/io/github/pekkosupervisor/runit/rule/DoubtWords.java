package io.github.pekkosupervisor.runit.rule;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.Optional;

/** What is said where it is not certain which process was being started. */
final class DoubtWords {

    private static final String DIED = " was being started when its supervisor died, and ";

    private DoubtWords() {}

    /** One of these is it. */
    static String several(String program, List<Integer> pids) {
        return program + DIED + "each of the processes " + list(pids)
                + " may be it; nothing is started until it is certain: end those that are not";
    }

    /**
     * Perhaps none of these is it.
     *
     * @param parent empty, or {@code log/}
     */
    static String unsure(String program, List<Integer> pids, String parent) {
        boolean one = pids.size() == 1;
        return program + DIED + (one ? "process " : "each of the processes ") + list(pids)
                + " may be it, or is another's; nothing is started while " + (one ? "it runs" : "one of them runs")
                + ": end it, or remove " + parent + "supervise/.state if " + (one ? "it is not" : "none of them is");
    }

    /** These run, and nobody is there for them; empty if there are none. */
    static Optional<String> goesOn(List<String> programs) {
        return programs.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join(" and ", programs)
                        + (programs.size() == 1 ? " goes on and is" : " go on and are") + " not supervised");
    }

    private static String list(List<Integer> pids) {
        return pids.stream().map(String::valueOf).collect(joining(", "));
    }
}
