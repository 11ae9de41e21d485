package io.github.pekkosupervisor.config;

import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what both files say of a process that is over when it is done. */
public final class Oneshots {

    private static final String ONESHOT = "oneshot";
    private static final String AGAIN = "oneshot-again";
    private static final String USER = "user";

    private static final String LONG_TEXT = "\"".repeat(3);

    /** A key, and behind a sign the beginning of its value. */
    private static final Pattern ENTRY =
            Pattern.compile("([A-Za-z_-]+)\"?[\\s\\h]*(?:\\{|\\+?[=:]\\h*\"?([^\\s\",{}\\[\\]]*))");

    /** What a user is, as a block that is written with a dot. */
    private static final Pattern USER_BLOCK =
            Pattern.compile("(?m)(?:^|[{,])[\\s\\h]*(?:\"?tree\"?\\h*\\.\\h*)?\"?user\"?\\h*\\.");

    /** Another file is asked for. */
    private static final Pattern INCLUDE = Pattern.compile("(?m)(?:^|[{,])\\s*include\\b");

    private static final Set<String> NOT_SO = Set.of("false", "no", "off", "0", "none", "never");

    private Oneshots() {}

    /** Whether it is one, and then whether it is run again; empty if it is to go on. */
    public static Optional<OneshotAgain> read(ConfigSection section) {
        boolean isOneshot = section.get(ONESHOT, ConfigValues::bool).orElse(false);
        Optional<OneshotAgain> again = section.get(AGAIN, ConfigValues.oneOf(List.of(OneshotAgain.values())));
        if (!isOneshot && again.equals(Optional.of(OneshotAgain.ONCE))) {
            section.problem(AGAIN, "\"oneshot-again\" is for a oneshot; set oneshot = true too, or leave it out");
        }
        return isOneshot ? again.or(() -> Optional.of(OneshotAgain.GROUP)) : Optional.empty();
    }

    /**
     * Whether a {@code service.conf} that cannot be used seems to say that it is one: somewhere is such a key, or what
     * may have been meant to be one, and its value is not no. Comments do not count.
     */
    public static boolean areMeant(String text) {
        Matcher entry = ENTRY.matcher(withoutComments(text));
        boolean isMeant = false;
        while (entry.find()) {
            String value = Objects.requireNonNullElse(entry.group(2), "");
            boolean isNo = NOT_SO.contains(value.toLowerCase(Locale.ROOT));
            if (isNo && entry.group(1).equals(ONESHOT)) {
                // whatever else there is
                return false;
            }
            isMeant |= !isNo && (isMeant(entry.group(1)) || value.equals(ONESHOT));
        }
        return isMeant;
    }

    /**
     * Whether a {@code service.conf} that cannot be used seems to say as which user it is to run, or has that said by
     * another file. Comments do not count, nor does what is between letters in UTF-16.
     */
    public static boolean isUserMeant(String text) {
        String uncommented = withoutComments(text.replace("\0", ""));
        Matcher entry = ENTRY.matcher(uncommented);
        boolean isMeant = INCLUDE.matcher(uncommented).find()
                || USER_BLOCK.matcher(uncommented).find();
        while (entry.find()) {
            String key = entry.group(1);
            isMeant |= key.equals(USER)
                    || Vocabulary.meant(Place.SERVICE, key).contains(USER)
                    || Vocabulary.find(Place.SERVICE, USER).orElseThrow().isCalledElsewhere(key);
        }
        return isMeant;
    }

    /** What looks like a comment within a text, as in an address, is none. */
    private static String withoutComments(String text) {
        StringBuilder kept = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            boolean isComment = text.charAt(at) == '#' || text.startsWith("//", at);
            int end = isComment ? upTo('\n', text, at) : text.charAt(at) == '"' ? endOfText(text, at) : at + 1;
            kept.append(text, at, isComment ? at : end);
            at = end;
        }
        return kept.toString();
    }

    /** One that has no end ends with its line. */
    private static int endOfText(String text, int from) {
        if (text.startsWith(LONG_TEXT, from)) {
            int end = text.indexOf(LONG_TEXT, from + LONG_TEXT.length());
            return end < 0 ? upTo('\n', text, from) : end + LONG_TEXT.length();
        }
        int at = from + 1;
        while (at < text.length() && text.charAt(at) != '"' && text.charAt(at) != '\n') {
            at += text.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at + 1, text.length());
    }

    private static int upTo(char end, String text, int from) {
        int found = text.indexOf(end, from);
        return found < 0 ? text.length() : found;
    }

    private static boolean isMeant(String key) {
        List<String> meant = Vocabulary.meant(Place.SERVICE, key);
        return key.equals(ONESHOT) || key.equals(AGAIN) || meant.contains(ONESHOT) || meant.contains(AGAIN);
    }
}
