package io.github.pekkosupervisor.posix;

/** The beginning of a text that may be long, for a reader. */
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
}
