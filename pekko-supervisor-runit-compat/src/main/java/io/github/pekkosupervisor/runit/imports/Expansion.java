package io.github.pekkosupervisor.runit.imports;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What supervisord puts in for {@code %(name)s}: variables of its environment, and what it knows of the program. */
final class Expansion {

    private static final Pattern FORMAT = Pattern.compile("%(?:%|\\(([^)]*)\\)(0?)(\\d{0,3})([sd]))");
    private static final String OF_THE_ENVIRONMENT = "ENV_";
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Map<String, Text> known;

    /**
     * With these.
     *
     * @param known what is put in for a name
     */
    Expansion(Map<String, Text> known) {
        this.known = Map.copyOf(known);
    }

    /**
     * The text with all put in.
     *
     * @param wrong is told what cannot be, which is left as it is
     */
    Text expand(String text, Consumer<String> wrong) {
        Text expanded = Text.of("");
        Matcher format = FORMAT.matcher(text);
        int from = 0;
        while (format.find()) {
            String between = text.substring(from, format.start());
            signs(between, wrong);
            expanded = expanded.plus(Text.of(between)).plus(value(format, wrong));
            from = format.end();
        }
        signs(text.substring(from), wrong);
        return expanded.plus(Text.of(text.substring(from)));
    }

    private static void signs(String between, Consumer<String> wrong) {
        if (between.indexOf('%') >= 0) {
            wrong.accept("a % that is neither %% nor %(name)s is left as it is; supervisord refuses it");
        }
    }

    private Text value(Matcher format, Consumer<String> wrong) {
        if (format.group(1) == null) {
            return Text.of("%");
        }
        return named(format.group(1))
                .map(value -> format.group(4).equals("d")
                        ? Text.of(padded(value.shown(), format.group(2), format.group(3)))
                        : value)
                .orElseGet(() -> {
                    wrong.accept(format.group() + " is not known here, and left as it is; write down what it is");
                    return Text.of(format.group());
                });
    }

    private Optional<Text> named(String name) {
        if (!name.startsWith(OF_THE_ENVIRONMENT)) {
            return Optional.ofNullable(known.get(name));
        }
        String variable = name.substring(OF_THE_ENVIRONMENT.length());
        return VARIABLE.matcher(variable).matches() ? Optional.of(Text.reference(variable)) : Optional.empty();
    }

    private static String padded(String number, String zero, String width) {
        int missing = (width.isEmpty() ? 0 : Integer.parseInt(width)) - number.length();
        return missing <= 0 ? number : (zero.isEmpty() ? " " : "0").repeat(missing) + number;
    }
}
