package io.github.pekkosupervisor.config;

import io.github.pekkosupervisor.process.ProcessSpec.OneshotAgain;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what both files say of a process that is over when it is done. */
public final class Oneshots {

    private static final String ONESHOT = "oneshot";
    private static final String AGAIN = "oneshot-again";
    private static final String USER = "user";
    private static final Pattern COMMENT = Pattern.compile("(#|//)[^\n]*");

    /** A key and the beginning of its value. */
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z_-]+)\"?[ \t]*[=:][ \t]*\"?([^\\s\",}]*)");

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
        Matcher entry = ENTRY.matcher(COMMENT.matcher(text).replaceAll(""));
        boolean isMeant = false;
        while (entry.find()) {
            boolean isNo = NOT_SO.contains(entry.group(2).toLowerCase(Locale.ROOT));
            if (isNo && entry.group(1).equals(ONESHOT)) {
                // whatever else there is
                return false;
            }
            isMeant |= !isNo && (isMeant(entry.group(1)) || entry.group(2).equals(ONESHOT));
        }
        return isMeant;
    }

    /** Whether a {@code service.conf} that cannot be used seems to say as which user it is to run. */
    public static boolean isUserMeant(String text) {
        Matcher entry = ENTRY.matcher(COMMENT.matcher(text).replaceAll(""));
        boolean isMeant = false;
        while (entry.find()) {
            String key = entry.group(1);
            isMeant |= key.equals(USER)
                    || Vocabulary.meant(Place.SERVICE, key).contains(USER)
                    || Vocabulary.find(Place.SERVICE, USER).orElseThrow().isCalledElsewhere(key);
        }
        return isMeant;
    }

    private static boolean isMeant(String key) {
        List<String> meant = Vocabulary.meant(Place.SERVICE, key);
        return key.equals(ONESHOT) || key.equals(AGAIN) || meant.contains(ONESHOT) || meant.contains(AGAIN);
    }
}
