package io.github.pekkosupervisor.runit.svlogd;

import io.github.pekkosupervisor.posix.OsString;
import java.util.List;

/**
 * What the words after {@code svlogd} ask for.
 *
 * @param options of the lines
 * @param readSize how many bytes are read at once when the end has been asked for; what follows stays unread
 * @param verbose whether everything done is told
 * @param directories where to
 */
public record SvlogdCommandLine(LogOptions options, int readSize, boolean verbose, List<OsString> directories) {

    private static final String WITH_ARGUMENT = "rRlb";
    private static final String WITHOUT_ARGUMENT = "tv";
    private static final String VERSION = "$Id: 5e55a90e0a1b35ec47fed3021453c50675ea1117 $\n";

    /** The words are wrong, or ask for nothing but how to use them. */
    public static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient OsString complaint;

        UsageException(OsString complaint) {
            super(complaint.toString());
            this.complaint = complaint;
        }

        /** A line with its newline, or nothing. */
        public OsString complaint() {
            return complaint;
        }
    }

    /** More memory was asked for than there is. */
    public static final class OutOfMemoryException extends Exception {
        private static final long serialVersionUID = 1;
    }

    /**
     * Reads them as {@code svlogd(8)} does.
     *
     * @param name by which it was called, for complaints
     * @throws UsageException with what svlogd says before its usage
     */
    public static SvlogdCommandLine parse(OsString name, List<OsString> words)
            throws UsageException, OutOfMemoryException {
        Draft draft = new Draft(name);
        int next = 0;
        while (next < words.size() && draft.isOption(words.get(next))) {
            next = draft.option(words, next);
        }
        return draft.done(words.subList(next, words.size()));
    }

    private static final class Draft {
        private final OsString name;
        private boolean over;
        private int timestamps;
        private boolean verbose;
        private int replacement = -1;
        private OsString replaced = OsString.of("");
        private long lineLength = 1000;
        private long bufferLength = 1024;

        Draft(OsString name) {
            this.name = name;
        }

        boolean isOption(OsString word) {
            return !over && word.length() > 1 && word.startsWith("-");
        }

        /** The options of one word, which may take the next word for an argument; returns where to go on. */
        int option(List<OsString> words, int at) throws UsageException {
            OsString word = words.get(at);
            if (word.startsWith("--")) {
                over = true;
                return at + 1;
            }
            byte[] letters = word.bytes();
            for (int i = 1; i < letters.length; i++) {
                char letter = (char) (letters[i] & 0xff);
                if (WITH_ARGUMENT.indexOf(letter) >= 0) {
                    return argument(letter, words, at, i);
                }
                flag(letter, letters[i]);
            }
            return at + 1;
        }

        private int argument(char letter, List<OsString> words, int at, int i) throws UsageException {
            byte[] letters = words.get(at).bytes();
            if (i + 1 < letters.length) {
                set(letter, java.util.Arrays.copyOfRange(letters, i + 1, letters.length));
                return at + 1;
            }
            if (at + 1 == words.size()) {
                throw new UsageException(name.plus(": option requires an argument -- " + letter + "\n"));
            }
            set(letter, words.get(at + 1).bytes());
            return at + 2;
        }

        private void flag(char letter, byte original) throws UsageException {
            if (letter == 'V') {
                throw new UsageException(OsString.of(VERSION));
            }
            if (WITHOUT_ARGUMENT.indexOf(letter) < 0) {
                throw new UsageException(name.plus(": illegal option -- ")
                        .plus(OsString.of(new byte[] {original}))
                        .plus("\n"));
            }
            if (letter == 't') {
                timestamps++;
            } else {
                verbose = true;
            }
        }

        private void set(char letter, byte[] value) throws UsageException {
            switch (letter) {
                case 'r' -> {
                    if (value.length != 1) {
                        throw new UsageException(OsString.of(""));
                    }
                    replacement = value[0] & 0xff;
                }
                case 'R' -> {
                    replaced = OsString.of(value);
                    replacement = replacement < 0 ? '_' : replacement;
                }
                case 'l' -> lineLength = number(value, 1000);
                default -> bufferLength = number(value, 1024);
            }
        }

        private static long number(byte[] text, long insteadOfZero) {
            long value = 0;
            for (int i = 0; i < text.length && text[i] >= '0' && text[i] <= '9'; i++) {
                value = value * 10 + (text[i] - '0');
            }
            return value == 0 ? insteadOfZero : value;
        }

        private Timestamps stamps() {
            return switch (timestamps) {
                case 0 -> Timestamps.NONE;
                case 1 -> Timestamps.TAI64N;
                case 2 -> Timestamps.UTC;
                default -> Timestamps.ISO;
            };
        }

        SvlogdCommandLine done(List<OsString> directories) throws UsageException, OutOfMemoryException {
            if (directories.isEmpty() || Long.compareUnsigned(bufferLength, lineLength) <= 0) {
                throw new UsageException(OsString.of(""));
            }
            if (Long.compareUnsigned(bufferLength, Integer.MAX_VALUE) > 0) {
                throw new OutOfMemoryException();
            }
            LogOptions options = LogOptions.DEFAULT.withTimestamps(stamps()).withLineLength((int) lineLength);
            if (replacement >= 0) {
                options = options.withReplacement(replacement, replaced);
            }
            return new SvlogdCommandLine(options, (int) bufferLength, verbose, List.copyOf(directories));
        }
    }
}
