package io.github.pekkosupervisor.runit.imports;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What is written of a file, and what is told of it, while it is read. */
final class Conversion {

    private final String file;
    private final Variables variables = new Variables();
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<Block> children = new ArrayList<>();
    private final List<Finding> all = new ArrayList<>();

    Conversion(String file) {
        // a comment is one line, whatever the file is called
        this.file = new Finding(0, file).what();
    }

    Variables variables() {
        return variables;
    }

    /** Said at the top, of the whole tree. */
    void remark(String what) {
        remarks.add(what);
    }

    /** Of something that belongs to no child. */
    void tell(int line, String what) {
        findings.add(new Finding(line, what));
    }

    ForeignFileException mistake(int line, String what) {
        return new ForeignFileException(new Finding(line, what).in(file));
    }

    /** As it is written; what was told of it is told. */
    Block written(Child child) {
        all.addAll(child.findings());
        return child.written(file);
    }

    /** The next child of the tree. */
    void add(Block child) {
        children.add(child);
    }

    /** All of it: children are restarted alone, and never is it all given up, unless a child says otherwise. */
    Translation finish(String from) {
        Block text = new Block();
        text.say("Made by pekko-supervisor import from " + new Finding(0, from).what()
                + ". What has no counterpart is a" + " comment, FILE:LINE, at its place.");
        remarks.forEach(text::say);
        findings.sort(Comparator.comparingInt(Finding::line));
        findings.forEach(finding -> text.say(finding.in(file)));
        all.addAll(findings);
        Block above = variables.written();
        if (!above.isEmpty()) {
            text.lines().add("");
            text.add(above);
        }
        text.lines().add("");
        text.put(
                "tree",
                new Block()
                        .set("strategy", "one-for-one")
                        .set("intensity", "infinite")
                        .put("children", children));
        return new Translation(
                String.join("\n", text.lines()) + "\n",
                all.stream()
                        .sorted(Comparator.comparingInt(Finding::line))
                        .map(finding -> finding.in(file))
                        .toList());
    }
}
