package io.github.pekkosupervisor.runit.imports;

import java.util.ArrayList;
import java.util.List;

/** Lines of HOCON, in the order in which they are to be read. */
final class Block {

    private static final String INDENT = "  ";
    private static final int LONGEST_LINE = 90;

    private final List<String> lines = new ArrayList<>();

    List<String> lines() {
        return lines;
    }

    boolean isEmpty() {
        return lines.isEmpty();
    }

    Block say(String comment) {
        lines.add("# " + comment);
        return this;
    }

    Block set(String key, String written) {
        lines.add(key + " = " + written);
        return this;
    }

    Block set(String key, Text text) {
        return set(key, text.hocon());
    }

    /** An empty one is left out, a small one is a line. */
    Block put(String key, Block block) {
        String inOneLine = key + " { " + String.join(", ", block.lines) + " }";
        if (block.isOfValues() && inOneLine.length() <= LONGEST_LINE) {
            lines.add(inOneLine);
            return this;
        }
        return putInLines(key, block);
    }

    /** An empty one is left out, each line of another is one. */
    Block putInLines(String key, Block block) {
        if (!block.isEmpty()) {
            lines.add(key + " {");
            indent(block);
            lines.add("}");
        }
        return this;
    }

    /** Of children, each in its braces. */
    Block put(String key, List<Block> children) {
        lines.add(key + " = [");
        children.forEach(this::indent);
        lines.add("]");
        return this;
    }

    void add(Block other) {
        lines.addAll(other.lines);
    }

    Block inBraces() {
        Block all = new Block();
        all.lines.add("{");
        all.indent(this);
        all.lines.add("}");
        return all;
    }

    /** Behind signs that have to go before it counts. */
    Block asComment() {
        Block commented = new Block();
        lines.forEach(line -> commented.lines.add("#" + line));
        return commented;
    }

    /** Neither comments, nor blocks. */
    private boolean isOfValues() {
        return !isEmpty() && lines.stream().allMatch(line -> line.matches("[^#{ ]\\S* = [^{].*"));
    }

    private void indent(Block block) {
        block.lines.forEach(line -> lines.add(INDENT + line));
    }
}
