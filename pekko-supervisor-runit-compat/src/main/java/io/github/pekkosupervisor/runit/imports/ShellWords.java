package io.github.pekkosupervisor.runit.imports;

import java.util.ArrayList;
import java.util.List;

/** Splits a line as a shell does by its quotes and blanks, and expands nothing: as Python's shlex, and compose. */
final class ShellWords {

    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private final boolean variablesAreWhole;
    private boolean inWord;

    private ShellWords(boolean variablesAreWhole) {
        this.variablesAreWhole = variablesAreWhole;
    }

    /**
     * The words.
     *
     * @throws IllegalArgumentException if a quote is not closed
     */
    static List<String> split(String line) {
        return split(line, false);
    }

    /**
     * The same, but a variable as compose writes it is one piece, whatever is in its braces.
     *
     * @throws IllegalArgumentException if a quote is not closed
     */
    static List<String> splitAroundVariables(String line) {
        return split(line, true);
    }

    private static List<String> split(String line, boolean variablesAreWhole) {
        ShellWords split = new ShellWords(variablesAreWhole);
        int at = 0;
        while (at < line.length()) {
            at = split.take(line, at);
        }
        split.end();
        return split.words;
    }

    private int take(String line, int at) {
        char c = line.charAt(at);
        if (Character.isWhitespace(c)) {
            end();
            return at + 1;
        }
        inWord = true;
        if (c == '$' && variablesAreWhole) {
            int end = Interpolation.end(line, at);
            word.append(line, at, end);
            return end;
        }
        if (c == '\'') {
            int close = line.indexOf('\'', at + 1);
            if (close < 0) {
                throw new IllegalArgumentException("a quote ' is not closed");
            }
            word.append(line, at + 1, close);
            return close + 1;
        }
        if (c == '"') {
            return quoted(line, at + 1);
        }
        if (c == '\\' && at + 1 < line.length()) {
            word.append(line.charAt(at + 1));
            return at + 2;
        }
        word.append(c);
        return at + 1;
    }

    private int quoted(String line, int from) {
        for (int at = from; at < line.length(); at++) {
            char c = line.charAt(at);
            if (c == '"') {
                return at + 1;
            }
            if (c == '\\' && at + 1 < line.length() && "\"\\".indexOf(line.charAt(at + 1)) >= 0) {
                at++;
                word.append(line.charAt(at));
            } else {
                word.append(c);
            }
        }
        throw new IllegalArgumentException("a quote \" is not closed");
    }

    private void end() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }
}
