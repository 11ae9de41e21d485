package io.github.pekkosupervisor.runit.imports;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A child of the tree, as it comes into being line by line. */
final class Child {

    /**
     * After how many restarts it is left alone, while its siblings go on.
     *
     * @param why what it is called where it comes from
     */
    record Limit(int restarts, Duration within, String why) {}

    private final String id;
    private final Block process = new Block();
    private final Block rules = new Block();
    private final List<Finding> findings = new ArrayList<>();
    private @Nullable Limit limit;
    private boolean leftOut;

    Child(String id) {
        this.id = id;
    }

    String id() {
        return id;
    }

    /** What is said in {@code process}. */
    Block process() {
        return process;
    }

    /** What is said beside that. */
    Block rules() {
        return rules;
    }

    List<Finding> findings() {
        return findings;
    }

    void tell(int line, String what) {
        findings.add(new Finding(line, what));
    }

    /** It is written, but as a comment. */
    void leaveOut() {
        leftOut = true;
    }

    void limit(Limit to) {
        limit = to;
    }

    /** All of it, in its braces. */
    Block written(String file) {
        Block said = new Block();
        findings.stream().sorted(Comparator.comparingInt(Finding::line)).forEach(finding -> said.say(finding.in(file)));
        if (limit == null) {
            said.add(itself());
        } else {
            Block below = new Block()
                    .set("intensity", Integer.toString(limit.restarts()))
                    .set("period", Hocon.time(limit.within()))
                    .put("children", List.of(itself().inBraces()));
            said.say(limit.why());
            said.add(supervisor(id, below));
        }
        Block all = said.inBraces();
        return leftOut ? all.asComment() : all;
    }

    /**
     * A supervisor as a child. One that has given up stays down until sv up says otherwise: its end is no failure for
     * the one above, and a temporary one would be forgotten.
     */
    static Block supervisor(String id, Block said) {
        return new Block()
                .set("id", Hocon.word(id))
                .set("restart", "transient")
                .put("restart-delay", new Block().set("min", "1s"))
                .put("supervisor", said);
    }

    private Block itself() {
        Block all = new Block().set("id", Hocon.word(id)).put("process", process);
        all.add(rules);
        return all;
    }
}
