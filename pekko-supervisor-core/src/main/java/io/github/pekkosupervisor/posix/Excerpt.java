package io.github.pekkosupervisor.posix;

/** Text from elsewhere for a reader: as much of it as can be read, and nothing that does something. */
public final class Excerpt {

    private static final String MORE = "...";

    private Excerpt() {}

    /**
     * The text if it is no longer than the limit; else as much of its beginning, and three dots. No character is parted
     * that Java has as two.
     *
     * @param limit in {@code char}s, at least 1; the dots do not count
     */
    public static String of(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        boolean parted =
                Character.isHighSurrogate(text.charAt(limit - 1)) && Character.isLowSurrogate(text.charAt(limit));
        return text.substring(0, parted ? limit - 1 : limit) + MORE;
    }

    /**
     * The same where nothing does something to a terminal, and no line can be taken for the beginning of another entry:
     * control and formatting characters (those that turn text round among them) are escaped, and so is an end of a line
     * unless the next is indented.
     */
    public static String shown(String text) {
        int at = 0;
        while (at < text.length() && isPlain(text.charAt(at))) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            i += Character.charCount(character);
            if (character == '\n' && i < text.length() && (text.charAt(i) == '\t' || text.charAt(i) == ' ')) {
                shown.append('\n').append(text.charAt(i++));
            } else {
                escape(shown, character);
            }
        }
        return shown.toString();
    }

    /** The same on one line. */
    public static String line(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(character -> escape(shown, character));
        return shown.toString();
    }

    /**
     * Adds a character, or {@code \n}, {@code \t}, {@code \r}, {@code \xHH} or {@code \}{@code u{HHHH}} in the place of
     * one that is not to be shown. A backslash stays one.
     */
    public static void escape(StringBuilder shown, int character) {
        final int ascii = 0x80;
        if (isPlain(character)) {
            shown.appendCodePoint(character);
        } else if (character == '\n') {
            shown.append("\\n");
        } else if (character == '\t') {
            shown.append("\\t");
        } else if (character == '\r') {
            shown.append("\\r");
        } else if (character < ascii) {
            shown.append(String.format("\\x%02x", character));
        } else {
            shown.append(String.format("\\u{%x}", character));
        }
    }

    private static boolean isPlain(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.PRIVATE_USE,
                    Character.SURROGATE,
                    Character.UNASSIGNED -> false;
            case Character.SPACE_SEPARATOR -> character == ' ';
            default -> true;
        };
    }
}
