package io.github.pekkosupervisor.examples.guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.parser.IncludeSourceSpans;
import org.commonmark.parser.Parser;

/**
 * A page of the guide, as the blocks of code in it.
 *
 * @param file where it is
 * @param blocks in their order
 */
record Page(Path file, List<Block> blocks) {

    /**
     * A block between two lines of three backquotes.
     *
     * @param where the page and the line, for messages
     * @param language the first word behind the backquotes
     * @param source the second one, which says what it is held to; empty if there is none
     * @param text what is in it
     */
    record Block(String where, String language, String source, String text) {

        boolean isRegion() {
            return source.matches("\\S+#\\S+");
        }

        boolean isTree() {
            return language.equals("hocon") && source.equals("tree");
        }

        boolean isFile() {
            return source.startsWith("file=");
        }

        boolean isSession() {
            return language.equals("console") && source.isEmpty();
        }

        String sort() {
            return "```" + language + (source.isEmpty() ? "" : " " + source);
        }
    }

    static Page read(Path file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        Parser.builder()
                .includeSourceSpans(IncludeSourceSpans.BLOCKS)
                .build()
                .parse(Files.readString(file))
                .accept(new AbstractVisitor() {
                    @Override
                    public void visit(FencedCodeBlock block) {
                        String[] words = block.getInfo().strip().split("\\s+", 2);
                        blocks.add(new Block(
                                where(block), words[0], words.length > 1 ? words[1] : "", block.getLiteral()));
                    }

                    @Override
                    public void visit(IndentedCodeBlock block) {
                        blocks.add(new Block(where(block), "", "", block.getLiteral()));
                    }

                    private String where(org.commonmark.node.Block block) {
                        return file.getFileName() + ":"
                                + (block.getSourceSpans().get(0).getLineIndex() + 1);
                    }
                });
        return new Page(file, List.copyOf(blocks));
    }
}
