package io.github.pekkosupervisor.runit.imports;

import java.util.LinkedHashMap;
import java.util.Map;

/** The variables in supervisord's {@code environment}: KEY=value, KEY="value, with all signs", … */
final class EnvironmentPairs {

    private final String text;
    private final Map<String, String> pairs = new LinkedHashMap<>();
    private int at;

    private EnvironmentPairs(String text) {
        this.text = text;
    }

    /**
     * What is set.
     *
     * @throws IllegalArgumentException if it is not written so
     */
    static Map<String, String> read(String text) {
        EnvironmentPairs read = new EnvironmentPairs(text);
        read.skip();
        while (read.at < text.length()) {
            read.pair();
        }
        return read.pairs;
    }

    /** Blanks, and the comma between two; one at the end is left out. */
    private void skip() {
        while (at < text.length() && (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == ',')) {
            at++;
        }
    }

    private void pair() {
        int equals = text.indexOf('=', at);
        String key = equals < 0 ? "" : text.substring(at, equals).strip();
        if (key.isEmpty() || key.matches(".*[\\s,'\"].*")) {
            throw new IllegalArgumentException("it is to be KEY=\"value\",KEY=\"value\"");
        }
        at = equals + 1;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        pairs.put(key, value());
        skip();
    }

    private String value() {
        int from = at;
        if (at < text.length() && "'\"".indexOf(text.charAt(at)) >= 0) {
            int close = text.indexOf(text.charAt(at), at + 1);
            if (close < 0) {
                throw new IllegalArgumentException("a quote is not closed");
            }
            at = close + 1;
            return text.substring(from + 1, close);
        }
        while (at < text.length() && text.charAt(at) != ',' && text.charAt(at) != '\n') {
            at++;
        }
        return text.substring(from, at).strip();
    }
}
