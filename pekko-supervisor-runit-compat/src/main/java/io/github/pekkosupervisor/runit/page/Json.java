package io.github.pekkosupervisor.runit.page;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Parts of JSON text, as RFC 8259 has it. */
final class Json {

    private Json() {}

    /** A string; surrogates are escaped, since a name may have one alone, which no encoding has room for. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** An array of strings. */
    static String strings(Collection<String> texts) {
        return texts.stream().map(Json::quoted).collect(Collectors.joining(",", "[", "]"));
    }

    /** An array of what is JSON already. */
    static String array(Collection<String> parts) {
        return parts.stream().collect(Collectors.joining(",", "[", "]"));
    }
}
