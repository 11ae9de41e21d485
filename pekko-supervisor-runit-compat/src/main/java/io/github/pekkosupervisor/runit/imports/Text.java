package io.github.pekkosupervisor.runit.imports;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Text in which there may be names whose values are put in when the tree is read.
 *
 * @param parts what is written and what is referred to, in their order
 */
record Text(List<Part> parts) {

    /** A piece of it. */
    sealed interface Part {}

    /** What is written. */
    record Literal(String text) implements Part {}

    /** What is found under a path, or in the environment. */
    record Reference(String path) implements Part {}

    Text {
        parts = List.copyOf(parts);
    }

    static Text of(String literal) {
        return new Text(literal.isEmpty() ? List.of() : List.of(new Literal(literal)));
    }

    static Text reference(String path) {
        return new Text(List.of(new Reference(path)));
    }

    /** Several of them, as a list. */
    static String list(List<Text> words) {
        return Hocon.list(words.stream().map(Text::hocon).toList());
    }

    Text plus(Text more) {
        List<Part> all = new ArrayList<>(parts);
        for (Part part : more.parts) {
            if (part instanceof Literal next && !all.isEmpty() && all.get(all.size() - 1) instanceof Literal last) {
                all.set(all.size() - 1, new Literal(last.text() + next.text()));
            } else {
                all.add(part);
            }
        }
        return new Text(all);
    }

    boolean isLiteral() {
        return parts.stream().allMatch(Literal.class::isInstance);
    }

    /** As a person reads it, with names as a shell has them. */
    String shown() {
        return parts.stream()
                .map(part -> part instanceof Literal literal ? literal.text() : "${" + ((Reference) part).path() + "}")
                .collect(Collectors.joining());
    }

    String hocon() {
        if (isLiteral()) {
            return Hocon.word(shown());
        }
        return parts.stream()
                .map(part -> part instanceof Literal literal
                        ? ConfigUtil.quoteString(literal.text())
                        : "${" + ((Reference) part).path() + "}")
                .collect(Collectors.joining());
    }
}
