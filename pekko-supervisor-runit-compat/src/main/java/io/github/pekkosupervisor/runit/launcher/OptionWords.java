package io.github.pekkosupervisor.runit.launcher;

import io.github.pekkosupervisor.config.Slips;
import io.github.pekkosupervisor.posix.OsString;
import io.github.pekkosupervisor.runit.supervise.Printable;
import java.util.List;
import java.util.Optional;

/**
 * The words behind the name of a program, read one after another: options, as {@code --check} or with a value behind
 * them or behind {@code =}, then what they are for. {@code --} ends the options.
 */
final class OptionWords {

    private static final String END = "--";
    private static final int LONGEST = 32;

    private final List<OsString> words;
    private final List<String> known;
    private int next;
    private String option = "";
    private Optional<OsString> value = Optional.empty();

    /** @param known options, for who has written one a little differently */
    OptionWords(List<OsString> words, List<String> known) {
        this.words = words;
        this.known = known;
    }

    /** Goes on to the next option; false if there is none. */
    boolean next() {
        if (next == words.size() || !words.get(next).startsWith("-")) {
            return false;
        }
        String word = words.get(next).toString();
        next++;
        int equals = word.indexOf('=');
        option = equals < 0 ? word : word.substring(0, equals);
        value = equals < 0 ? Optional.empty() : Optional.of(OsString.of(word.substring(equals + 1)));
        return !word.equals(END);
    }

    /** Whether this is the option that was reached, which has no value. */
    boolean is(String name) {
        return option.equals(name) && value.isEmpty();
    }

    /** Whether this is the option that was reached; {@link #value} is to be asked then. */
    boolean has(String name) {
        return option.equals(name);
    }

    /**
     * What stands behind the option.
     *
     * @param what it needs, in words
     * @throws IllegalArgumentException if there is nothing
     */
    OsString value(String what) {
        if (value.isEmpty()) {
            if (next == words.size()) {
                throw new IllegalArgumentException(option + " needs " + what);
            }
            value = Optional.of(words.get(next));
            next++;
        }
        return value.get();
    }

    /** That the option which was reached is none. */
    IllegalArgumentException unknown() {
        OsString word = words.get(next - 1);
        String name = word.toString();
        Optional<String> meant = name.length() > LONGEST ? Optional.empty() : Slips.meant(name, known);
        return new IllegalArgumentException("unknown option " + Printable.onTerminal(word)
                + meant.map(option -> "; did you mean " + option + "?").orElse(""));
    }

    /**
     * What is behind the options, if it is one word at most.
     *
     * @param several what is to be said of more
     * @throws IllegalArgumentException if there are more
     */
    Optional<OsString> only(String several) {
        if (words.size() - next > 1) {
            throw new IllegalArgumentException(several);
        }
        return next < words.size() ? Optional.of(words.get(next)) : Optional.empty();
    }
}
