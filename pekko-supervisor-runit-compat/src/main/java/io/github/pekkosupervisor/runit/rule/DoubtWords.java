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
                + ": " + wayOut(false, !one, parent);
    }

    /**
     * What an operator can do, who knows better: an empty {@code status} is his word that it is none of them, and
     * nothing that is known of the unit is lost by it.
     *
     * @param all whether all of them are to be ended, where he does not know
     * @param several whether they are several
     * @param parent empty, or {@code log/}
     */
    static String wayOut(boolean all, boolean several, String parent) {
        return "end " + (all ? "them" : "it") + ", or make an empty " + parent + "supervise/status if "
                + (several ? "none of them is" : "it is not");
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
