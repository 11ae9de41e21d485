package io.github.pekkosupervisor.runit.imports;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What compose puts in for {@code $NAME} and {@code ${NAME:-otherwise}}: variables of its environment. */
final class Interpolation {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern BRACED = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])(.*))?", Pattern.DOTALL);

    /** Nobody writes more of them in each other, and each is a call more here. */
    private static final int DEEPEST = 20;

    private final Variables variables;
    private boolean isUsed;
    private boolean isAlsoForEmpty;

    Interpolation(Variables variables) {
        this.variables = variables;
    }

    /** Whether there was a variable at all. */
    boolean isUsed() {
        return isUsed;
    }

    /** Whether there was a default that compose takes for a variable that is set, and empty, too. */
    boolean isAlsoForEmpty() {
        return isAlsoForEmpty;
    }

    /**
     * The text, with references to variables.
     *
     * @param wrong is told what cannot be put in
     */
    Text of(String text, Consumer<String> wrong) {
        return of(text, wrong, 0);
    }

    private Text of(String text, Consumer<String> wrong, int depth) {
        if (depth > DEEPEST) {
            wrong.accept("these defaults are too deep in each other, and left as they are");
            return Text.of(text);
        }
        Text all = Text.of("");
        int at = 0;
        while (at < text.length()) {
            int dollar = text.indexOf('$', at);
            if (dollar < 0) {
                return all.plus(Text.of(text.substring(at)));
            }
            all = all.plus(Text.of(text.substring(at, dollar)));
            int end = end(text, dollar);
            all = all.plus(value(text.substring(dollar, end), wrong, depth));
            at = end;
        }
        return all;
    }

    /** Behind what begins with a dollar sign. */
    static int end(String text, int dollar) {
        if (text.startsWith("$$", dollar)) {
            return dollar + 2;
        }
        if (text.startsWith("${", dollar)) {
            int depth = 0;
            for (int at = dollar + 1; at < text.length(); at++) {
                depth += text.charAt(at) == '{' ? 1 : text.charAt(at) == '}' ? -1 : 0;
                if (depth == 0) {
                    return at + 1;
                }
            }
            return dollar + 1;
        }
        Matcher name = NAME.matcher(text).region(dollar + 1, text.length());
        return name.lookingAt() ? name.end() : dollar + 1;
    }

    private Text value(String said, Consumer<String> wrong, int depth) {
        if (said.equals("$$")) {
            return Text.of("$");
        }
        boolean isBraced = said.startsWith("${");
        Matcher name = BRACED.matcher(said.substring(isBraced ? 2 : 1, said.length() - (isBraced ? 1 : 0)));
        if (!name.matches()) {
            wrong.accept(said + " is no variable, and left as it is; $$ is a dollar sign");
            return Text.of(said);
        }
        isUsed = true;
        String kind = name.group(2) == null ? "-" : name.group(2).replace(":", "");
        String rest = name.group(3) == null ? "" : name.group(3);
        return switch (kind) {
            case "?" -> variables.needed(name.group(1), rest);
            case "+" -> {
                wrong.accept(said + " is nothing here; write down what it is to be");
                yield Text.of("");
            }
            default -> {
                isAlsoForEmpty |= !rest.isEmpty() && ":-".equals(name.group(2));
                yield variables.withDefault(name.group(1), of(rest, wrong, depth + 1));
            }
        };
    }
}
