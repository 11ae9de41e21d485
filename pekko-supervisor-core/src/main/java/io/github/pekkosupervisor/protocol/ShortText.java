package io.github.pekkosupervisor.protocol;

/** Text that is no longer than so much. */
public final class ShortText {

    private ShortText() {}

    /** The text, cut between two characters if it is longer, with an ellipsis at its end then. */
    public static String of(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        int end = longest - 1;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "\u2026";
    }
}
